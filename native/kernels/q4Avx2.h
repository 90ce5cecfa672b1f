// int4 × int8 with AVX2, with or without AVX-VNNI.
#pragma once

#include <immintrin.h>

#include <cstring>

#include "kernelTable.h"

namespace mote {
namespace {

/** Sums of four products of an unsigned code and a signed value, added to 32-bit lanes. */
struct Q4Avx2 {
	static constexpr int32_t kWeightRows = 4;
	static constexpr int32_t kTileRows = 16;
	static constexpr int32_t kManyRows = 8;

#if defined(__AVXVNNI__)
	static constexpr int32_t kTileActivations = 4;
	/** Sums of products on their way. */
	struct Dots {
		__m256i sums;
		void begin(__m256i from) { sums = from; }
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
		__m256i start;
		__m256i pairs;
		void begin(__m256i from) {
			start = from;
			pairs = _mm256_setzero_si256();
		}
		void add(__m256i codes, __m256i values) {
			pairs = _mm256_add_epi16(pairs, _mm256_maddubs_epi16(codes, values));
		}
		__m256i total() const {
			return _mm256_add_epi32(start, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
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

	/** The scales of two blocks, for 4 lanes each. */
	static __m256 spreadScales(const float* scales) {
		const __m128 both = _mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(scales)));
		return _mm256_set_m128(_mm_permute_ps(both, 0x55), _mm_permute_ps(both, 0));
	}

	template <int32_t R, int32_t M>
	static void dot(const Q4Matrix& weights, int32_t row, const std::byte* const* activations,
		const Q8Layout& layout, float* const* out) {
		const __m256i low = _mm256_set1_epi8(15);
		const ptrdiff_t whole = weights.columns / 64;
		// Two weight rows at a time: more accumulators than registers would go through memory.
		constexpr int32_t kRows = R == 4 && M > 1 ? 2 : R;
		for (int32_t firstRow = 0; firstRow < R; firstRow += kRows) {
			__m256 sums[kRows][M];
			for (int32_t r = 0; r < kRows; r++) {
				for (int32_t m = 0; m < M; m++) {
					sums[r][m] = _mm256_setzero_ps();
				}
			}
			const auto step = [&](ptrdiff_t vector, int32_t r, __m256i packed, __m256 scale) {
				const __m256i even = _mm256_and_si256(packed, low);
				const __m256i odd = _mm256_and_si256(_mm256_srli_epi16(packed, 4), low);
				for (int32_t m = 0; m < M; m++) {
					const std::byte* x = activations[m];
					Dots dots;
					dots.begin(load256(x + layout.laneCorrections + vector * 32));
					dots.add(even, load256(x + vector * 32));
					dots.add(odd, load256(x + layout.odd + vector * 32));
					const __m256 lanes = _mm256_loadu_ps(
						reinterpret_cast<const float*>(x + layout.laneScales + vector * 32));
					sums[r][m] =
						_mm256_fmadd_ps(_mm256_cvtepi32_ps(dots.total()), _mm256_mul_ps(scale, lanes), sums[r][m]);
				}
			};
			const uint8_t* codes[kRows];
			const float* scales[kRows];
			for (int32_t r = 0; r < kRows; r++) {
				codes[r] = weights.rowCodes(row + firstRow + r);
				scales[r] = weights.rowScales(row + firstRow + r);
			}
			for (ptrdiff_t vector = 0; vector < whole; vector++) {
				for (int32_t r = 0; r < kRows; r++) {
					step(vector, r, load256(reinterpret_cast<const std::byte*>(codes[r]) + vector * 32),
						spreadScales(scales[r] + vector * 2));
				}
			}
			if (weights.columns % 64 > 0) {
				for (int32_t r = 0; r < kRows; r++) {
					const __m128i half =
						_mm_loadu_si128(reinterpret_cast<const __m128i*>(codes[r] + whole * 32));
					step(whole, r, _mm256_zextsi128_si256(half),
						_mm256_zextps128_ps256(_mm_set1_ps(scales[r][whole * 2])));
				}
			}
			for (int32_t m = 0; m < M; m++) {
				if constexpr (kRows == 4) {
					_mm_storeu_ps(out[m], sumsOf(sums[0][m], sums[1][m], sums[2][m], sums[3][m]));
				} else {
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
			for (int32_t half = 0; half < 2; half++) {
				__m256i words[4];
				transposeBlock(weights, row + 8 * half, block, words);
				std::byte* to = tile + block * 512 + half * 32;
				for (int32_t j = 0; j < 4; j++) {
					_mm256_store_si256(
						reinterpret_cast<__m256i*>(to + j * 64), _mm256_and_si256(words[j], low));
					_mm256_store_si256(reinterpret_cast<__m256i*>(to + (j + 4) * 64),
						_mm256_and_si256(_mm256_srli_epi16(words[j], 4), low));
				}
			}
		}
		for (int32_t r = 0; r < 16; r++) {
			const float* from = weights.rowScales(row + r);
			for (ptrdiff_t block = 0; block < blocks; block++) {
				scales[block * 16 + r] = from[block];
			}
		}
	}

	template <int32_t M>
	static void multiplyTile(const std::byte* tile, int32_t columns, const std::byte* const* activations,
		const Q8Layout& layout, float* const* out) {
		const ptrdiff_t blocks = columns / kBlock;
		const auto* scales = reinterpret_cast<const float*>(tile + blocks * 512);
		__m256 sums[M][2];
		for (int32_t m = 0; m < M; m++) {
			sums[m][0] = sums[m][1] = _mm256_setzero_ps();
		}
		for (ptrdiff_t block = 0; block < blocks; block++) {
			const std::byte* codes = tile + block * 512;
			Dots dots[M][2];
			for (int32_t m = 0; m < M; m++) {
				int32_t correction;
				std::memcpy(&correction, activations[m] + layout.blockCorrections + block * 4, 4);
				dots[m][0].begin(_mm256_set1_epi32(correction));
				dots[m][1].begin(_mm256_set1_epi32(correction));
			}
			for (int32_t j = 0; j < 8; j++) {
				const __m256i a = load256(codes + j * 64);
				const __m256i b = load256(codes + j * 64 + 32);
				const size_t plane = j < 4 ? 0 : layout.odd;
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
			for (int32_t m = 0; m < M; m++) {
				float scale;
				std::memcpy(&scale, activations[m] + layout.blockScales + block * 4, 4);
				const __m256 factor = _mm256_set1_ps(scale);
				sums[m][0] = _mm256_fmadd_ps(
					_mm256_cvtepi32_ps(dots[m][0].total()), _mm256_mul_ps(scaleA, factor), sums[m][0]);
				sums[m][1] = _mm256_fmadd_ps(
					_mm256_cvtepi32_ps(dots[m][1].total()), _mm256_mul_ps(scaleB, factor), sums[m][1]);
			}
		}
		for (int32_t m = 0; m < M; m++) {
			_mm256_storeu_ps(out[m], sums[m][0]);
			_mm256_storeu_ps(out[m] + 8, sums[m][1]);
		}
	}
};

}  // namespace
}  // namespace mote
