/** Keys and values on their way into a cache. */
#pragma once

#include "kernels/kernelTable.h"
#include "kernels/q8Vectors.h"

namespace mote {
namespace {

static void appendKv(
	const float* key,
	const float* value,
	int32_t position,
	int32_t kvHead,
	const KvLayout& layout,
	std::byte* keys,
	std::byte* values
) {
	const int32_t size = layout.headDim;
	const ptrdiff_t slot = position % kKvBlock;
	const size_t offset = layout.blockOffset(position, kvHead);
	if (layout.format == KvFormat::float32) {
		auto* keyBlock = reinterpret_cast<float*>(keys + offset);
		for (ptrdiff_t i = 0; i < size; i++) {
			keyBlock[i * kKvBlock + slot] = key[i];
		}
		std::memcpy(
			reinterpret_cast<float*>(values + offset) + slot * size,
			value,
			static_cast<size_t>(size) * sizeof(float)
		);
		return;
	}
	const ptrdiff_t elements = static_cast<ptrdiff_t>(kKvBlock) * size;
	std::byte* keyBlock = keys + offset;
	std::byte* valueBlock = values + offset;
	// Put in place by sixteens, since heads have any width.
	const float keyScale =
		forInt8Sixteens(key, size, kMostCode, [&](ptrdiff_t i, const int8_t* codes) {
			for (ptrdiff_t four = 0; four < 16; four += 4) {
				std::memcpy(keyBlock + layout.int8Key(slot, i + four), codes + four, 4);
			}
		});
	const float valueScale =
		forInt8Sixteens(value, size, kMostCode, [&](ptrdiff_t i, const int8_t* codes) {
			for (ptrdiff_t j = 0; j < 16; j++) {
				valueBlock[layout.int8Value(slot, i + j)] = static_cast<std::byte>(codes[j]);
			}
		});
	reinterpret_cast<float*>(keyBlock + elements)[slot] = keyScale;
	reinterpret_cast<float*>(valueBlock + elements)[slot] = valueScale;
}

} // namespace
} // namespace mote
