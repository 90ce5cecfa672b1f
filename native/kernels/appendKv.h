/** Keys and values on their way into a cache. */
#pragma once

#include "kernels/kernelTable.h"
#include "kernels/lanes.h"

namespace mote {
namespace {

/** One value in int8 with the scale of its row; 0 for what is no number. */
static inline int8_t toInt8(float value, float inverseScale) {
	const float scaled = value * inverseScale;
	if (scaled != scaled) {
		return 0;
	}
	return static_cast<int8_t>(static_cast<int32_t>(scaled + (scaled < 0 ? -0.5F : 0.5F)));
}

static inline float largestMagnitude(const float* x, int32_t size) {
	float largest = 0;
	for (int32_t i = 0; i < size; i++) {
		const float magnitude = x[i] < 0 ? -x[i] : x[i];
		largest = magnitude > largest ? magnitude : largest;
	}
	return largest;
}

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
	auto* keyBlock = reinterpret_cast<int8_t*>(keys + offset);
	auto* valueBlock = reinterpret_cast<int8_t*>(values + offset);
	const float keyScale = largestMagnitude(key, size) / 127.0F;
	const float valueScale = largestMagnitude(value, size) / 127.0F;
	const float keyInverse = keyScale > 0 ? 1.0F / keyScale : 0;
	const float valueInverse = valueScale > 0 ? 1.0F / valueScale : 0;
	for (ptrdiff_t i = 0; i < size; i++) {
		keyBlock[i * kKvBlock + slot] = toInt8(key[i], keyInverse);
		valueBlock[slot * size + i] = toInt8(value[i], valueInverse);
	}
	const ptrdiff_t elements = static_cast<ptrdiff_t>(kKvBlock) * size;
	reinterpret_cast<float*>(keyBlock + elements)[slot] = keyScale;
	reinterpret_cast<float*>(valueBlock + elements)[slot] = valueScale;
}

} // namespace
} // namespace mote
