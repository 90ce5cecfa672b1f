/** Kernels that look at one row: norm, rounding to int8, the router's product, SwiGLU, rotation, summary. */
#pragma once

#include <cmath>

#include "kernels/kernelTable.h"
#include "kernels/lanes.h"

namespace mote {
namespace {

static inline float inverseRms(const float* x, float epsilon, int32_t size) {
	Lanes sums = {};
	int32_t i = 0;
	for (; i + kLanes <= size; i += kLanes) {
		const Lanes lanes = loadLanes(x + i);
		sums += lanes * lanes;
	}
	float sum = sumOf(sums);
	for (; i < size; i++) {
		sum += x[i] * x[i];
	}
	return 1.0F / __builtin_sqrtf(sum / static_cast<float>(size) + epsilon);
}

static void rmsNorm(const float* x, const float* weight, float epsilon, int32_t size, float* out) {
	const float factor = inverseRms(x, epsilon, size);
	for (int32_t i = 0; i < size; i++) {
		out[i] = x[i] * factor * weight[i];
	}
}

/** What a block of activations becomes: see Q8Layout. */
struct Q8Block {
	int8_t* even; // [16]
	int8_t* odd;  // [16]
};

#if defined(__AVX2__)

/** Parts the 32 codes of a block, and returns the block's correction. */
static inline int32_t storeCodes(const int32_t* codes, const Q8Block& block) {
	const auto load = [&](int32_t from) {
		return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes + from));
	};
	// Packing works in halves of 128 bits; the permutation puts the groups of four in order again.
	const __m256i bytes = _mm256_permutevar8x32_epi32(
		_mm256_packs_epi16(
			_mm256_packs_epi32(load(0), load(8)), _mm256_packs_epi32(load(16), load(24))
		),
		_mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7)
	);
	const __m256i apart = _mm256_permute4x64_epi64(
		_mm256_shuffle_epi8(
			bytes,
			_mm256_setr_epi8(
				0,
				2,
				4,
				6,
				8,
				10,
				12,
				14,
				1,
				3,
				5,
				7,
				9,
				11,
				13,
				15,
				0,
				2,
				4,
				6,
				8,
				10,
				12,
				14,
				1,
				3,
				5,
				7,
				9,
				11,
				13,
				15
			)
		),
		0xD8
	);
	_mm_storeu_si128(reinterpret_cast<__m128i*>(block.even), _mm256_castsi256_si128(apart));
	_mm_storeu_si128(reinterpret_cast<__m128i*>(block.odd), _mm256_extracti128_si256(apart, 1));
	const __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(1), bytes);
	const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi16(-8));
	const __m128i eights =
		_mm_add_epi32(_mm256_castsi256_si128(fours), _mm256_extracti128_si256(fours, 1));
	const __m128i halves = _mm_hadd_epi32(eights, eights);
	return _mm_cvtsi128_si32(_mm_hadd_epi32(halves, halves));
}

#else

static inline int32_t storeCodes(const int32_t* codes, const Q8Block& block) {
	int32_t correction = 0;
	for (int32_t i = 0; i < kBlock; i++) {
		// As it is stored: of what is no number, the code may be anything.
		correction -= 8 * static_cast<int8_t>(codes[i]);
	}
	for (int32_t i = 0; i < kBlock / 2; i++) {
		block.even[i] = static_cast<int8_t>(codes[2 * i]);
		block.odd[i] = static_cast<int8_t>(codes[2 * i + 1]);
	}
	return correction;
}

#endif

/** The nearest multiples of what 127 stands for, which is returned. */
static inline float roundBlock(const float* x, int32_t* codes) {
	Lanes magnitudes = {};
	for (int32_t i = 0; i < kBlock; i += kLanes) {
		magnitudes = largerOf(magnitudes, magnitudeOf(loadLanes(x + i)));
	}
	const float largest = largestOf(magnitudes);
	const float inverse = largest > 0 ? 127.0F / largest : 0;
	for (int32_t i = 0; i < kBlock; i += kLanes) {
		const IntLanes rounded = roundedLanes(loadLanes(x + i) * inverse);
		std::memcpy(codes + i, &rounded, sizeof rounded);
	}
	return largest / 127.0F;
}

