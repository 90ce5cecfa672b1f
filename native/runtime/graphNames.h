/** Names of the inputs and outputs of a graph in our operators: src/model/graphContract.ts describes them. */
#pragma once

#include <cstddef>
#include <string>

namespace mote {

inline constexpr const char* kOperatorDomain = "mote";

namespace names {

inline constexpr const char* kInputIds = "input_ids";
inline constexpr const char* kTotalLength = "total_sequence_length";
inline constexpr const char* kLogitsStart = "logits_start";
inline constexpr const char* kLogits = "logits";
inline constexpr const char* kLogSum = "log_sum";
inline constexpr const char* kBest = "best";

/** Of a buffer of a KvCache: ".0.key", ".0.value", ".1.key", … */
inline std::string kvSuffix(size_t buffer) {
	return "." + std::to_string(buffer / 2) + (buffer % 2 == 0 ? ".key" : ".value");
}

inline std::string past(size_t buffer) { return "past_key_values" + kvSuffix(buffer); }

inline std::string present(size_t buffer) { return "present" + kvSuffix(buffer); }

} // namespace names

} // namespace mote
