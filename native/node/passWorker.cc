#include "node/passWorker.h"

#include "node/arguments.h"

namespace mote {

PassWorker::PassWorker(
	Napi::Env env,
	std::shared_ptr<Session> session,
	const Napi::Object& sessionObject,
	const Napi::Object& cacheObject
)
		: AsyncWorker(env, "mote pass"),
			session_(std::move(session)),
			sessionObject_(Napi::Persistent(sessionObject)),
			cacheObject_(Napi::Persistent(cacheObject)),
			deferred_(env) {}

void PassWorker::Execute() {
	// What it throws becomes the message that OnError gets.
	isDone_ = session_->execute() == PassOutcome::done;
}

void PassWorker::OnOK() {
	session_->end(isDone_);
	deferred_.Resolve(Napi::Boolean::New(Env(), isDone_));
}

void PassWorker::OnError(const Napi::Error& error) {
	session_->end(false);
	deferred_.Reject(toJavaScript(Env(), error.Message().c_str()).Value());
}

} // namespace mote
