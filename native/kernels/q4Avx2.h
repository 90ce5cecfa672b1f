// int4 × int8 with AVX2, with or without AVX-VNNI.
#pragma once

#include <immintrin.h>

#include <cstring>

#include "kernelTable.h"
#include "q4Prefetch.h"
#include "q4Scales.h"
#include "unrolled.h"

namespace mote {
namespace {

/** Sums of four products of an unsigned code and a signed value, added to 32-bit lanes. */
struct Q4Avx2 {
	static constexpr int32_t kWeightRows = 4;
	static constexpr int32_t kTileRows = 16;
	static constexpr int32_t kManyRows = 2;

#if defined(__AVXVNNI__)
	static constexpr int32_t kTileActivations = 4;
	/** Sums of products on their way. */
	struct Dots {
		__m256i sums;
		void begin() { sums = _mm256_setzero_si256(); }
		void add(__m256i codes, __m256i values) { sums = _mm256_dpbusd_avx_epi32(sums, codes, values); }
		__m256i total() const { return sums; }
	};
#else
	static constexpr int32_t kTileActivations = 3;
	/**
	 * Pairs of products in 16 bits: a code is at most 15 and a value at most 127, so 8 pairs stay below 2^15
	 * and one block of 32 columns needs one widening only.
	 */
	struct Dots {
		__m256i pairs;
		void begin() { pairs = _mm256_setzero_si256(); }
		void add(__m256i codes, __m256i values) {
			pairs = _mm256_add_epi16(pairs, _mm256_maddubs_epi16(codes, values));
		}
		__m256i total() const {
			return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
		}
	};
#endif

	static __m256i load256(const std::byte* from) {
		return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
	}

	static __m128 sumsOf(__m256 a, __m256 b, __m256 c, __m256 d) {
		const __m256 sums = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
		return _mm_add_ps(_mm256_castps256_ps128(sums), _mm256_extractf128_ps(sums, 1));
	}

	static float sumOfLanes(__m256 a) {
		return _mm_cvtss_f32(sumsOf(a, _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()));
	}

	/** Of four scales, the first two or the last two, each for 4 lanes. */
	static __m256 spreadScales(__m256 four, bool isLast) {
		return _mm256_permutevar_ps(
			four, isLast ? _mm256_setr_epi32(2, 2, 2, 2, 3, 3, 3, 3) : _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1));
	}

	/** Σ scale · offset over all blocks, in any lanes: with what the sums begin. */
	static __m256 offsets(const float* scales, const std::byte* x, const Q8Layout& layout) {
		const int32_t blocks = layout.columns / kBlock;
		const auto* values = reinterpret_cast<const float*>(x + layout.blockOffsets);
		__m256 sum = _mm256_setzero_ps();
		ptrdiff_t block = 0;
		for (; block + 8 <= blocks; block += 8) {
			sum = _mm256_fmadd_ps(_mm256_loadu_ps(scales + block), _mm256_loadu_ps(values + block), sum);
		}
		if (block < blocks) {
			const __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int32_t>(blocks - block)),
				_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
			sum = _mm256_fmadd_ps(
				_mm256_maskload_ps(scales + block, mask), _mm256_maskload_ps(values + block, mask), sum);
		}
		return sum;
	}

