#include "node/openWorker.h"

#include "node/arguments.h"
#include "node/sessionObject.h"

namespace mote {
namespace {

// Far above any model that fits this machine; products of them fit 64 bits.
constexpr size_t kMostThreads = 256;
constexpr size_t kMostLayers = 1024;
constexpr size_t kMostHeads = 1024;
constexpr size_t kMostHeadDim = 1024;
constexpr size_t kMostPositions = 1 << 24;
constexpr size_t kMostTokens = 1 << 24;

KvFormat formatFrom(const Napi::Value& value) {
	const std::string name = stringFrom(value, "kvCache");
	if (name == "float32") {
		return KvFormat::float32;
	}
	if (name == "int8") {
		return KvFormat::int8;
	}
	throw ArgumentError("kvCache is no format of a KV cache");
}

} // namespace

Instructions instructionsFrom(const Napi::Value& value) {
	const std::string name = stringFrom(value, "instructions");
	for (const Instructions instructions : kAllInstructions) {
		if (name == nameOf(instructions) && isUsable(instructions)) {
			return instructions;
		}
	}
	throw ArgumentError("instructions are none that this machine runs");
}

OpenOptions openOptionsFrom(const Napi::Value& value) {
	const auto integer = [&](const char* name, size_t most) {
		return integerFrom(memberOf(value, name), name, 1, most);
	};
	return {
		.libraryPath = stringFrom(memberOf(value, "libraryPath"), "libraryPath"),
		.session =
			{
				.graphPath = stringFrom(memberOf(value, "graphPath"), "graphPath"),
				.threads = static_cast<int>(integer("threads", kMostThreads)),
				.instructions = instructionsFrom(memberOf(value, "instructions")),
				.kv =
					{
						.layers = integer("layers", kMostLayers),
						.contextLength = integer("contextLength", kMostPositions),
						.layout =
							{
								.kvHeads = static_cast<int32_t>(integer("kvHeads", kMostHeads)),
								.headDim = static_cast<int32_t>(integer("headDim", kMostHeadDim)),
								.format = formatFrom(memberOf(value, "kvCache")),
							},
					},
				.vocabularySize = integer("vocabularySize", kMostTokens),
			},
	};
}

OpenWorker::OpenWorker(Napi::Env env, OpenOptions options)
		: AsyncWorker(env, "mote open"), options_(std::move(options)), deferred_(env) {}

void OpenWorker::Execute() {
	const Library& library = Library::open(options_.libraryPath);
	session_ = std::make_shared<Session>(library, options_.session);
}

void OpenWorker::OnOK() { deferred_.Resolve(SessionObject::create(Env(), std::move(session_))); }

void OpenWorker::OnError(const Napi::Error& error) {
	deferred_.Reject(toJavaScript(Env(), error.Message().c_str()).Value());
}

} // namespace mote
