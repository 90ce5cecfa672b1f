/** int4 × int8 with AVX-512 VNNI. */
#pragma once

#include <immintrin.h>

#include "kernels/q4Product.h"

namespace mote {
namespace {

struct Q4Avx512 {
	static constexpr int32_t kActivations = 8;

	template <int32_t M>
	static void multiply(
		const std::byte* group,
		ptrdiff_t blocks,
		const std::byte* const* activations,
		const Q8Layout& layout,
		float* const* out
	) {
		const __m512i low = _mm512_set1_epi8(15);
		const ptrdiff_t groupBytes = blocks * static_cast<ptrdiff_t>(kGroupBlockBytes);
		__m512 sums[M];
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			sums[m] = _mm512_setzero_ps();
		}
		for (ptrdiff_t block = 0; block < blocks; block++) {
			prefetchNextGroup(group, groupBytes);
			__m512i even[4];
			__m512i odd[4];
			MOTE_UNROLLED
			for (int32_t j = 0; j < 4; j++) {
				const __m512i word = _mm512_load_si512(group + j * 64);
				even[j] = _mm512_and_si512(word, low);
				odd[j] = _mm512_and_si512(_mm512_srli_epi16(word, 4), low);
			}
			const __m512 scales = _mm512_load_ps(group + 256);
			MOTE_UNROLLED
			for (int32_t m = 0; m < M; m++) {
				const std::byte* x = activations[m] + block * (kBlock / 2);
				// Two sums, since each product waits for the one before.
				__m512i a = _mm512_set1_epi32(correctionAt(activations[m], layout, block));
				__m512i b = _mm512_setzero_si512();
				MOTE_UNROLLED
				for (int32_t j = 0; j < 4; j++) {
					a = _mm512_dpbusd_epi32(a, even[j], _mm512_set1_epi32(fourAt(x + j * 4)));
					b = _mm512_dpbusd_epi32(b, odd[j], _mm512_set1_epi32(fourAt(x + layout.odd + j * 4)));
				}
				const __m512 factor =
					_mm512_mul_ps(scales, _mm512_set1_ps(scaleAt(activations[m], layout, block)));
				sums[m] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(_mm512_add_epi32(a, b)), factor, sums[m]);
			}
			group += kGroupBlockBytes;
		}
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			_mm512_storeu_ps(out[m], sums[m]);
		}
	}
};

} // namespace
} // namespace mote