	template <int32_t R, int32_t M>
	static void dot(const Q4Matrix& weights, int32_t row, const std::byte* const* activations,
		const Q8Layout& layout, float* const* out) {
		const __m256i low = _mm256_set1_epi8(15);
		// Two weight rows at a time: more accumulators than registers would go through memory.
		constexpr int32_t kRows = R == 4 && M > 1 ? 2 : R;
		for (int32_t firstRow = 0; firstRow < R; firstRow += kRows) {
			const uint8_t* codes[kRows];
			const float* scales[kRows];
			__m256 sums[kRows][M];
			MOTE_UNROLLED
			for (int32_t r = 0; r < kRows; r++) {
				codes[r] = weights.rowCodes(row + firstRow + r);
				scales[r] = weights.rowScales(row + firstRow + r);
				prefetchScales(scales[r]);
				MOTE_UNROLLED
				for (int32_t m = 0; m < M; m++) {
					sums[r][m] = offsets(scales[r], activations[m], layout);
				}
			}
			const auto step = [&](ptrdiff_t vector, int32_t r, __m256i packed, __m256 scale) {
				const __m256i even = _mm256_and_si256(packed, low);
				const __m256i odd = _mm256_and_si256(_mm256_srli_epi16(packed, 4), low);
				MOTE_UNROLLED
				for (int32_t m = 0; m < M; m++) {
					const std::byte* x = activations[m];
					Dots dots;
					dots.begin();
					dots.add(even, load256(x + vector * 32));
					dots.add(odd, load256(x + layout.odd + vector * 32));
					const __m256 lanes = _mm256_loadu_ps(
						reinterpret_cast<const float*>(x + layout.laneScales + vector * 32));
					sums[r][m] =
						_mm256_fmadd_ps(_mm256_cvtepi32_ps(dots.total()), _mm256_mul_ps(scale, lanes), sums[r][m]);
				}
			};
			// Two vectors share a load of scales, and a line of the cache.
			const ptrdiff_t pairs = weights.columns / 128;
			for (ptrdiff_t pair = 0; pair < pairs; pair++) {
				MOTE_UNROLLED
				for (int32_t r = 0; r < kRows; r++) {
					const auto* from = reinterpret_cast<const std::byte*>(codes[r]) + pair * 64;
					prefetchCodes(codes[r] + pair * 64);
					const __m256 four =
						_mm256_broadcast_ps(reinterpret_cast<const __m128*>(scales[r] + pair * 4));
					step(2 * pair, r, load256(from), spreadScales(four, false));
					step(2 * pair + 1, r, load256(from + 32), spreadScales(four, true));
				}
			}
			for (ptrdiff_t block = pairs * 4; block < weights.columns / kBlock; block++) {
				MOTE_UNROLLED
				for (int32_t r = 0; r < kRows; r++) {
					const __m128i half =
						_mm_loadu_si128(reinterpret_cast<const __m128i*>(codes[r] + block * 16));
					const __m256i packed = block % 2 == 0 ? _mm256_zextsi128_si256(half)
														  : _mm256_set_m128i(half, _mm_setzero_si128());
					// The scale of the other half is 0, so what its activations are doesn't matter.
					const __m128 scale = _mm_set1_ps(scales[r][block]);
					step(block / 2, r, packed,
						block % 2 == 0 ? _mm256_zextps128_ps256(scale) : _mm256_set_m128(scale, _mm_setzero_ps()));
				}
			}
			MOTE_UNROLLED
			for (int32_t m = 0; m < M; m++) {
				if constexpr (kRows == 4) {
					_mm_storeu_ps(out[m], sumsOf(sums[0][m], sums[1][m], sums[2][m], sums[3][m]));
				} else {
					MOTE_UNROLLED
					for (int32_t r = 0; r < kRows; r++) {
						out[m][firstRow + r] = sumOfLanes(sums[r][m]);
					}
				}
			}
		}
	}

	/** 8 rows of one block: vector j holds bytes 4j to 4j + 3 of each row. */
	static void transposeBlock(const Q4Matrix& weights, int32_t row, ptrdiff_t block, __m256i* words) {
		__m256i pairs[4];
		for (int32_t i = 0; i < 4; i++) {
			const auto load = [&](int32_t half) {
				return _mm_loadu_si128(
					reinterpret_cast<const __m128i*>(weights.rowCodes(row + 4 * half + i) + block * 16));
			};
			pairs[i] = _mm256_set_m128i(load(1), load(0));
		}
		const __m256i a = _mm256_unpacklo_epi32(pairs[0], pairs[1]);
		const __m256i b = _mm256_unpacklo_epi32(pairs[2], pairs[3]);
		const __m256i c = _mm256_unpackhi_epi32(pairs[0], pairs[1]);
		const __m256i d = _mm256_unpackhi_epi32(pairs[2], pairs[3]);
		words[0] = _mm256_unpacklo_epi64(a, b);
		words[1] = _mm256_unpackhi_epi64(a, b);
		words[2] = _mm256_unpacklo_epi64(c, d);
		words[3] = _mm256_unpackhi_epi64(c, d);
	}

