/** int4 × int8 with NEON's dot products (ARMv8.2 dotprod). */
#pragma once

#include <arm_neon.h>

#include "kernels/q4Product.h"

namespace mote {
namespace {

/** Products are signed × signed here, so the 8 is taken from the codes and no correction is needed. */
struct Q4Neon {
	static constexpr int32_t kActivations = 4;

	/** 8 of the 16 rows: those behind `Half` · 32 bytes of each word. */
	template <int32_t M, int32_t Half>
	static void multiplyHalf(
		const std::byte* group,
		ptrdiff_t blocks,
		const std::byte* const* activations,
		const Q8Layout& layout,
		float* const* out
	) {
		const int8x16_t eight = vdupq_n_s8(8);
		float32x4_t sums[M][2];
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			sums[m][0] = sums[m][1] = vdupq_n_f32(0);
		}
		const ptrdiff_t groupBytes = blocks * static_cast<ptrdiff_t>(kGroupBlockBytes);
		for (ptrdiff_t block = 0; block < blocks; block++) {
			if constexpr (Half == 0) {
				prefetchNextGroup(group, groupBytes);
			}
			const auto* words = reinterpret_cast<const uint8_t*>(group + Half * 32);
			int32x4_t dots[M][2];
			MOTE_UNROLLED
			for (int32_t m = 0; m < M; m++) {
				dots[m][0] = dots[m][1] = vdupq_n_s32(0);
			}
			MOTE_UNROLLED
			for (int32_t j = 0; j < 4; j++) {
				int8x16_t even[2];
				int8x16_t odd[2];
				MOTE_UNROLLED
				for (int32_t part = 0; part < 2; part++) {
					const uint8x16_t word = vld1q_u8(words + j * 64 + part * 16);
					even[part] = vsubq_s8(vreinterpretq_s8_u8(vandq_u8(word, vdupq_n_u8(15))), eight);
					odd[part] = vsubq_s8(vreinterpretq_s8_u8(vshrq_n_u8(word, 4)), eight);
				}
				MOTE_UNROLLED
				for (int32_t m = 0; m < M; m++) {
					const std::byte* x = activations[m] + block * (kBlock / 2) + j * 4;
					const int8x16_t a = vreinterpretq_s8_s32(vdupq_n_s32(fourAt(x)));
					const int8x16_t b = vreinterpretq_s8_s32(vdupq_n_s32(fourAt(x + layout.odd)));
					MOTE_UNROLLED
					for (int32_t part = 0; part < 2; part++) {
						dots[m][part] = vdotq_s32(vdotq_s32(dots[m][part], even[part], a), odd[part], b);
					}
				}
			}
			const auto* scales = reinterpret_cast<const float*>(words + 256);
			MOTE_UNROLLED
			for (int32_t m = 0; m < M; m++) {
				const float scale = scaleAt(activations[m], layout, block);
				MOTE_UNROLLED
				for (int32_t part = 0; part < 2; part++) {
					const float32x4_t factor = vmulq_n_f32(vld1q_f32(scales + part * 4), scale);
					sums[m][part] = vfmaq_f32(sums[m][part], vcvtq_f32_s32(dots[m][part]), factor);
				}
			}
			group += kGroupBlockBytes;
		}
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			vst1q_f32(out[m] + Half * 8, sums[m][0]);
			vst1q_f32(out[m] + Half * 8 + 4, sums[m][1]);
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
		multiplyHalf<M, 0>(group, blocks, activations, layout, out);
		multiplyHalf<M, 1>(group, blocks, activations, layout, out);
	}
};

} // namespace
} // namespace mote
