/** A session as JavaScript sees it. */
#pragma once

#include <napi.h>

#include <algorithm>
#include <memory>

#include "node/arguments.h"
#include "node/classes.h"
#include "node/passWorker.h"
#include "runtime/deviceSession.h"
#include "runtime/session.h"

namespace mote {

/** What JavaScript calls the class of a kind of session, and what differs in it. */
template <typename S>
struct SessionNames;

template <>
struct SessionNames<Session> {
	static constexpr const char* kClass = "Session";
	static constexpr const char* kCreateCache = "createKvCache";
	static constexpr const char* kReadRest = "readSummaries";
	/** Tells our objects from all others; a random number, as below. */
	static constexpr napi_type_tag kTypeTag = {0x1f83'd9ab'fb41'bd6bULL, 0xa54f'f53a'5f1d'36f1ULL};
	static constexpr auto kConstructor = &Classes::session;
};

template <>
struct SessionNames<DeviceSession> {
	static constexpr const char* kClass = "DeviceSession";
	static constexpr const char* kCreateCache = "createCache";
	static constexpr const char* kReadRest = "readAppended";
	static constexpr napi_type_tag kTypeTag = {0x7a1e'0d4c'52f6'93b8ULL, 0x3c95'e2a7'6b08'd41fULL};
	static constexpr auto kConstructor = &Classes::deviceSession;
};

/**
 * One loaded model. An object that JavaScript makes by calling the constructor itself is like one that was
 * disposed of: every method throws.
 */
template <typename S>
class SessionObject : public Napi::ObjectWrap<SessionObject<S>> {
 public:
	explicit SessionObject(const Napi::CallbackInfo& info) : Wrap(info) {
		info.This().As<Napi::Object>().TypeTag(&Names::kTypeTag);
	}

	static Napi::Function define(Napi::Env env) {
		return Wrap::DefineClass(
			env,
			Names::kClass,
			{
				Wrap::template InstanceAccessor<&SessionObject::runtimeVersion>("runtimeVersion"),
				Wrap::template InstanceMethod<&SessionObject::createCache>(Names::kCreateCache),
				Wrap::template InstanceMethod<&SessionObject::run>("run"),
				Wrap::template InstanceMethod<&SessionObject::stop>("stop"),
				Wrap::template InstanceMethod<&SessionObject::readLogits>("readLogits"),
				Wrap::template InstanceMethod<&SessionObject::readRest>(Names::kReadRest),
				Wrap::template InstanceMethod<&SessionObject::dispose>("dispose"),
			}
		);
	}

	static Napi::Object create(Napi::Env env, std::shared_ptr<S> session) {
		const Napi::Object object = (classesOf(env).*Names::kConstructor).New({});
		Wrap::Unwrap(object)->session_ = std::move(session);
		return object;
	}

 private:
	using Wrap = Napi::ObjectWrap<SessionObject>;
	using Names = SessionNames<S>;

	/** Version of ONNX Runtime. */
	Napi::Value runtimeVersion(const Napi::CallbackInfo& info) {
		return callFromJavaScript(info.Env(), [&]() -> Napi::Value {
			checkReceiver(info, Names::kTypeTag);
			return Napi::String::New(info.Env(), held().library().version);
		});
	}

	/**
	 * Of a Session (capacity): a KvCacheObject. Of a DeviceSession (): a DeviceCacheObject that takes no memory of the device
	 * yet.
	 */
	Napi::Value createCache(const Napi::CallbackInfo& info);

	/** What begin() takes, a cache in front: runs a pass. A promise of whether it was done, and not stopped. */
	Napi::Value run(const Napi::CallbackInfo& info) {
		return callFromJavaScript(info.Env(), [&]() -> Napi::Value {
			begin(info);
			try {
				// Neither object may be collected before the pass has ended.
				auto worker = std::make_unique<PassWorker<S>>(
					info.Env(), session_, this->Value(), info[0].As<Napi::Object>()
				);
				const Napi::Promise promise = worker->promise();
				worker->Queue();
				// Deletes itself from here on.
				static_cast<void>(worker.release());
				return promise;
			} catch (...) {
				session_->end(PassOutcome::stopped);
				throw;
			}
		});
	}

	void stop(const Napi::CallbackInfo& info) {
		callFromJavaScript(info.Env(), [&] { held().stop(); });
	}

	/** (row, target): copies the logits of a row of the last pass. */
	void readLogits(const Napi::CallbackInfo& info) {
		callFromJavaScript(info.Env(), [&] {
			const S& session = idle();
			const size_t rows = session.logitRows();
			if (rows == 0) {
				throw ArgumentError("the last pass has no logits");
			}
			const std::span<const float> logits =
				session.logits(integerFrom(info[0], "row", 0, rows - 1));
			const std::span<float> target = float32From(info[1], "target");
			checkLength(target.size(), logits.size(), "target");
			std::ranges::copy(logits, target.begin());
		});
	}

	/**
	 * Copies what else the last pass has left. Of a Session (best, bestLogits, logSums): what is known of every row. Of a
	 * DeviceSession (target): what was added to the cache.
	 */
	void readRest(const Napi::CallbackInfo& info);

	void dispose(const Napi::CallbackInfo& info) {
		callFromJavaScript(info.Env(), [&] {
			if (session_ != nullptr) {
				idle();
				// Freed with the last of its caches.
				session_ = nullptr;
			}
		});
	}

	/**
	 * Begins a pass. Of a Session (cache, tokens, logitRows), of a DeviceSession (cache, pass).
	 *
	 * @throws ArgumentError
	 */
	void begin(const Napi::CallbackInfo& info);

	/** @throws ArgumentError once disposed of */
	S& held() const {
		if (session_ == nullptr) {
			throw ArgumentError("the session was disposed of");
		}
		return *session_;
	}

	/** @throws ArgumentError while a pass runs, too */
	S& idle() const {
		S& session = held();
		if (session.isRunning()) {
			throw ArgumentError("a pass is running");
		}
		return session;
	}

	std::shared_ptr<S> session_;
};

template <>
Napi::Value SessionObject<Session>::createCache(const Napi::CallbackInfo& info);
template <>
void SessionObject<Session>::begin(const Napi::CallbackInfo& info);
template <>
void SessionObject<Session>::readRest(const Napi::CallbackInfo& info);

template <>
Napi::Value SessionObject<DeviceSession>::createCache(const Napi::CallbackInfo& info);
template <>
void SessionObject<DeviceSession>::begin(const Napi::CallbackInfo& info);
template <>
void SessionObject<DeviceSession>::readRest(const Napi::CallbackInfo& info);

} // namespace mote