static void quantizeRow(const float* x, const Q8Layout& layout, std::byte* row) {
	auto* even = reinterpret_cast<int8_t*>(row);
	auto* odd = reinterpret_cast<int8_t*>(row + layout.odd);
	auto* scales = reinterpret_cast<float*>(row + layout.scales);
	auto* corrections = reinterpret_cast<int32_t*>(row + layout.corrections);
	const ptrdiff_t blocks = layout.columns / kBlock;
	for (ptrdiff_t block = 0; block < blocks; block++) {
		int32_t codes[kBlock];
		scales[block] = roundBlock(x + block * kBlock, codes);
		corrections[block] =
			storeCodes(codes, {even + block * (kBlock / 2), odd + block * (kBlock / 2)});
	}
}

static void product(
	const float* weights, const float* x, int32_t rows, int32_t columns, float* out
) {
	for (int32_t row = 0; row < rows; row++) {
		const float* w = weights + static_cast<ptrdiff_t>(row) * columns;
		Lanes a = {};
		Lanes b = {};
		int32_t i = 0;
		for (; i + 2 * kLanes <= columns; i += 2 * kLanes) {
			a += loadLanes(w + i) * loadLanes(x + i);
			b += loadLanes(w + i + kLanes) * loadLanes(x + i + kLanes);
		}
		float sum = sumOf(a + b);
		for (; i < columns; i++) {
			sum += w[i] * x[i];
		}
		out[row] = sum;
	}
}

/** silu(pairs[2i]) · pairs[2i + 1] for each lane i. */
static inline Lanes swigluLanes(const float* pairs) {
	float gates[kLanes];
	float ups[kLanes];
	for (int32_t lane = 0; lane < kLanes; lane++) {
		gates[lane] = pairs[2 * lane];
		ups[lane] = pairs[2 * lane + 1];
	}
	const Lanes gate = loadLanes(gates);
	return gate / (1.0F + expLanes(-gate)) * loadLanes(ups);
}

static void swiglu(const float* pairs, int32_t size, float* out) {
	int32_t i = 0;
	for (; i + kLanes <= size; i += kLanes) {
		storeLanes(out + i, swigluLanes(pairs + 2 * i));
	}
	if (i < size) {
		// In lanes too: how rows are divided among threads must not change a bit.
		const auto rest = static_cast<size_t>(size - i);
		float padded[2 * kLanes] = {};
		std::memcpy(padded, pairs + 2 * i, 2 * rest * sizeof(float));
		const Lanes last = swigluLanes(padded);
		std::memcpy(out + i, &last, rest * sizeof(float));
	}
}

static void addScaled(const float* x, float factor, int32_t size, float* y) {
	for (int32_t i = 0; i < size; i++) {
		y[i] += factor * x[i];
	}
}

static void rotateHead(
	const float* x,
	const float* norm,
	float epsilon,
	const float* cos,
	const float* sin,
	float factor,
	int32_t size,
	float* out
) {
	const float scale = inverseRms(x, epsilon, size) * factor;
	const int32_t half = size / 2;
	for (int32_t i = 0; i < half; i++) {
		const float a = x[i] * scale * norm[i];
		const float b = x[i + half] * scale * norm[i + half];
		out[i] = a * cos[i] - b * sin[i];
		out[i + half] = b * cos[i] + a * sin[i];
	}
}

static RowSummary summarize(const float* logits, int32_t size) {
	float largest = logits[0];
	if (size >= kLanes) {
		Lanes candidates = loadLanes(logits);
		for (int32_t i = kLanes; i + kLanes <= size; i += kLanes) {
			candidates = largerOf(loadLanes(logits + i), candidates);
		}
		largest = largestOf(candidates);
	}
	for (int32_t i = size / kLanes * kLanes; i < size; i++) {
		largest = logits[i] > largest ? logits[i] : largest;
	}
	int32_t best = 0;
	while (best < size - 1 && logits[best] != largest) {
		best++;
	}
	Lanes sums = {};
	int32_t i = 0;
	for (; i + kLanes <= size; i += kLanes) {
		sums += expLanes(loadLanes(logits + i) - largest);
	}
	float sum = sumOf(sums);
	for (; i < size; i++) {
		sum += std::exp(logits[i] - largest);
	}
	return {largest + std::log(sum), best};
}

} // namespace
} // namespace mote
