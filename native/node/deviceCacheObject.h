/** What a device has of a sequence, as JavaScript sees it. */
#pragma once

#include <napi.h>

#include <memory>

#include "runtime/deviceSession.h"

namespace mote {

/** Keys and values of one sequence on the device. */
class DeviceCacheObject : public Napi::ObjectWrap<DeviceCacheObject> {
 public:
	explicit DeviceCacheObject(const Napi::CallbackInfo& info);

	static Napi::Function define(Napi::Env env);
	static Napi::Object create(Napi::Env env, std::unique_ptr<DeviceCache> cache);
	/** @throws ArgumentError unless it is a cache of `session` that wasn't released */
	static DeviceCache& from(const Napi::Value& value, const DeviceSession& session);

 private:
	/** Positions that the device has room for; 0 where it has nothing of this cache. */
	Napi::Value capacity(const Napi::CallbackInfo& info);
	/** Gives the device's memory back, and the cache is of no use any more. Not while a pass fills it. */
	void release(const Napi::CallbackInfo& info);

	std::unique_ptr<DeviceCache> cache_;
};

} // namespace mote
