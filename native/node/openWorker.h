/** Loading a model on a thread of libuv's pool. */
#pragma once

#include <napi.h>

#include <memory>

#include "node/openOptions.h"
#include "node/sessionObject.h"

namespace mote {

/** Deletes itself at the end. */
template <typename S>
class OpenWorker : public Napi::AsyncWorker {
 public:
	OpenWorker(Napi::Env env, OpenOptions<S> options)
			: AsyncWorker(env, "mote open"), options_(std::move(options)), deferred_(env) {}

	/** Of a SessionObject. */
	Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
	void Execute() override { session_ = S::open(options_.libraryPath, options_.session); }

	void OnOK() override { deferred_.Resolve(SessionObject<S>::create(Env(), std::move(session_))); }

	void OnError(const Napi::Error& error) override {
		deferred_.Reject(toJavaScript(Env(), error.Message().c_str()).Value());
	}

 private:
	OpenOptions<S> options_;
	Napi::Promise::Deferred deferred_;
	std::shared_ptr<S> session_;
};

} // namespace mote