	/**
	 * Tile: for each block, 4 words of even and 4 of odd elements, of 16 rows; behind all blocks, the scales of
	 * 16 rows for each block.
	 */
	static void unpackTile(const Q4Matrix& weights, int32_t row, std::byte* tile) {
		const ptrdiff_t blocks = weights.columns / kBlock;
		const __m256i low = _mm256_set1_epi8(15);
		auto* scales = reinterpret_cast<float*>(tile + blocks * 512);
		for (ptrdiff_t block = 0; block < blocks; block++) {
			MOTE_UNROLLED
			for (int32_t half = 0; half < 2; half++) {
				__m256i words[4];
				transposeBlock(weights, row + 8 * half, block, words);
				std::byte* to = tile + block * 512 + half * 32;
				MOTE_UNROLLED
				for (int32_t j = 0; j < 4; j++) {
					_mm256_store_si256(
						reinterpret_cast<__m256i*>(to + j * 64), _mm256_and_si256(words[j], low));
					_mm256_store_si256(reinterpret_cast<__m256i*>(to + (j + 4) * 64),
						_mm256_and_si256(_mm256_srli_epi16(words[j], 4), low));
				}
			}
		}
		transposeScales<16>(weights, row, scales);
	}

	template <int32_t M>
	static void multiplyTile(const std::byte* tile, int32_t columns, const std::byte* const* activations,
		const Q8Layout& layout, float* const* out) {
		const ptrdiff_t blocks = columns / kBlock;
		const auto* scales = reinterpret_cast<const float*>(tile + blocks * 512);
		__m256 sums[M][2];
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			sums[m][0] = sums[m][1] = _mm256_setzero_ps();
		}
		for (ptrdiff_t block = 0; block < blocks; block++) {
			const std::byte* codes = tile + block * 512;
			Dots dots[M][2];
			MOTE_UNROLLED
			for (int32_t m = 0; m < M; m++) {
				dots[m][0].begin();
				dots[m][1].begin();
			}
			MOTE_UNROLLED
			for (int32_t j = 0; j < 8; j++) {
				const __m256i a = load256(codes + j * 64);
				const __m256i b = load256(codes + j * 64 + 32);
				const size_t plane = j < 4 ? 0 : layout.odd;
				MOTE_UNROLLED
				for (int32_t m = 0; m < M; m++) {
					int32_t four;
					std::memcpy(&four, activations[m] + plane + block * 16 + (j % 4) * 4, 4);
					const __m256i value = _mm256_set1_epi32(four);
					dots[m][0].add(a, value);
					dots[m][1].add(b, value);
				}
			}
			const __m256 scaleA = _mm256_loadu_ps(scales + block * 16);
			const __m256 scaleB = _mm256_loadu_ps(scales + block * 16 + 8);
			MOTE_UNROLLED
			for (int32_t m = 0; m < M; m++) {
				int32_t correction;
				float scale;
				std::memcpy(&correction, activations[m] + layout.blockCorrections + block * 4, 4);
				std::memcpy(&scale, activations[m] + layout.blockScales + block * 4, 4);
				const __m256i start = _mm256_set1_epi32(correction);
				const __m256 factor = _mm256_set1_ps(scale);
				sums[m][0] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(_mm256_add_epi32(start, dots[m][0].total())),
					_mm256_mul_ps(scaleA, factor), sums[m][0]);
				sums[m][1] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(_mm256_add_epi32(start, dots[m][1].total())),
					_mm256_mul_ps(scaleB, factor), sums[m][1]);
			}
		}
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			_mm256_storeu_ps(out[m], sums[m][0]);
			_mm256_storeu_ps(out[m] + 8, sums[m][1]);
		}
	}
};

}  // namespace
}  // namespace mote
