#include "runtime/deviceSession.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "runtime/graphNames.h"

namespace mote {
namespace {

constexpr const char* kSeqlensK = "seqlens_k";
constexpr const char* kPastLength = "past_length";
constexpr const char* kAppended = "appended_key_values";

/**
 * The arena grows by what is asked for and not to the next power of two: other windows, and the screen, want memory of the
 * device too.
 */
constexpr std::array<const char*, 2> kCudaKeys{"device_id", "arena_extend_strategy"};
constexpr std::array<const char*, 2> kCudaValues{"0", "kSameAsRequested"};

void appendCuda(const Ort& ort, OrtSessionOptions* settings) {
	const auto cuda = ownedBy<OrtOwnedCudaOptions>(ort, [&](OrtCUDAProviderOptionsV2** out) {
		return ort.CreateCUDAProviderOptions(out);
	});
	ort.check(ort.UpdateCUDAProviderOptions(
		cuda.get(), kCudaKeys.data(), kCudaValues.data(), kCudaKeys.size()
	));
	ort.check(ort.SessionOptionsAppendExecutionProvider_CUDA_V2(settings, cuda.get()));
}

OrtOwnedSessionOptions createOptions(const Ort& ort, const DeviceOptions& options) {
	auto created = ownedBy<OrtOwnedSessionOptions>(ort, [&](OrtSessionOptions** out) {
		return ort.CreateSessionOptions(out);
	});
	OrtSessionOptions* settings = created.get();
	ort.check(ort.SetIntraOpNumThreads(settings, options.threads));
	ort.check(ort.SetSessionExecutionMode(settings, OrtExecutionMode::sequential));
	ort.check(ort.SetInterOpNumThreads(settings, 1));
	ort.check(ort.SetSessionGraphOptimizationLevel(settings, OrtGraphOptimizationLevel::all));
	ort.check(ort.SetSessionLogSeverityLevel(settings, OrtLoggingLevel::error));
	// Patterns are kept for every input shape, and every prefill chunk and draft has another one.
	ort.check(ort.DisableMemPattern(settings));
	ort.check(ort.AddSessionConfigEntry(settings, "session.force_spinning_stop", "1"));
	if (options.provider == DeviceProvider::cuda) {
		appendCuda(ort, settings);
	}
	return created;
}

} // namespace

std::shared_ptr<DeviceSession> DeviceSession::open(
	const std::string& libraryPath, const DeviceOptions& options
) {
	if (options.provider == DeviceProvider::cuda) {
		loadCudaLibrariesBeside(libraryPath);
	}
	return std::make_shared<DeviceSession>(Library::open(libraryPath), options);
}

DeviceSession::DeviceSession(const Library& library, DeviceOptions options)
		: PassSession(library, options.vocabularySize), options_(std::move(options)) {
	const Ort& ort = library_.ort;
	const OrtOwnedSessionOptions settings = createOptions(ort, options_);
	session_ = ownedBy<OrtOwnedSession>(ort, [&](OrtSession** out) {
		return ort.CreateSession(library_.environment, options_.graphPath.c_str(), settings.get(), out);
	});
	checkContract();
	const char* name = options_.provider == DeviceProvider::cuda ? "Cuda" : "Cpu";
	memory_ = ownedBy<OrtOwnedMemoryInfo>(ort, [&](OrtMemoryInfo** out) {
		return ort.CreateMemoryInfo(name, OrtAllocatorType::device, 0, OrtMemoryType::normal, out);
	});
	allocator_ = ownedBy<OrtOwnedAllocator>(ort, [&](OrtAllocator** out) {
		return ort.CreateAllocator(session_.get(), memory_.get(), out);
	});
}

void DeviceSession::checkContract() const {
	std::set<std::string> inputs{
		names::kInputIds, kSeqlensK, names::kTotalLength, kPastLength, names::kLogitsStart};
	std::set<std::string> outputs{names::kLogits, kAppended};
	for (size_t i = 0; i < options_.buffers(); i++) {
		inputs.insert(names::past(i));
		outputs.insert(names::present(i));
	}
	checkGraphNames(library_.ort, session_.get(), std::move(inputs), std::move(outputs));
}

void DeviceSession::begin(DeviceCache& cache, const DevicePass& pass) {
	forgetLast();
	ids_.assign(pass.tokens.begin(), pass.tokens.end());
	const size_t total = pass.length + pass.tokens.size();
	seqlensK_ = static_cast<int32_t>(total - 1);
	totalLength_ = static_cast<int32_t>(total);
	pastLength_ = static_cast<int64_t>(pass.length);
	logitsStart_ = static_cast<int64_t>(pass.tokens.size() - pass.logitRows);
	try {
		bindCaches(cache, pass);
		bindInputs(cache);
		bindOutputs(cache, pass.logitRows);
	} catch (...) {
		cache.release();
		throw;
	}
	start(cache, pass.logitRows);
}

void DeviceSession::bindCaches(DeviceCache& cache, const DevicePass& pass) {
	const Ort& ort = library_.ort;
	const size_t headSize = pass.capacity * options_.headDim;
	const size_t bufferSize = options_.kvHeads * headSize;
	if (!pass.past.empty()) {
		cache.allocate(pass.capacity);
		staging_.assign(pass.past.size() * bufferSize, 0);
		for (size_t i = 0; i < pass.past.size(); i++) {
			for (size_t head = 0; head < options_.kvHeads; head++) {
				const auto filled = pass.past[i].subspan(head * headSize, pass.length * options_.headDim);
				uint16_t* to = staging_.data() + i * bufferSize + head * headSize;
				std::ranges::transform(filled, to, halfOf);
			}
		}
	}
	const std::array<int64_t, 4> shape{
		1,
		static_cast<int64_t>(options_.kvHeads),
		static_cast<int64_t>(cache.capacity_),
		static_cast<int64_t>(options_.headDim),
	};
	for (size_t i = 0; i < options_.buffers(); i++) {
		const OrtValue* present = cache.values_[i].get();
		ort.check(ort.BindOutput(cache.binding_.get(), names::present(i).c_str(), present));
		if (pass.past.empty()) {
			ort.check(ort.BindInput(cache.binding_.get(), names::past(i).c_str(), present));
			continue;
		}
		const OrtOwnedValue value = library_.tensor(
			staging_.data() + i * bufferSize,
			bufferSize * sizeof(uint16_t),
			shape,
			OrtElementType::float16
		);
		ort.check(ort.BindInput(cache.binding_.get(), names::past(i).c_str(), value.get()));
	}
}

void DeviceSession::bindInputs(DeviceCache& cache) {
	// Memory of the processor is copied to the device when it is bound: anew for every pass.
	const Ort& ort = library_.ort;
	const std::array<int64_t, 2> idsShape{1, static_cast<int64_t>(ids_.size())};
	const std::array<int64_t, 1> one{1};
	const auto bind = [&](const char* name, OrtOwnedValue value) {
		ort.check(ort.BindInput(cache.binding_.get(), name, value.get()));
	};
	const size_t idsBytes = ids_.size() * sizeof ids_[0];
	bind(names::kInputIds, library_.tensor(ids_.data(), idsBytes, idsShape, OrtElementType::int64));
	bind(kSeqlensK, library_.tensor(&seqlensK_, sizeof seqlensK_, one, OrtElementType::int32));
	bind(
		names::kTotalLength,
		library_.tensor(&totalLength_, sizeof totalLength_, {}, OrtElementType::int32)
	);
	bind(kPastLength, library_.tensor(&pastLength_, sizeof pastLength_, one, OrtElementType::int64));
	bind(
		names::kLogitsStart,
		library_.tensor(&logitsStart_, sizeof logitsStart_, one, OrtElementType::int64)
	);
}

void DeviceSession::bindOutputs(DeviceCache& cache, size_t logitRows) {
	const Ort& ort = library_.ort;
	logits_.resize(logitRows * options_.vocabularySize);
	const std::array<int64_t, 3> logitsShape{
		1, static_cast<int64_t>(logitRows), static_cast<int64_t>(options_.vocabularySize)};
	const OrtOwnedValue logits = library_.tensor(
		logits_.data(), logits_.size() * sizeof(float), logitsShape, OrtElementType::float32
	);
	ort.check(ort.BindOutput(cache.binding_.get(), names::kLogits, logits.get()));
	appended_.resize(options_.buffers() * options_.kvHeads * ids_.size() * options_.headDim);
	const std::array<int64_t, 4> appendedShape{
		static_cast<int64_t>(options_.buffers()),
		static_cast<int64_t>(options_.kvHeads),
		static_cast<int64_t>(ids_.size()),
		static_cast<int64_t>(options_.headDim),
	};
	const OrtOwnedValue appended = library_.tensor(
		appended_.data(), appended_.size() * sizeof(float), appendedShape, OrtElementType::float32
	);
	ort.check(ort.BindOutput(cache.binding_.get(), kAppended, appended.get()));
}

PassOutcome DeviceSession::execute() {
	OrtIoBinding* binding = running_->binding_.get();
	const PassOutcome outcome = runBinding(session_.get(), binding);
	if (outcome == PassOutcome::done) {
		library_.ort.check(library_.ort.SynchronizeBoundOutputs(binding));
	}
	return outcome;
}

PassOutcome DeviceSession::end(PassOutcome outcome) {
	DeviceCache& cache = *running_;
	const PassOutcome seen = finish(outcome);
	if (seen == PassOutcome::stopped) {
		// A past that was on its way may have arrived in some layers only.
		cache.release();
	}
	return seen;
}

std::span<const float> DeviceSession::appended() const {
	return logitRows() == 0 ? std::span<const float>{} : std::span<const float>{appended_};
}

DeviceCache::DeviceCache(std::shared_ptr<DeviceSession> session) : session_(std::move(session)) {
	const Ort& ort = session_->library().ort;
	binding_ = ownedBy<OrtOwnedIoBinding>(ort, [&](OrtIoBinding** out) {
		return ort.CreateIoBinding(session_->session_.get(), out);
	});
}

void DeviceCache::release() {
	if (values_.empty()) {
		return;
	}
	const Ort& ort = session_->library().ort;
	// The binding holds the values too.
	ort.ClearBoundInputs(binding_.get());
	ort.ClearBoundOutputs(binding_.get());
	values_.clear();
	capacity_ = 0;
}

void DeviceCache::allocate(size_t capacity) {
	release();
	const DeviceOptions& options = session_->options_;
	const Ort& ort = session_->library().ort;
	const std::array<int64_t, 4> shape{
		1,
		static_cast<int64_t>(options.kvHeads),
		static_cast<int64_t>(capacity),
		static_cast<int64_t>(options.headDim),
	};
	for (size_t i = 0; i < options.buffers(); i++) {
		values_.push_back(ownedBy<OrtOwnedValue>(ort, [&](OrtValue** out) {
			return ort.CreateTensorAsOrtValue(
				session_->allocator_.get(), shape.data(), shape.size(), OrtElementType::float16, out
			);
		}));
	}
	capacity_ = capacity;
}

uint16_t halfOf(float value) {
	const auto bits = std::bit_cast<uint32_t>(value);
	const auto sign = static_cast<uint16_t>((bits >> 16) & 0x8000);
	const float magnitude = std::fabs(value);
	if (std::isnan(value)) {
		return static_cast<uint16_t>(sign | 0x7e00);
	}
	// From half a step above the largest number on.
	if (magnitude >= 65520.0F) {
		return static_cast<uint16_t>(sign | 0x7c00);
	}
	// Below the smallest normal number steps have one size, and the sum rounds to them.
	if (magnitude < 0x1p-14F) {
		const float shifted = magnitude + 0x1p-1F;
		return static_cast<uint16_t>(
			sign | (std::bit_cast<uint32_t>(shifted) - std::bit_cast<uint32_t>(0x1p-1F))
		);
	}
	const uint32_t rest = bits & 0x7fff'ffff;
	const uint32_t rounded = rest + 0xfff + ((rest >> 13) & 1);
	return static_cast<uint16_t>(sign | ((rounded >> 13) - (112U << 10)));
}

} // namespace mote
