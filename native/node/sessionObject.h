/** A Session as JavaScript sees it. */
#pragma once

#include <napi.h>

#include <memory>

#include "runtime/session.h"

namespace mote {

/**
 * One loaded model. An object that JavaScript makes by calling the constructor itself is like one that was
 * disposed of: every method throws.
 */
class SessionObject : public Napi::ObjectWrap<SessionObject> {
 public:
	explicit SessionObject(const Napi::CallbackInfo& info);

	static Napi::Function define(Napi::Env env);
	static Napi::Object create(Napi::Env env, std::shared_ptr<Session> session);

 private:
	/** Version of ONNX Runtime. */
	Napi::Value runtimeVersion(const Napi::CallbackInfo& info);
	/** (capacity): a KvCacheObject. */
	Napi::Value createKvCache(const Napi::CallbackInfo& info);
	/** (cache, tokens, logitRows): runs a pass. A promise of whether it was done, and not stopped. */
	Napi::Value run(const Napi::CallbackInfo& info);
	void stop(const Napi::CallbackInfo& info);
	/** (row, target): copies the logits of a row of the last pass. */
	void readLogits(const Napi::CallbackInfo& info);
	/** (best, bestLogits, logSums): copies what is known of every row of the last pass. */
	void readSummaries(const Napi::CallbackInfo& info);
	void dispose(const Napi::CallbackInfo& info);

	void begin(const Napi::CallbackInfo& info);
	/** @throws ArgumentError once disposed of */
	Session& held() const;
	/** @throws ArgumentError while a pass runs, too */
	Session& idle() const;

	std::shared_ptr<Session> session_;
};

} // namespace mote
