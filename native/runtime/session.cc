#include "runtime/session.h"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include "ops/ops.h"
#include "runtime/graphNames.h"

namespace mote {
namespace {

OrtOwnedSessionOptions createOptions(
	const Ort& ort, const SessionOptions& options, OrtCustomOpDomain* domain
) {
	auto created = ownedBy<OrtOwnedSessionOptions>(ort, [&](OrtSessionOptions** out) {
		return ort.CreateSessionOptions(out);
	});
	OrtSessionOptions* settings = created.get();
	ort.check(ort.SetIntraOpNumThreads(settings, options.threads));
	// A decoder is one chain of operators: nothing to run side by side.
	ort.check(ort.SetSessionExecutionMode(settings, OrtExecutionMode::sequential));
	ort.check(ort.SetInterOpNumThreads(settings, 1));
	ort.check(ort.SetSessionGraphOptimizationLevel(settings, OrtGraphOptimizationLevel::all));
	ort.check(ort.SetSessionLogSeverityLevel(settings, OrtLoggingLevel::error));
	// Patterns are kept for every input shape, and every prefill chunk and draft has another one. The arena never
	// gives back what the largest pass took.
	ort.check(ort.DisableMemPattern(settings));
	ort.check(ort.DisableCpuMemArena(settings));
	// The threads of the pool spin while a pass runs, but not after it: an idle engine must not heat the machine.
	ort.check(ort.AddSessionConfigEntry(settings, "session.force_spinning_stop", "1"));
	ort.check(ort.AddCustomOpDomain(settings, domain));
	return created;
}

} // namespace

std::shared_ptr<Session> Session::open(
	const std::string& libraryPath, const SessionOptions& options
) {
	return std::make_shared<Session>(Library::open(libraryPath), options);
}

Session::Session(const Library& library, SessionOptions options)
		: PassSession(library, options.vocabularySize),
			options_(std::move(options)),
			operators_(customOps(library.ort, kernelsFor(options_.instructions), pass_, options_.threads)
			) {
	const Ort& ort = library_.ort;
	domain_ = ownedBy<OrtOwnedCustomOpDomain>(ort, [&](OrtCustomOpDomain** out) {
		return ort.CreateCustomOpDomain(kOperatorDomain, out);
	});
	for (const auto& op : operators_) {
		ort.check(ort.CustomOpDomain_Add(domain_.get(), op.get()));
	}
	const OrtOwnedSessionOptions settings = createOptions(ort, options_, domain_.get());
	session_ = ownedBy<OrtOwnedSession>(ort, [&](OrtSession** out) {
		return ort.CreateSession(library_.environment, options_.graphPath.c_str(), settings.get(), out);
	});
	checkContract();
}

void Session::checkContract() const {
	const Ort& ort = library_.ort;
	std::set<std::string> inputs{names::kInputIds, names::kTotalLength, names::kLogitsStart};
	std::set<std::string> outputs{names::kLogits, names::kLogSum, names::kBest};
	for (size_t i = 0; i < options_.kv.buffers(); i++) {
		inputs.insert(names::past(i));
		outputs.insert(names::present(i));
	}
	checkGraphNames(ort, session_.get(), std::move(inputs), std::move(outputs));
}

void Session::begin(BoundCache& bound, std::span<const int32_t> tokens, size_t logitRows) {
	forgetLast();
	makeRoom(tokens.size(), logitRows);
	std::copy(tokens.begin(), tokens.end(), ids_.begin());
	const size_t total = bound.cache.length() + tokens.size();
	totalLength_ = static_cast<int32_t>(total);
	logitsStart_ = static_cast<int64_t>(tokens.size() - logitRows);
	bound.bindTokens(tokens.size());
	bound.bindOutputs(logitRows);
	bound.cache.willFill(total);
	start(bound, logitRows);
}

void Session::makeRoom(size_t tokens, size_t logitRows) {
	if (ids_.size() < tokens) {
		// First: where an allocation fails, others may have moved already.
		idsAllocation_++;
		ids_.resize(tokens);
	}
	// One row at least, for the library wants an address for no rows too.
	const size_t rows = std::max<size_t>(logitRows, 1);
	if (best_.size() < rows) {
		outputsAllocation_++;
		logits_.resize(rows * options_.vocabularySize);
		logSums_.resize(rows);
		best_.resize(rows);
	}
}

PassOutcome Session::execute() { return runBinding(session_.get(), running_->binding_.get()); }

PassOutcome Session::end(PassOutcome outcome) {
	BoundCache& bound = *running_;
	const PassOutcome seen = finish(outcome);
	if (seen == PassOutcome::done) {
		bound.cache.markFilled(static_cast<size_t>(totalLength_));
	}
	return seen;
}

BoundCache::BoundCache(std::shared_ptr<Session> session, size_t capacity)
		: cache(session->options().kv, capacity), session_(std::move(session)) {
	const Library& library = session_->library();
	const Ort& ort = library.ort;
	binding_ = ownedBy<OrtOwnedIoBinding>(ort, [&](OrtIoBinding** out) {
		return ort.CreateIoBinding(session_->session_.get(), out);
	});
	const KvShape& shape = cache.shape();
	const std::array<int64_t, 3> dimensions{
		static_cast<int64_t>(shape.rows()),
		shape.layout.kvHeads,
		static_cast<int64_t>(shape.layout.blockBytes()),
	};
	for (size_t i = 0; i < shape.buffers(); i++) {
		const size_t bytes = shape.prefixBytes(shape.contextLength);
		const OrtOwnedValue value =
			library.tensor(cache.buffer(i), bytes, dimensions, OrtElementType::uint8);
		ort.check(ort.BindInput(binding_.get(), names::past(i).c_str(), value.get()));
		ort.check(ort.BindOutput(binding_.get(), names::present(i).c_str(), value.get()));
	}
	int32_t& total = session_->totalLength_;
	const OrtOwnedValue totalLength = library.tensor(&total, sizeof total, {}, OrtElementType::int32);
	ort.check(ort.BindInput(binding_.get(), names::kTotalLength, totalLength.get()));
	int64_t& start = session_->logitsStart_;
	const std::array<int64_t, 1> one{1};
	const OrtOwnedValue logitsStart =
		library.tensor(&start, sizeof start, one, OrtElementType::int64);
	ort.check(ort.BindInput(binding_.get(), names::kLogitsStart, logitsStart.get()));
}

void BoundCache::bindTokens(size_t count) {
	const Bound wanted{session_->idsAllocation_, count};
	if (tokens_ == wanted) {
		return;
	}
	const Library& library = session_->library();
	std::vector<int64_t>& ids = session_->ids_;
	const std::array<int64_t, 2> shape{1, static_cast<int64_t>(count)};
	const OrtOwnedValue value =
		library.tensor(ids.data(), count * sizeof ids[0], shape, OrtElementType::int64);
	library.ort.check(library.ort.BindInput(binding_.get(), names::kInputIds, value.get()));
	tokens_ = wanted;
}

void BoundCache::bindOutputs(size_t rows) {
	Session& session = *session_;
	const Bound wanted{session.outputsAllocation_, rows};
	if (outputs_ == wanted) {
		return;
	}
	const Library& library = session.library();
	const Ort& ort = library.ort;
	const size_t columns = session.options().vocabularySize;
	const std::array<int64_t, 3> shape{1, static_cast<int64_t>(rows), static_cast<int64_t>(columns)};
	const std::span<const int64_t> rowShape = std::span(shape).first(2);
	const OrtOwnedValue logits = library.tensor(
		session.logits_.data(), rows * columns * sizeof(float), shape, OrtElementType::float32
	);
	const OrtOwnedValue logSums = library.tensor(
		session.logSums_.data(), rows * sizeof(float), rowShape, OrtElementType::float32
	);
	const OrtOwnedValue best =
		library.tensor(session.best_.data(), rows * sizeof(int32_t), rowShape, OrtElementType::int32);
	ort.check(ort.BindOutput(binding_.get(), names::kLogits, logits.get()));
	ort.check(ort.BindOutput(binding_.get(), names::kLogSum, logSums.get()));
	ort.check(ort.BindOutput(binding_.get(), names::kBest, best.get()));
	outputs_ = wanted;
}

} // namespace mote
