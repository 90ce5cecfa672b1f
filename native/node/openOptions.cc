#include "node/openOptions.h"

#include "node/arguments.h"

namespace mote {
namespace {

// Far above any model that fits this machine; products of them fit 64 bits.
constexpr size_t kMostThreads = 256;
constexpr size_t kMostLayers = 1024;
constexpr size_t kMostHeads = 1024;
constexpr size_t kMostHeadDim = 1024;
constexpr size_t kMostPositions = 1 << 24;
constexpr size_t kMostTokens = 1 << 24;

/** Members of the options of both kinds of session. */
class Members {
 public:
	explicit Members(const Napi::Value& options) : options_(options) {}

	Napi::Value operator[](const char* name) const { return memberOf(options_, name); }
	std::string text(const char* name) const { return stringFrom((*this)[name], name); }
	size_t integer(const char* name, size_t most) const {
		return integerFrom((*this)[name], name, 1, most);
	}
	int threads() const { return static_cast<int>(integer("threads", kMostThreads)); }

 private:
	const Napi::Value& options_;
};

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

DeviceProvider providerFrom(const Napi::Value& value) {
	const std::string name = stringFrom(value, "provider");
	if (name == "cuda") {
		return DeviceProvider::cuda;
	}
	if (name == "cpu") {
		return DeviceProvider::cpu;
	}
	throw ArgumentError("provider is none that there is");
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

template <>
OpenOptions<Session> openOptionsFrom<Session>(const Napi::Value& value) {
	const Members members(value);
	return {
		.libraryPath = members.text("libraryPath"),
		.session =
			{
				.graphPath = members.text("graphPath"),
				.threads = members.threads(),
				.instructions = instructionsFrom(members["instructions"]),
				.kv =
					{
						.layers = members.integer("layers", kMostLayers),
						.contextLength = members.integer("contextLength", kMostPositions),
						.layout =
							{
								.kvHeads = static_cast<int32_t>(members.integer("kvHeads", kMostHeads)),
								.headDim = static_cast<int32_t>(members.integer("headDim", kMostHeadDim)),
								.format = formatFrom(members["kvCache"]),
							},
					},
				.vocabularySize = members.integer("vocabularySize", kMostTokens),
			},
	};
}

template <>
OpenOptions<DeviceSession> openOptionsFrom<DeviceSession>(const Napi::Value& value) {
	const Members members(value);
	return {
		.libraryPath = members.text("libraryPath"),
		.session =
			{
				.graphPath = members.text("graphPath"),
				.provider = providerFrom(members["provider"]),
				.threads = members.threads(),
				.layers = members.integer("layers", kMostLayers),
				.kvHeads = members.integer("kvHeads", kMostHeads),
				.headDim = members.integer("headDim", kMostHeadDim),
				.contextLength = members.integer("contextLength", kMostPositions),
				.vocabularySize = members.integer("vocabularySize", kMostTokens),
			},
	};
}

} // namespace mote
