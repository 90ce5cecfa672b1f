#include "node/sessionObject.h"

#include <cmath>

#include "node/kvCacheObject.h"

namespace mote {

template <>
Napi::Value SessionObject<Session>::createCache(const Napi::CallbackInfo& info) {
	return callFromJavaScript(info.Env(), [&]() -> Napi::Value {
		const size_t most = held().options().kv.contextLength;
		const size_t capacity = integerFrom(info[0], "capacity", 0, most);
		return KvCacheObject::create(info.Env(), std::make_unique<BoundCache>(session_, capacity));
	});
}

template <>
void SessionObject<Session>::begin(const Napi::CallbackInfo& info) {
	Session& session = idle();
	BoundCache& cache = KvCacheObject::from(info[0], session);
	const std::span<const int32_t> tokens = tokensFrom(info[1], session.options().vocabularySize);
	const size_t room = cache.cache.capacity() - cache.cache.length();
	if (tokens.empty() || tokens.size() > room) {
		throw ArgumentError("tokens are none, or more than the cache has room for");
	}
	const size_t logitRows = integerFrom(info[2], "logitRows", 0, tokens.size());
	session.begin(cache, tokens, logitRows);
}

template <>
void SessionObject<Session>::readRest(const Napi::CallbackInfo& info) {
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

} // namespace mote
