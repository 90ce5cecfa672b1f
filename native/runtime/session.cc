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

std::string takeName(const Ort& ort, OrtAllocator* allocator, char* name) {
	std::string copy = name;
	ort.check(ort.AllocatorFree(allocator, name));
	return copy;
}

template <typename CountOf, typename NameOf>
std::vector<std::string> namesOf(
	const Ort& ort, const OrtSession* session, const CountOf& countOf, const NameOf& nameOf
) {
	OrtAllocator* allocator = nullptr;
	ort.check(ort.GetAllocatorWithDefaultOptions(&allocator));
	size_t count = 0;
	ort.check(countOf(session, &count));
	std::vector<std::string> names(count);
	for (size_t i = 0; i < count; i++) {
		char* name = nullptr;
		ort.check(nameOf(session, i, allocator, &name));
		names[i] = takeName(ort, allocator, name);
	}
	return names;
}

void checkNames(const std::vector<std::string>& actual, std::set<std::string> wanted) {
	for (const std::string& name : actual) {
		if (wanted.erase(name) == 0) {
			throw std::runtime_error("its graph has " + name + ", which nobody uses");
		}
	}
	if (!wanted.empty()) {
		throw std::runtime_error("its graph lacks " + *wanted.begin());
	}
}

} // namespace

Session::Session(const Library& library, SessionOptions options)
		: library_(library),
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
	runOptions_ = ownedBy<OrtOwnedRunOptions>(ort, [&](OrtRunOptions** out) {
		return ort.CreateRunOptions(out);
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
	checkNames(
		namesOf(ort, session_.get(), ort.SessionGetInputCount, ort.SessionGetInputName), inputs
	);
	checkNames(
		namesOf(ort, session_.get(), ort.SessionGetOutputCount, ort.SessionGetOutputName), outputs
	);
}

void Session::begin(BoundCache& bound, std::span<const int32_t> tokens, size_t logitRows) {
	const Ort& ort = library_.ort;
	finishedRows_ = 0;
	makeRoom(tokens.size(), logitRows);
	std::copy(tokens.begin(), tokens.end(), ids_.begin());
	const size_t total = bound.cache.length() + tokens.size();
	totalLength_ = static_cast<int32_t>(total);
	logitsStart_ = static_cast<int64_t>(tokens.size() - logitRows);
	bound.bindTokens(tokens.size());
	bound.bindOutputs(logitRows);
	pass_.stop.store(false, std::memory_order_relaxed);
	ort.check(ort.RunOptionsUnsetTerminate(runOptions_.get()));
	bound.cache.willFill(total);
	runningRows_ = logitRows;
	running_ = &bound;
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

PassOutcome Session::execute() {
	const Ort& ort = library_.ort;
	OrtStatus* status =
		ort.RunWithBinding(session_.get(), runOptions_.get(), running_->binding_.get());
	// Whatever the library says about it: an operator may have left its outputs unfinished.
	if (pass_.isStopped()) {
		if (status != nullptr) {
			ort.ReleaseStatus(status);
		}
		return PassOutcome::stopped;
	}
	ort.check(status);
	return PassOutcome::done;
}

PassOutcome Session::end(PassOutcome outcome) {
	const PassOutcome seen = pass_.isStopped() ? PassOutcome::stopped : outcome;
	if (seen == PassOutcome::done) {
		running_->cache.markFilled(static_cast<size_t>(totalLength_));
		finishedRows_ = runningRows_;
	}
	running_ = nullptr;
	return seen;
}

void Session::stop() {
	if (running_ != nullptr) {
		pass_.stop.store(true, std::memory_order_relaxed);
		library_.ort.check(library_.ort.RunOptionsSetTerminate(runOptions_.get()));
	}
}

std::span<const float> Session::logits(size_t row) const {
	return {logits_.data() + row * options_.vocabularySize, options_.vocabularySize};
}

BoundCache::BoundCache(std::shared_ptr<Session> session, size_t capacity)
		: cache(session->options().kv, capacity), session_(std::move(session)) {
	const Ort& ort = session_->library_.ort;
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
		const OrtOwnedValue value = tensor(cache.buffer(i), bytes, dimensions, OrtElementType::uint8);
		ort.check(ort.BindInput(binding_.get(), names::past(i).c_str(), value.get()));
		ort.check(ort.BindOutput(binding_.get(), names::present(i).c_str(), value.get()));
	}
	int32_t& total = session_->totalLength_;
	const OrtOwnedValue totalLength = tensor(&total, sizeof total, {}, OrtElementType::int32);
	ort.check(ort.BindInput(binding_.get(), names::kTotalLength, totalLength.get()));
	int64_t& start = session_->logitsStart_;
	const std::array<int64_t, 1> one{1};
	const OrtOwnedValue logitsStart = tensor(&start, sizeof start, one, OrtElementType::int64);
	ort.check(ort.BindInput(binding_.get(), names::kLogitsStart, logitsStart.get()));
}

void BoundCache::bindTokens(size_t count) {
	const Bound wanted{session_->idsAllocation_, count};
	if (tokens_ == wanted) {
		return;
	}
	const Ort& ort = session_->library_.ort;
	std::vector<int64_t>& ids = session_->ids_;
	const std::array<int64_t, 2> shape{1, static_cast<int64_t>(count)};
	const OrtOwnedValue value =
		tensor(ids.data(), count * sizeof ids[0], shape, OrtElementType::int64);
	ort.check(ort.BindInput(binding_.get(), names::kInputIds, value.get()));
	tokens_ = wanted;
}

void BoundCache::bindOutputs(size_t rows) {
	Session& session = *session_;
	const Bound wanted{session.outputsAllocation_, rows};
	if (outputs_ == wanted) {
		return;
	}
	const Ort& ort = session.library_.ort;
	const size_t columns = session.options().vocabularySize;
	const std::array<int64_t, 3> shape{1, static_cast<int64_t>(rows), static_cast<int64_t>(columns)};
	const std::span<const int64_t> rowShape = std::span(shape).first(2);
	const OrtOwnedValue logits =
		tensor(session.logits_.data(), rows * columns * sizeof(float), shape, OrtElementType::float32);
	const OrtOwnedValue logSums =
		tensor(session.logSums_.data(), rows * sizeof(float), rowShape, OrtElementType::float32);
	const OrtOwnedValue best =
		tensor(session.best_.data(), rows * sizeof(int32_t), rowShape, OrtElementType::int32);
	ort.check(ort.BindOutput(binding_.get(), names::kLogits, logits.get()));
	ort.check(ort.BindOutput(binding_.get(), names::kLogSum, logSums.get()));
	ort.check(ort.BindOutput(binding_.get(), names::kBest, best.get()));
	outputs_ = wanted;
}

OrtOwnedValue BoundCache::tensor(
	void* data, size_t bytes, std::span<const int64_t> shape, OrtElementType type
) const {
	const Library& library = session_->library_;
	return ownedBy<OrtOwnedValue>(library.ort, [&](OrtValue** out) {
		return library.ort.CreateTensorWithDataAsOrtValue(
			library.memory, data, bytes, shape.data(), shape.size(), type, out
		);
	});
}

} // namespace mote
