// int4 × int8 with AVX-512 VNNI.
#pragma once

#include <immintrin.h>

#include <cstring>

#include "kernelTable.h"
#include "q4Prefetch.h"
#include "q4Scales.h"
#include "unrolled.h"

namespace mote {
namespace {

struct Q4Avx512 {
	static constexpr int32_t kWeightRows = 4;
	static constexpr int32_t kTileRows = 32;
	static constexpr int32_t kTileActivations = 4;
	static constexpr int32_t kManyRows = 5;

	/** Four sums across vectors. */
	static __m128 sumsOf(__m512 a, __m512 b, __m512 c, __m512 d) {
		const __m512 ab = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
		const __m512 cd = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
		const __m512 sums = _mm512_add_ps(
			_mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd))),
			_mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd))));
		const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(sums), _mm512_extractf32x8_ps(sums, 1));
		return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
	}

	/** Σ scale · offset over all blocks, in any lanes: with what the sums begin. */
	static __m512 offsets(const float* scales, const std::byte* x, const Q8Layout& layout) {
		const int32_t blocks = layout.columns / kBlock;
		__m512 sum = _mm512_setzero_ps();
		for (ptrdiff_t block = 0; block < blocks; block += 16) {
			const ptrdiff_t rest = blocks - block;
			const auto mask = static_cast<__mmask16>(rest < 16 ? (1U << rest) - 1 : 0xFFFF);
			sum = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, scales + block),
				_mm512_maskz_loadu_ps(mask, x + layout.blockOffsets + block * 4), sum);
		}
		return sum;
	}

	template <int32_t R, int32_t M>
	static void dot(const Q4Matrix& weights, int32_t row, const std::byte* const* activations,
		const Q8Layout& layout, float* const* out) {
		const uint8_t* codes[R];
		const float* scales[R];
		MOTE_UNROLLED
		for (int32_t r = 0; r < R; r++) {
			codes[r] = weights.rowCodes(row + r);
			scales[r] = weights.rowScales(row + r);
			prefetchScales(scales[r]);
		}
		const __m512i low = _mm512_set1_epi8(15);
		const __m512i spread = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
		__m512 sums[R][M];
		MOTE_UNROLLED
		for (int32_t r = 0; r < R; r++) {
			MOTE_UNROLLED
			for (int32_t m = 0; m < M; m++) {
				sums[r][m] = offsets(scales[r], activations[m], layout);
			}
		}
		const auto step = [&](ptrdiff_t vector, __mmask64 bytes, __mmask16 blocks) {
			MOTE_UNROLLED
			for (int32_t r = 0; r < R; r++) {
				prefetchCodes(codes[r] + vector * 64);
				const __m512i packed = _mm512_maskz_loadu_epi8(bytes, codes[r] + vector * 64);
				const __m512i even = _mm512_and_si512(packed, low);
				const __m512i odd = _mm512_and_si512(_mm512_srli_epi16(packed, 4), low);
				const __m512 scale = _mm512_permutexvar_ps(spread,
					_mm512_castps128_ps512(
						_mm_maskz_loadu_ps(static_cast<__mmask8>(blocks), scales[r] + vector * 4)));
				MOTE_UNROLLED
				for (int32_t m = 0; m < M; m++) {
					const std::byte* x = activations[m];
					__m512i sum =
						_mm512_dpbusd_epi32(_mm512_setzero_si512(), even, _mm512_loadu_si512(x + vector * 64));
					sum = _mm512_dpbusd_epi32(sum, odd, _mm512_loadu_si512(x + layout.odd + vector * 64));
					const __m512 factor = _mm512_mul_ps(scale, _mm512_loadu_ps(x + layout.laneScales + vector * 64));
					sums[r][m] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), factor, sums[r][m]);
				}
			}
		};
		const ptrdiff_t whole = weights.columns / 128;
		for (ptrdiff_t vector = 0; vector < whole; vector++) {
			step(vector, ~__mmask64{0}, 15);
		}
		if (const int32_t rest = weights.columns % 128; rest > 0) {
			step(whole, (__mmask64{1} << (rest / 2)) - 1, static_cast<__mmask16>((1 << (rest / kBlock)) - 1));
		}
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			if constexpr (R == 4) {
				_mm_storeu_ps(out[m], sumsOf(sums[0][m], sums[1][m], sums[2][m], sums[3][m]));
			} else {
				MOTE_UNROLLED
				for (int32_t r = 0; r < R; r++) {
					out[m][r] = _mm512_reduce_add_ps(sums[r][m]);
				}
			}
		}
	}

	/** 16 rows of one block: vector j holds bytes 4j to 4j + 3 of each row. */
	static void transposeBlock(const Q4Matrix& weights, int32_t row, ptrdiff_t block, __m512i* words) {
		__m512i quads[4];
		for (int32_t i = 0; i < 4; i++) {
			const auto load = [&](int32_t quad) {
				return _mm_loadu_si128(
					reinterpret_cast<const __m128i*>(weights.rowCodes(row + 4 * quad + i) + block * 16));
			};
			__m512i rows = _mm512_castsi128_si512(load(0));
			rows = _mm512_inserti32x4(rows, load(1), 1);
			rows = _mm512_inserti32x4(rows, load(2), 2);
			quads[i] = _mm512_inserti32x4(rows, load(3), 3);
		}
		const __m512i a = _mm512_unpacklo_epi32(quads[0], quads[1]);
		const __m512i b = _mm512_unpacklo_epi32(quads[2], quads[3]);
		const __m512i c = _mm512_unpackhi_epi32(quads[0], quads[1]);
		const __m512i d = _mm512_unpackhi_epi32(quads[2], quads[3]);
		words[0] = _mm512_unpacklo_epi64(a, b);
		words[1] = _mm512_unpackhi_epi64(a, b);
		words[2] = _mm512_unpacklo_epi64(c, d);
		words[3] = _mm512_unpackhi_epi64(c, d);
	}

	/**
	 * Tile: for each block, 4 words of even and 4 of odd elements, of 32 rows; behind all blocks, the scales of
	 * 32 rows for each block.
	 */
	static void unpackTile(const Q4Matrix& weights, int32_t row, std::byte* tile) {
		const ptrdiff_t blocks = weights.columns / kBlock;
		const __m512i low = _mm512_set1_epi8(15);
		auto* scales = reinterpret_cast<float*>(tile + blocks * 1024);
		for (ptrdiff_t block = 0; block < blocks; block++) {
			MOTE_UNROLLED
			for (int32_t half = 0; half < 2; half++) {
				__m512i words[4];
				transposeBlock(weights, row + 16 * half, block, words);
				std::byte* to = tile + block * 1024 + half * 64;
				MOTE_UNROLLED
				for (int32_t j = 0; j < 4; j++) {
					_mm512_store_si512(to + j * 128, _mm512_and_si512(words[j], low));
					_mm512_store_si512(
						to + (j + 4) * 128, _mm512_and_si512(_mm512_srli_epi16(words[j], 4), low));
				}
			}
		}
		transposeScales<32>(weights, row, scales);
	}

	template <int32_t M>
	static void multiplyTile(const std::byte* tile, int32_t columns, const std::byte* const* activations,
		const Q8Layout& layout, float* const* out) {
		const ptrdiff_t blocks = columns / kBlock;
		const auto* scales = reinterpret_cast<const float*>(tile + blocks * 1024);
		__m512 sums[M][2];
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			sums[m][0] = sums[m][1] = _mm512_setzero_ps();
		}
		for (ptrdiff_t block = 0; block < blocks; block++) {
			const std::byte* codes = tile + block * 1024;
			__m512i words[8][2];
			MOTE_UNROLLED
			for (int32_t j = 0; j < 8; j++) {
				words[j][0] = _mm512_load_si512(codes + j * 128);
				words[j][1] = _mm512_load_si512(codes + j * 128 + 64);
			}
			const __m512 scaleA = _mm512_loadu_ps(scales + block * 32);
			const __m512 scaleB = _mm512_loadu_ps(scales + block * 32 + 16);
			MOTE_UNROLLED
			for (int32_t m = 0; m < M; m++) {
				const std::byte* x = activations[m];
				int32_t correction;
				float scale;
				std::memcpy(&correction, x + layout.blockCorrections + block * 4, 4);
				std::memcpy(&scale, x + layout.blockScales + block * 4, 4);
				__m512i a = _mm512_set1_epi32(correction);
				__m512i b = a;
				MOTE_UNROLLED
				for (int32_t j = 0; j < 8; j++) {
					int32_t four;
					const size_t plane = j < 4 ? 0 : layout.odd;
					std::memcpy(&four, x + plane + block * 16 + (j % 4) * 4, 4);
					const __m512i value = _mm512_set1_epi32(four);
					a = _mm512_dpbusd_epi32(a, words[j][0], value);
					b = _mm512_dpbusd_epi32(b, words[j][1], value);
				}
				const __m512 factor = _mm512_set1_ps(scale);
				sums[m][0] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(a), _mm512_mul_ps(scaleA, factor), sums[m][0]);
				sums[m][1] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(b), _mm512_mul_ps(scaleB, factor), sums[m][1]);
			}
		}
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			_mm512_storeu_ps(out[m], sums[m][0]);
			_mm512_storeu_ps(out[m] + 16, sums[m][1]);
		}
	}
};

}  // namespace
}  // namespace mote
