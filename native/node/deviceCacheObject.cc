#include "node/deviceCacheObject.h"

#include "node/arguments.h"
#include "node/classes.h"

namespace mote {
namespace {

/** Tells our objects from all others; a random number. */
constexpr napi_type_tag kCacheTag = {0xd20b'8f63'1c7a'e549ULL, 0x96e4'30d5'af82'1b7cULL};

} // namespace

DeviceCacheObject::DeviceCacheObject(const Napi::CallbackInfo& info) : ObjectWrap(info) {
	info.This().As<Napi::Object>().TypeTag(&kCacheTag);
}

Napi::Function DeviceCacheObject::define(Napi::Env env) {
	return DefineClass(
		env,
		"DeviceCache",
		{
			InstanceAccessor<&DeviceCacheObject::capacity>("capacity"),
			InstanceMethod<&DeviceCacheObject::release>("release"),
		}
	);
}

Napi::Object DeviceCacheObject::create(Napi::Env env, std::unique_ptr<DeviceCache> cache) {
	const Napi::Object object = classesOf(env).deviceCache.New({});
	Unwrap(object)->cache_ = std::move(cache);
	return object;
}

DeviceCache& DeviceCacheObject::from(const Napi::Value& value, const DeviceSession& session) {
	if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kCacheTag)) {
		throw ArgumentError("cache is no DeviceCache");
	}
	DeviceCacheObject* object = Unwrap(value.As<Napi::Object>());
	if (object->cache_ == nullptr) {
		throw ArgumentError("the cache was given back");
	}
	if (object->cache_->session().get() != &session) {
		throw ArgumentError("cache belongs to another session");
	}
	return *object->cache_;
}

Napi::Value DeviceCacheObject::capacity(const Napi::CallbackInfo& info) {
	return callFromJavaScript(info.Env(), [&]() -> Napi::Value {
		checkReceiver(info, kCacheTag);
		const size_t positions = cache_ == nullptr ? 0 : cache_->capacity();
		return Napi::Number::New(info.Env(), static_cast<double>(positions));
	});
}

void DeviceCacheObject::release(const Napi::CallbackInfo& info) {
	callFromJavaScript(info.Env(), [&] {
		if (cache_ == nullptr) {
			return;
		}
		if (cache_->session()->isRunning(*cache_)) {
			throw ArgumentError("a pass is running");
		}
		// The session too: it keeps the model's memory for as long as a cache of it is there.
		cache_ = nullptr;
	});
}

} // namespace mote
