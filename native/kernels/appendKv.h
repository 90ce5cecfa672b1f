/** Keys and values on their way into a cache. */
#pragma once

#include "kernels/kernelTable.h"
#include "kernels/lanes.h"

namespace mote {
namespace {

static inline int8_t toInt8(float value, float inverseScale) {
	const float scaled = value * inverseScale;
	return static_cast<int8_t>(static_cast<int32_t>(scaled + (scaled < 0 ? -0.5F : 0.5F)));
}

/** `size` is a multiple of 16, as everywhere in a cache. */
static inline bool areFinite(const float* x, ptrdiff_t size) {
	Lanes zeros = {};
	for (ptrdiff_t i = 0; i < size; i += kLanes) {
		zeros += loadLanes(x + i) * 0.0F;
	}
	return sumOf(zeros) == 0;
}

static inline float largestMagnitude(const float* x, ptrdiff_t size) {
	Lanes largest = {};
	for (ptrdiff_t i = 0; i < size; i += kLanes) {
		largest = largerOf(largest, magnitudeOf(loadLanes(x + i)));
	}
	return largestOf(largest);
}

/** Writes one vector of a head in int8, of which elements are `stride` apart, and its scale. */
static inline void appendInt8(
	const float* x, ptrdiff_t size, ptrdiff_t stride, int8_t* codes, float* scale
) {
	if (!areFinite(x, size)) {
		// What is no number stays none for everybody who looks at it.
		*scale = __builtin_nanf("");
		for (ptrdiff_t i = 0; i < size; i++) {
			codes[i * stride] = 0;
		}
		return;
	}
	*scale = largestMagnitude(x, size) / 127.0F;
	const float inverse = *scale > 0 ? 1.0F / *scale : 0;
	for (ptrdiff_t i = 0; i < size; i++) {
		codes[i * stride] = toInt8(x[i], inverse);
	}
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
	const ptrdiff_t elements = static_cast<ptrdiff_t>(kKvBlock) * size;
	auto* keyCodes = reinterpret_cast<int8_t*>(keys + offset);
	auto* valueCodes = reinterpret_cast<int8_t*>(values + offset);
	auto* keyScales = reinterpret_cast<float*>(keyCodes + elements);
	auto* valueScales = reinterpret_cast<float*>(valueCodes + elements);
	appendInt8(key, size, kKvBlock, keyCodes + slot, keyScales + slot);
	appendInt8(value, size, 1, valueCodes + slot * size, valueScales + slot);
}

} // namespace
} // namespace mote
