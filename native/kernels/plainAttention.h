/** KV caches and attention in plain C++, in the order of the formulas and with sums in double. */
#pragma once

#include "kernels/kernelTable.h"

namespace mote::plain {

void appendKv(
	const float* key,
	const float* value,
	int32_t position,
	int32_t kvHead,
	const KvLayout& layout,
	std::byte* keys,
	std::byte* values
);

/** Needs no scratch memory. */
void attend(const AttentionTask& task, std::byte* scratch);

} // namespace mote::plain
