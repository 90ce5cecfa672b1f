/** Loading a model on a thread of libuv's pool. */
#pragma once

#include <napi.h>

#include <memory>
#include <string>

#include "runtime/session.h"

namespace mote {

struct OpenOptions {
	/** Of ONNX Runtime. */
	std::string libraryPath;
	SessionOptions session;
};

/** @throws ArgumentError unless this machine runs them */
Instructions instructionsFrom(const Napi::Value& value);

/** @throws ArgumentError */
OpenOptions openOptionsFrom(const Napi::Value& value);

/** Deletes itself at the end. */
class OpenWorker : public Napi::AsyncWorker {
 public:
	OpenWorker(Napi::Env env, OpenOptions options);

	/** Of a SessionObject. */
	Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
	void Execute() override;
	void OnOK() override;
	void OnError(const Napi::Error& error) override;

 private:
	OpenOptions options_;
	Napi::Promise::Deferred deferred_;
	std::shared_ptr<Session> session_;
};

} // namespace mote
