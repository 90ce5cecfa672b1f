// int4 × int8 with NEON's dot products (ARMv8.2 dotprod).
#pragma once

#include <arm_neon.h>

#include <cstring>

#include "kernelTable.h"
#include "q4Prefetch.h"
#include "q4Scales.h"
#include "unrolled.h"

namespace mote {
namespace {

/** Products are signed × signed here, so the 8 is taken from the codes and no correction is needed. */
struct Q4Neon {
	static constexpr int32_t kWeightRows = 4;
	static constexpr int32_t kTileRows = 8;
	static constexpr int32_t kTileActivations = 4;
	static constexpr int32_t kManyRows = 4;

	static const int8_t* plane(const std::byte* from) { return reinterpret_cast<const int8_t*>(from); }

	static void unpack(uint8x16_t packed, int8x16_t* even, int8x16_t* odd) {
		const int8x16_t eight = vdupq_n_s8(8);
		*even = vsubq_s8(vreinterpretq_s8_u8(vandq_u8(packed, vdupq_n_u8(15))), eight);
		*odd = vsubq_s8(vreinterpretq_s8_u8(vshrq_n_u8(packed, 4)), eight);
	}

	template <int32_t R, int32_t M>
	static void dot(const Q4Matrix& weights, int32_t row, const std::byte* const* activations,
		const Q8Layout& layout, float* const* out) {
		const ptrdiff_t blocks = weights.columns / kBlock;
		float32x4_t sums[R][M];
		MOTE_UNROLLED
		for (int32_t r = 0; r < R; r++) {
			MOTE_UNROLLED
			for (int32_t m = 0; m < M; m++) {
				sums[r][m] = vdupq_n_f32(0);
			}
		}
		for (ptrdiff_t block = 0; block < blocks; block++) {
			MOTE_UNROLLED
			for (int32_t r = 0; r < R; r++) {
				int8x16_t even;
				int8x16_t odd;
				prefetchCodes(weights.rowCodes(row + r) + block * 16);
				unpack(vld1q_u8(weights.rowCodes(row + r) + block * 16), &even, &odd);
				const float scale = weights.rowScales(row + r)[block];
				MOTE_UNROLLED
				for (int32_t m = 0; m < M; m++) {
					const std::byte* x = activations[m];
					int32x4_t sum = vdotq_s32(vdupq_n_s32(0), even, vld1q_s8(plane(x) + block * 16));
					sum = vdotq_s32(sum, odd, vld1q_s8(plane(x + layout.odd) + block * 16));
					const float factor =
						scale * reinterpret_cast<const float*>(x + layout.blockScales)[block];
					sums[r][m] = vfmaq_n_f32(sums[r][m], vcvtq_f32_s32(sum), factor);
				}
			}
		}
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			MOTE_UNROLLED
			for (int32_t r = 0; r < R; r++) {
				out[m][r] = vaddvq_f32(sums[r][m]);
			}
		}
	}

	/** 4 rows of one block: vector j holds bytes 4j to 4j + 3 of each row. */
	static void transposeBlock(
		const Q4Matrix& weights, int32_t row, ptrdiff_t block, uint8x16_t* words) {
		uint32x4_t rows[4];
		MOTE_UNROLLED
		for (int32_t r = 0; r < 4; r++) {
			rows[r] = vreinterpretq_u32_u8(vld1q_u8(weights.rowCodes(row + r) + block * 16));
		}
		const uint32x4_t a = vtrn1q_u32(rows[0], rows[1]);
		const uint32x4_t b = vtrn2q_u32(rows[0], rows[1]);
		const uint32x4_t c = vtrn1q_u32(rows[2], rows[3]);
		const uint32x4_t d = vtrn2q_u32(rows[2], rows[3]);
		const auto join = [](uint32x4_t first, uint32x4_t second, bool high) {
			const uint64x2_t x = vreinterpretq_u64_u32(first);
			const uint64x2_t y = vreinterpretq_u64_u32(second);
			return vreinterpretq_u8_u64(high ? vtrn2q_u64(x, y) : vtrn1q_u64(x, y));
		};
		words[0] = join(a, c, false);
		words[1] = join(b, d, false);
		words[2] = join(a, c, true);
		words[3] = join(b, d, true);
	}

	/** Tile: for each block, 4 words of even and 4 of odd elements, of 8 rows; then the scales of 8 rows for each. */
	static void unpackTile(const Q4Matrix& weights, int32_t row, std::byte* tile) {
		const ptrdiff_t blocks = weights.columns / kBlock;
		auto* scales = reinterpret_cast<float*>(tile + blocks * 256);
		for (ptrdiff_t block = 0; block < blocks; block++) {
			MOTE_UNROLLED
			for (int32_t half = 0; half < 2; half++) {
				uint8x16_t words[4];
				transposeBlock(weights, row + 4 * half, block, words);
				auto* to = reinterpret_cast<int8_t*>(tile + block * 256 + half * 16);
				MOTE_UNROLLED
				for (int32_t j = 0; j < 4; j++) {
					int8x16_t even;
					int8x16_t odd;
					unpack(words[j], &even, &odd);
					vst1q_s8(to + j * 32, even);
					vst1q_s8(to + (j + 4) * 32, odd);
				}
			}
		}
		transposeScales<8>(weights, row, scales);
	}

	template <int32_t M>
	static void multiplyTile(const std::byte* tile, int32_t columns, const std::byte* const* activations,
		const Q8Layout& layout, float* const* out) {
		const ptrdiff_t blocks = columns / kBlock;
		const auto* scales = reinterpret_cast<const float*>(tile + blocks * 256);
		float32x4_t sums[M][2];
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			sums[m][0] = sums[m][1] = vdupq_n_f32(0);
		}
		for (ptrdiff_t block = 0; block < blocks; block++) {
			const auto* codes = reinterpret_cast<const int8_t*>(tile + block * 256);
			int32x4_t dots[M][2];
			MOTE_UNROLLED
			for (int32_t m = 0; m < M; m++) {
				dots[m][0] = dots[m][1] = vdupq_n_s32(0);
			}
			MOTE_UNROLLED
			for (int32_t j = 0; j < 8; j++) {
				const int8x16_t a = vld1q_s8(codes + j * 32);
				const int8x16_t b = vld1q_s8(codes + j * 32 + 16);
				const size_t offset = j < 4 ? 0 : layout.odd;
				MOTE_UNROLLED
				for (int32_t m = 0; m < M; m++) {
					int32_t four;
					std::memcpy(&four, activations[m] + offset + block * 16 + (j % 4) * 4, 4);
					const int8x16_t value = vreinterpretq_s8_s32(vdupq_n_s32(four));
					dots[m][0] = vdotq_s32(dots[m][0], a, value);
					dots[m][1] = vdotq_s32(dots[m][1], b, value);
				}
			}
			MOTE_UNROLLED
			for (int32_t m = 0; m < M; m++) {
				const float scale =
					reinterpret_cast<const float*>(activations[m] + layout.blockScales)[block];
				MOTE_UNROLLED
				for (int32_t half = 0; half < 2; half++) {
					const float32x4_t weightScales = vld1q_f32(scales + block * 8 + half * 4);
					sums[m][half] = vfmaq_f32(
						sums[m][half], vcvtq_f32_s32(dots[m][half]), vmulq_n_f32(weightScales, scale));
				}
			}
		}
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			vst1q_f32(out[m], sums[m][0]);
			vst1q_f32(out[m] + 4, sums[m][1]);
		}
	}
};

}  // namespace
}  // namespace mote
