/** Names of the inputs and outputs of a graph in our operators: src/model/graphContract.ts describes them. */
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "runtime/ort.h"

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

/**
 * Whether a graph has these inputs and outputs and no others.
 *
 * @throws std::runtime_error
 */
void checkGraphNames(
	const Ort& ort,
	const OrtSession* session,
	std::set<std::string> inputs,
	std::set<std::string> outputs
);

} // namespace mote
