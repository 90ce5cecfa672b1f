/** int4 × int8 with AVX2, with or without AVX-VNNI. */
#pragma once

#include <immintrin.h>

#include "kernels/q4Product.h"

namespace mote {
namespace {

#if defined(__AVXVNNI__)
/** Sums of four products of an unsigned code and a signed value, in 32-bit lanes. */
struct Dots {
	__m256i sums = _mm256_setzero_si256();
	void add(__m256i codes, __m256i values) { sums = _mm256_dpbusd_avx_epi32(sums, codes, values); }
	__m256i total() const { return sums; }
};
#else
/**
 * The same. Pairs of products in 16 bits: a code is at most 15 and a value at most 127, so 8 pairs stay below 2^15 and
 * one block of 32 columns needs one widening only.
 */
struct Dots {
	__m256i pairs = _mm256_setzero_si256();
	void add(__m256i codes, __m256i values) {
		pairs = _mm256_add_epi16(pairs, _mm256_maddubs_epi16(codes, values));
	}
	__m256i total() const { return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)); }
};
#endif

struct Q4Avx2 {
	static constexpr int32_t kActivations = 4;

	/** `Count` times 8 of the 16 rows, from half `First` on: those behind `First` · 32 bytes of each word. */
	template <int32_t M, int32_t First, int32_t Count>
	static void multiplyHalves(
		const std::byte* group,
		ptrdiff_t blocks,
		const std::byte* const* activations,
		const Q8Layout& layout,
		float* const* out
	) {
		const __m256i low = _mm256_set1_epi8(15);
		const ptrdiff_t groupBytes = blocks * static_cast<ptrdiff_t>(kGroupBlockBytes);
		__m256 sums[M][Count];
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			MOTE_UNROLLED
			for (int32_t half = 0; half < Count; half++) {
				sums[m][half] = _mm256_setzero_ps();
			}
		}
		for (ptrdiff_t block = 0; block < blocks; block++) {
			if constexpr (First == 0) {
				prefetchNextGroup(group, groupBytes);
			}
			const std::byte* words = group + First * 32;
			Dots dots[M][Count];
			MOTE_UNROLLED
			for (int32_t j = 0; j < 4; j++) {
				__m256i even[Count];
				__m256i odd[Count];
				MOTE_UNROLLED
				for (int32_t half = 0; half < Count; half++) {
					const __m256i word =
						_mm256_load_si256(reinterpret_cast<const __m256i*>(words + j * 64 + half * 32));
					even[half] = _mm256_and_si256(word, low);
					odd[half] = _mm256_and_si256(_mm256_srli_epi16(word, 4), low);
				}
				MOTE_UNROLLED
				for (int32_t m = 0; m < M; m++) {
					const std::byte* x = activations[m] + block * (kBlock / 2) + j * 4;
					const __m256i a = _mm256_set1_epi32(fourAt(x));
					const __m256i b = _mm256_set1_epi32(fourAt(x + layout.odd));
					MOTE_UNROLLED
					for (int32_t half = 0; half < Count; half++) {
						dots[m][half].add(even[half], a);
						dots[m][half].add(odd[half], b);
					}
				}
			}
			MOTE_UNROLLED
			for (int32_t m = 0; m < M; m++) {
				const __m256i correction = _mm256_set1_epi32(correctionAt(activations[m], layout, block));
				const __m256 scale = _mm256_set1_ps(scaleAt(activations[m], layout, block));
				MOTE_UNROLLED
				for (int32_t half = 0; half < Count; half++) {
					const __m256 scales =
						_mm256_load_ps(reinterpret_cast<const float*>(words + 256 + half * 32));
					const __m256i total = _mm256_add_epi32(dots[m][half].total(), correction);
					sums[m][half] =
						_mm256_fmadd_ps(_mm256_cvtepi32_ps(total), _mm256_mul_ps(scales, scale), sums[m][half]);
				}
			}
			group += kGroupBlockBytes;
		}
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			MOTE_UNROLLED
			for (int32_t half = 0; half < Count; half++) {
				_mm256_storeu_ps(out[m] + (First + half) * 8, sums[m][half]);
			}
		}
	}

	template <int32_t M>
	static void multiply(
		const std::byte* group,
		ptrdiff_t blocks,
		const std::byte* const* activations,
		const Q8Layout& layout,
		float* const* out
	) {
		if constexpr (M <= 2) {
			multiplyHalves<M, 0, 2>(group, blocks, activations, layout, out);
		} else {
			// The sums of both halves would not fit into 16 registers.
			multiplyHalves<M, 0, 1>(group, blocks, activations, layout, out);
			multiplyHalves<M, 1, 1>(group, blocks, activations, layout, out);
		}
	}
};

