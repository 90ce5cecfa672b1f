#include "node/deviceCacheObject.h"
#include "node/sessionObject.h"

namespace mote {
namespace {

/** The buffers of a past, none where it is undefined. Reading them may run JavaScript, looking at them doesn't. */
std::vector<Napi::Value> buffersFrom(const Napi::Value& value, const DeviceOptions& options) {
	if (value.IsUndefined()) {
		return {};
	}
	if (!value.IsArray()) {
		throw ArgumentError("past is no array");
	}
	const auto array = value.As<Napi::Array>();
	checkLength(array.Length(), options.buffers(), "past");
	std::vector<Napi::Value> buffers;
	for (uint32_t i = 0; i < options.buffers(); i++) {
		buffers.push_back(array.Get(i));
	}
	return buffers;
}

} // namespace

template <>
Napi::Value SessionObject<DeviceSession>::createCache(const Napi::CallbackInfo& info) {
	return callFromJavaScript(info.Env(), [&]() -> Napi::Value {
		held();
		return DeviceCacheObject::create(info.Env(), std::make_unique<DeviceCache>(session_));
	});
}

template <>
void SessionObject<DeviceSession>::begin(const Napi::CallbackInfo& info) {
	DeviceSession& session = idle();
	const DeviceOptions& options = session.options();
	DeviceCache& cache = DeviceCacheObject::from(info[0], session);
	const auto member = [&](const char* name) { return memberOf(info[1], name); };
	const size_t length = integerFrom(member("length"), "length", 0, options.contextLength);
	const size_t wanted = integerFrom(member("capacity"), "capacity", 1, options.contextLength);
	const size_t rows = integerFrom(member("logitRows"), "logitRows", 1, options.contextLength);
	const std::vector<Napi::Value> buffers = buffersFrom(member("past"), options);
	const Napi::Value ids = member("tokens");
	// From here on no JavaScript runs, which could take memory away that is looked at, or begin another pass.
	idle();
	const std::span<const int32_t> tokens = tokensFrom(ids, options.vocabularySize);
	const size_t capacity = buffers.empty() ? cache.capacity() : wanted;
	if (tokens.size() < rows || tokens.size() > capacity || length > capacity - tokens.size()) {
		throw ArgumentError("tokens are less than the rows, or more than the cache has room for");
	}
	std::vector<std::span<const float>> past;
	for (const Napi::Value& buffer : buffers) {
		past.push_back(float32From(buffer, "past"));
		checkLength(past.back().size(), options.kvHeads * capacity * options.headDim, "past");
	}
	const DevicePass pass{
		.length = length,
		.capacity = capacity,
		.past = std::move(past),
		.tokens = tokens,
		.logitRows = rows,
	};
	session.begin(cache, pass);
}

template <>
void SessionObject<DeviceSession>::readRest(const Napi::CallbackInfo& info) {
	callFromJavaScript(info.Env(), [&] {
		const std::span<const float> appended = idle().appended();
		const std::span<float> target = float32From(info[0], "target");
		checkLength(target.size(), appended.size(), "target");
		std::ranges::copy(appended, target.begin());
	});
}

} // namespace mote
