/** A KV cache as JavaScript sees it. */
#pragma once

#include <napi.h>

#include <memory>

#include "runtime/session.h"

namespace mote {

/** Keys and values of one sequence of a session. Can't be changed while a pass fills it. */
class KvCacheObject : public Napi::ObjectWrap<KvCacheObject> {
 public:
	explicit KvCacheObject(const Napi::CallbackInfo& info);

	static Napi::Function define(Napi::Env env);
	static Napi::Object create(Napi::Env env, std::unique_ptr<BoundCache> cache);
	/** @throws ArgumentError unless it is a cache of `session` that isn't disposed of */
	static BoundCache& from(const Napi::Value& value, const Session& session);

 private:
	Napi::Value length(const Napi::CallbackInfo& info);
	Napi::Value capacity(const Napi::CallbackInfo& info);
	Napi::Value bytes(const Napi::CallbackInfo& info);
	/** (length) */
	void rewindTo(const Napi::CallbackInfo& info);
	/** (capacity) */
	void grow(const Napi::CallbackInfo& info);
	/** (length, capacity): a new cache with a copy of the first `length` positions. */
	Napi::Value copyPrefix(const Napi::CallbackInfo& info);
	/** (length, start, target): copies a part of the first `length` positions, see KvCache. */
	void readPrefix(const Napi::CallbackInfo& info);
	/** (length, start, source): the reverse; the cache is empty and has room for them. */
	void writePrefix(const Napi::CallbackInfo& info);
	/** (length): an empty cache now holds the positions that were written. */
	void markFilled(const Napi::CallbackInfo& info);
	void dispose(const Napi::CallbackInfo& info);

	/** 0 once disposed of. @throws ArgumentError unless `this` is a KvCacheObject */
	Napi::Value numberOf(const Napi::CallbackInfo& info, size_t (KvCache::*number)() const) const;
	/** @throws ArgumentError once disposed of */
	KvCache& held() const;
	/** @throws ArgumentError while a pass fills it, too */
	KvCache& idle() const;
	/** @throws ArgumentError unless nothing is filled, too */
	KvCache& empty() const;

	std::unique_ptr<BoundCache> bound_;
};

} // namespace mote