/**
 * For many rows of activations where sums are in pairs: these take so many instructions that it pays to take the codes
 * apart once for all rows, and to share each load of activations among both halves.
 */
struct Q4Avx2Unpacked {
	static constexpr int32_t kActivations = 3;
	/** Of one block: 8 vectors of codes for each half, and the scales. */
	static constexpr ptrdiff_t kBlockBytes = 16 * 32 + 64;
	static constexpr ptrdiff_t kMostBlocks = 16;

	struct alignas(32) Tile {
		std::byte data[kMostBlocks * kBlockBytes];
	};

	static void unpack(const std::byte* group, ptrdiff_t blocks, Tile& tile) {
		const __m256i low = _mm256_set1_epi8(15);
		for (ptrdiff_t block = 0; block < blocks; block++) {
			const std::byte* from = group + block * static_cast<ptrdiff_t>(kGroupBlockBytes);
			auto* to = reinterpret_cast<__m256i*>(tile.data + block * kBlockBytes);
			MOTE_UNROLLED
			for (int32_t i = 0; i < 8; i++) {
				const __m256i word = _mm256_load_si256(reinterpret_cast<const __m256i*>(from) + i);
				_mm256_store_si256(to + 2 * (i - i % 2) + i % 2, _mm256_and_si256(word, low));
				_mm256_store_si256(
					to + 2 * (i - i % 2) + 2 + i % 2, _mm256_and_si256(_mm256_srli_epi16(word, 4), low)
				);
			}
			std::memcpy(to + 16, from + 256, 64);
		}
	}

	/** Adds to `out` what blocks from `firstBlock` of the activations on give. */
	template <int32_t M>
	static void addTile(
		const Tile& tile,
		ptrdiff_t firstBlock,
		ptrdiff_t blocks,
		const std::byte* const* activations,
		const Q8Layout& layout,
		float* const* out
	) {
		__m256 sums[M][2];
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			sums[m][0] = _mm256_loadu_ps(out[m]);
			sums[m][1] = _mm256_loadu_ps(out[m] + 8);
		}
		for (ptrdiff_t block = 0; block < blocks; block++) {
			const auto* codes = reinterpret_cast<const __m256i*>(tile.data + block * kBlockBytes);
			const ptrdiff_t at = firstBlock + block;
			Dots dots[M][2];
			MOTE_UNROLLED
			for (int32_t j = 0; j < 8; j++) {
				// Even and odd elements by turns.
				const __m256i a = _mm256_load_si256(codes + 2 * j);
				const __m256i b = _mm256_load_si256(codes + 2 * j + 1);
				const size_t plane = j % 2 == 0 ? 0 : layout.odd;
				MOTE_UNROLLED
				for (int32_t m = 0; m < M; m++) {
					const __m256i value =
						_mm256_set1_epi32(fourAt(activations[m] + plane + at * (kBlock / 2) + j / 2 * 4));
					dots[m][0].add(a, value);
					dots[m][1].add(b, value);
				}
			}
			const auto* scales = reinterpret_cast<const float*>(codes + 16);
			MOTE_UNROLLED
			for (int32_t m = 0; m < M; m++) {
				const __m256i correction = _mm256_set1_epi32(correctionAt(activations[m], layout, at));
				const __m256 scale = _mm256_set1_ps(scaleAt(activations[m], layout, at));
				MOTE_UNROLLED
				for (int32_t half = 0; half < 2; half++) {
					const __m256i total = _mm256_add_epi32(dots[m][half].total(), correction);
					const __m256 factor = _mm256_mul_ps(_mm256_load_ps(scales + half * 8), scale);
					sums[m][half] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(total), factor, sums[m][half]);
				}
			}
		}
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			_mm256_storeu_ps(out[m], sums[m][0]);
			_mm256_storeu_ps(out[m] + 8, sums[m][1]);
		}
	}
};

} // namespace
} // namespace mote
