#include "node/sessionObject.h"

#include <algorithm>
#include <cmath>

#include "node/arguments.h"
#include "node/classes.h"
#include "node/kvCacheObject.h"
#include "node/passWorker.h"

namespace mote {
namespace {

/** Tells our objects from all others; a random number. */
constexpr napi_type_tag kTypeTag = {0x1f83'd9ab'fb41'bd6bULL, 0xa54f'f53a'5f1d'36f1ULL};

} // namespace

SessionObject::SessionObject(const Napi::CallbackInfo& info) : ObjectWrap(info) {
	info.This().As<Napi::Object>().TypeTag(&kTypeTag);
}

Napi::Function SessionObject::define(Napi::Env env) {
	return DefineClass(
		env,
		"Session",
		{
			InstanceAccessor<&SessionObject::runtimeVersion>("runtimeVersion"),
			InstanceMethod<&SessionObject::createKvCache>("createKvCache"),
			InstanceMethod<&SessionObject::run>("run"),
			InstanceMethod<&SessionObject::stop>("stop"),
			InstanceMethod<&SessionObject::readLogits>("readLogits"),
			InstanceMethod<&SessionObject::readSummaries>("readSummaries"),
			InstanceMethod<&SessionObject::dispose>("dispose"),
		}
	);
}

Napi::Object SessionObject::create(Napi::Env env, std::shared_ptr<Session> session) {
	const Napi::Object object = classesOf(env).session.New({});
	Unwrap(object)->session_ = std::move(session);
	return object;
}

Napi::Value SessionObject::runtimeVersion(const Napi::CallbackInfo& info) {
	return callFromJavaScript(info.Env(), [&]() -> Napi::Value {
		checkReceiver(info, kTypeTag);
		return Napi::String::New(info.Env(), held().library().version);
	});
}

Napi::Value SessionObject::createKvCache(const Napi::CallbackInfo& info) {
	return callFromJavaScript(info.Env(), [&]() -> Napi::Value {
		const size_t most = held().options().kv.contextLength;
		const size_t capacity = integerFrom(info[0], "capacity", 0, most);
		return KvCacheObject::create(info.Env(), std::make_unique<BoundCache>(session_, capacity));
	});
}

void SessionObject::begin(const Napi::CallbackInfo& info) {
	Session& session = idle();
	BoundCache& cache = KvCacheObject::from(info[0], session);
	const std::span<const int32_t> tokens = int32From(info[1], "tokens");
	const size_t room = cache.cache.capacity() - cache.cache.length();
	if (tokens.empty() || tokens.size() > room) {
		throw ArgumentError("tokens are none, or more than the cache has room for");
	}
	const auto vocabularySize = static_cast<int64_t>(session.options().vocabularySize);
	if (!std::ranges::all_of(tokens, [&](int32_t id) { return id >= 0 && id < vocabularySize; })) {
		throw ArgumentError("tokens are not of this model's vocabulary");
	}
	const size_t logitRows = integerFrom(info[2], "logitRows", 0, tokens.size());
	session.begin(cache, tokens, logitRows);
}

Napi::Value SessionObject::run(const Napi::CallbackInfo& info) {
	return callFromJavaScript(info.Env(), [&]() -> Napi::Value {
		begin(info);
		try {
			// Neither object may be collected before the pass has ended.
			auto worker =
				std::make_unique<PassWorker>(info.Env(), session_, Value(), info[0].As<Napi::Object>());
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

void SessionObject::stop(const Napi::CallbackInfo& info) {
	callFromJavaScript(info.Env(), [&] { held().stop(); });
}

void SessionObject::readLogits(const Napi::CallbackInfo& info) {
	callFromJavaScript(info.Env(), [&] {
		const Session& session = idle();
		const size_t rows = session.logitRows();
		if (rows == 0) {
			throw ArgumentError("the last pass has no logits");
		}
		const std::span<const float> logits = session.logits(integerFrom(info[0], "row", 0, rows - 1));
		const std::span<float> target = float32From(info[1], "target");
		checkLength(target.size(), logits.size(), "target");
		std::ranges::copy(logits, target.begin());
	});
}

void SessionObject::readSummaries(const Napi::CallbackInfo& info) {
	callFromJavaScript(info.Env(), [&] {
		const Session& session = idle();
		const size_t rows = session.logitRows();
		const std::span<int32_t> best = int32From(info[0], "best");
		const std::span<float> bestLogits = float32From(info[1], "bestLogits");
		const std::span<float> logSums = float32From(info[2], "logSums");
		checkLength(best.size(), rows, "best");
		checkLength(bestLogits.size(), rows, "bestLogits");
		checkLength(logSums.size(), rows, "logSums");
		std::ranges::copy(session.best(), best.begin());
		std::ranges::copy(session.logSums(), logSums.begin());
		for (size_t row = 0; row < rows; row++) {
			const std::span<const float> logits = session.logits(row);
			// Not a token where the logits are not numbers.
			const auto token = static_cast<size_t>(best[row]);
			bestLogits[row] = token < logits.size() ? logits[token] : NAN;
		}
	});
}

void SessionObject::dispose(const Napi::CallbackInfo& info) {
	callFromJavaScript(info.Env(), [&] {
		if (session_ != nullptr) {
			idle();
			// Freed with the last of its caches.
			session_ = nullptr;
		}
	});
}

Session& SessionObject::held() const {
	if (session_ == nullptr) {
		throw ArgumentError("the session was disposed of");
	}
	return *session_;
}

Session& SessionObject::idle() const {
	Session& session = held();
	if (session.isRunning()) {
		throw ArgumentError("a pass is running");
	}
	return session;
}

} // namespace mote
