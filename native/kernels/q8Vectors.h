/** Whole vectors of floats rounded to int8 with one scale. */
#pragma once

#include "kernels/dots.h"
#include "kernels/kvLayout.h"
#include "kernels/lanes.h"

namespace mote {
namespace {

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

/**
 * Calls `take(i, codes)` with each 16 codes, from -most to most, and returns their scale. What is no number has a
 * scale that is none, so that it stays none for everybody who looks at it.
 */
template <typename Take>
static inline float forInt8Sixteens(const float* x, ptrdiff_t size, float most, const Take& take) {
	const float largest = areFinite(x, size) ? largestMagnitude(x, size) : __builtin_nanf("");
	const bool isNothing = !(largest > kLeastLargest);
	const float inverse = isNothing ? 0 : most / largest;
	for (ptrdiff_t i = 0; i < size; i += 16) {
		IntLanes rounded[16 / kLanes] = {};
		if (!isNothing) {
			MOTE_UNROLLED
			for (int32_t v = 0; v < 16 / kLanes; v++) {
				rounded[v] = roundedLanes(loadLanes(x + i + v * kLanes) * inverse);
			}
		}
		int8_t codes[16];
		storeBytes(codes, rounded);
		take(i, codes);
	}
	return isNothing ? largest * 0.0F : largest / most;
}

} // namespace
} // namespace mote
