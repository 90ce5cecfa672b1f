#include "node/kvCacheObject.h"

#include <algorithm>
#include <cstring>

#include "node/arguments.h"
#include "node/classes.h"

namespace mote {
namespace {

/** Tells our objects from all others; a random number. */
constexpr napi_type_tag kTypeTag = {0x5c0b'7f0e'9a41'4d3eULL, 0x8e52'c1d6'03b7'fa94ULL};

} // namespace

KvCacheObject::KvCacheObject(const Napi::CallbackInfo& info) : ObjectWrap(info) {
	info.This().As<Napi::Object>().TypeTag(&kTypeTag);
}

Napi::Function KvCacheObject::define(Napi::Env env) {
	return DefineClass(
		env,
		"KvCache",
		{
			InstanceAccessor<&KvCacheObject::length>("length"),
			InstanceAccessor<&KvCacheObject::capacity>("capacity"),
			InstanceAccessor<&KvCacheObject::bytes>("bytes"),
			InstanceMethod<&KvCacheObject::rewindTo>("rewindTo"),
			InstanceMethod<&KvCacheObject::grow>("grow"),
			InstanceMethod<&KvCacheObject::copyPrefix>("copyPrefix"),
			InstanceMethod<&KvCacheObject::readPrefix>("readPrefix"),
			InstanceMethod<&KvCacheObject::writePrefix>("writePrefix"),
			InstanceMethod<&KvCacheObject::markFilled>("markFilled"),
			InstanceMethod<&KvCacheObject::dispose>("dispose"),
		}
	);
}

Napi::Object KvCacheObject::create(Napi::Env env, std::unique_ptr<BoundCache> bound) {
	const Napi::Object object = classesOf(env).kvCache.New({});
	Unwrap(object)->bound_ = std::move(bound);
	return object;
}

BoundCache& KvCacheObject::from(const Napi::Value& value, const Session& session) {
	if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kTypeTag)) {
		throw ArgumentError("cache is no KvCache");
	}
	KvCacheObject* object = Unwrap(value.As<Napi::Object>());
	object->held();
	if (object->bound_->session().get() != &session) {
		throw ArgumentError("cache belongs to another session");
	}
	return *object->bound_;
}

Napi::Value KvCacheObject::numberOf(
	const Napi::CallbackInfo& info, size_t (KvCache::*number)() const
) const {
	return callFromJavaScript(info.Env(), [&]() -> Napi::Value {
		checkReceiver(info, kTypeTag);
		const size_t value = bound_ == nullptr ? 0 : (bound_->cache.*number)();
		return Napi::Number::New(info.Env(), static_cast<double>(value));
	});
}

Napi::Value KvCacheObject::length(const Napi::CallbackInfo& info) {
	return numberOf(info, &KvCache::length);
}

Napi::Value KvCacheObject::capacity(const Napi::CallbackInfo& info) {
	return numberOf(info, &KvCache::capacity);
}

Napi::Value KvCacheObject::bytes(const Napi::CallbackInfo& info) {
	return numberOf(info, &KvCache::bytes);
}

void KvCacheObject::rewindTo(const Napi::CallbackInfo& info) {
	callFromJavaScript(info.Env(), [&] {
		KvCache& cache = idle();
		cache.rewindTo(integerFrom(info[0], "length", 0, cache.length()));
	});
}

void KvCacheObject::grow(const Napi::CallbackInfo& info) {
	callFromJavaScript(info.Env(), [&] {
		KvCache& cache = idle();
		cache.grow(integerFrom(info[0], "capacity", 0, cache.shape().contextLength));
	});
}

Napi::Value KvCacheObject::copyPrefix(const Napi::CallbackInfo& info) {
	return callFromJavaScript(info.Env(), [&]() -> Napi::Value {
		const KvCache& cache = idle();
		const size_t length = integerFrom(info[0], "length", 0, cache.length());
		const size_t capacity = integerFrom(info[1], "capacity", 0, cache.shape().contextLength);
		auto copy = std::make_unique<BoundCache>(bound_->session(), std::max(length, capacity));
		copy->cache.copyFrom(cache, length);
		return create(info.Env(), std::move(copy));
	});
}

namespace {

/** The argument that says where a part of a prefix begins, which ends within it. */
size_t startFrom(const Napi::Value& value, size_t prefixBytes, size_t partBytes) {
	if (partBytes > prefixBytes) {
		throw ArgumentError("more bytes than a prefix of that length has");
	}
	return integerFrom(value, "start", 0, prefixBytes - partBytes);
}

} // namespace

void KvCacheObject::readPrefix(const Napi::CallbackInfo& info) {
	callFromJavaScript(info.Env(), [&] {
		const KvCache& cache = idle();
		const size_t length = integerFrom(info[0], "length", 0, cache.length());
		const std::span<std::byte> target = bytesFrom(info[2], "target");
		const size_t start = startFrom(info[1], cache.prefixBytes(length), target.size());
		cache.readPrefix(length, start, target);
	});
}

void KvCacheObject::writePrefix(const Napi::CallbackInfo& info) {
	callFromJavaScript(info.Env(), [&] {
		KvCache& cache = empty();
		const size_t length = integerFrom(info[0], "length", 0, cache.capacity());
		const std::span<const std::byte> source = bytesFrom(info[2], "source");
		const size_t start = startFrom(info[1], cache.prefixBytes(length), source.size());
		cache.writePrefix(length, start, source);
	});
}

void KvCacheObject::markFilled(const Napi::CallbackInfo& info) {
	callFromJavaScript(info.Env(), [&] {
		KvCache& cache = empty();
		cache.markFilled(integerFrom(info[0], "length", 0, cache.capacity()));
	});
}

void KvCacheObject::dispose(const Napi::CallbackInfo& info) {
	callFromJavaScript(info.Env(), [&] {
		if (bound_ != nullptr) {
			idle();
			bound_ = nullptr;
		}
	});
}

KvCache& KvCacheObject::held() const {
	if (bound_ == nullptr) {
		throw ArgumentError("the cache was disposed of");
	}
	return bound_->cache;
}

KvCache& KvCacheObject::idle() const {
	KvCache& cache = held();
	if (bound_->session()->isRunning(*bound_)) {
		throw ArgumentError("a pass is filling the cache");
	}
	return cache;
}

KvCache& KvCacheObject::empty() const {
	KvCache& cache = idle();
	if (cache.length() > 0) {
		throw ArgumentError("the cache is not empty");
	}
	return cache;
}

} // namespace mote
