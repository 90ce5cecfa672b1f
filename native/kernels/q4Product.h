/** Products of packed int4 weights with int8 activations, for any set of instructions. */
#pragma once

#include <cstring>
#include <type_traits>

#include "kernels/dots.h"
#include "kernels/kernelTable.h"
#include "kernels/unrolled.h"

namespace mote {
namespace {

/**
 * Asks for the block of the next group that stands where `block` stands in this one. Processors' own prefetching
 * stops at the end of each page of 4 KB, and weights are many pages that are read once. Beyond the last group it
 * does no harm.
 */
static inline void prefetchNextGroup(const std::byte* block, ptrdiff_t groupBytes) {
	MOTE_UNROLLED
	for (size_t line = 0; line < kGroupBlockBytes; line += 64) {
		__builtin_prefetch(block + groupBytes + line, 0, 3);
	}
}

static inline float scaleAt(const std::byte* row, const Q8Layout& layout, ptrdiff_t block) {
	float scale;
	std::memcpy(&scale, row + layout.scales + block * 4, sizeof scale);
	return scale;
}

static inline int32_t correctionAt(const std::byte* row, const Q8Layout& layout, ptrdiff_t block) {
	return fourAt(row + layout.corrections + block * 4);
}

/** For sets of instructions whose codes are taken apart as they are multiplied, however many activations there are. */
struct NeverUnpacked {};

/**
 * `Arithmetic` has, for its set of instructions, kActivations and
 * multiply<M>(group, blocks, activations[M], layout, out[M]): the 16 sums of a group of weight rows for each of M rows
 * of activations, M from 1 to kActivations. `Unpacked`, where it isn't NeverUnpacked, does the same in two steps for
 * many rows of activations: see Q4Avx2Unpacked.
 */
template <typename Arithmetic, typename Unpacked = NeverUnpacked>
class Q4Product {
 public:
	static void run(
		const Q4Packed& weights,
		int32_t firstRow,
		int32_t lastRow,
		const Q8Rows& activations,
		const int32_t* indices,
		int32_t count,
		float* out,
		size_t outStride
	) {
		for (int32_t first = 0; first < count; first += kRowsAtOnce) {
			const int32_t rows = count - first < kRowsAtOnce ? count - first : kRowsAtOnce;
			for (int32_t row = firstRow; row < lastRow; row += kGroup) {
				const int32_t width = lastRow - row < kGroup ? lastRow - row : kGroup;
				float* to = out + (row - firstRow);
				if constexpr (!std::is_same_v<Unpacked, NeverUnpacked>) {
					if (rows >= kUnpackedFrom && width == kGroup) {
						multiplyUnpacked(
							weights, row / kGroup, activations, indices, first, first + rows, to, outStride
						);
						continue;
					}
				}
				multiplyGroup(
					weights, row / kGroup, width, activations, indices, first, first + rows, to, outStride
				);
			}
		}
	}

 private:
	/** Rows of activations that stay in a cache of 256 KB while all weights go by. */
	static constexpr int32_t kRowsAtOnce = 128;

	/** From so many rows of activations on, taking the codes apart has paid. */
	static constexpr int32_t kUnpackedFrom = 12;

	static void multiplyUnpacked(
		const Q4Packed& weights,
		int32_t group,
		const Q8Rows& activations,
		const int32_t* indices,
		int32_t first,
		int32_t last,
		float* out,
		size_t outStride
	) {
		for (int32_t i = first; i < last; i++) {
			std::memset(out + static_cast<size_t>(i) * outStride, 0, kGroup * sizeof(float));
		}
		const ptrdiff_t blocks = weights.columns / kBlock;
		typename Unpacked::Tile tile;
		for (ptrdiff_t block = 0; block < blocks; block += Unpacked::kMostBlocks) {
			const ptrdiff_t some =
				blocks - block < Unpacked::kMostBlocks ? blocks - block : Unpacked::kMostBlocks;
			Unpacked::unpack(
				weights.group(group) + block * static_cast<ptrdiff_t>(kGroupBlockBytes), some, tile
			);
			int32_t i = first;
			for (; i + Unpacked::kActivations <= last; i += Unpacked::kActivations) {
				addTile<Unpacked::kActivations>(tile, block, some, activations, indices, i, out, outStride);
			}
			for (; i < last; i++) {
				addTile<1>(tile, block, some, activations, indices, i, out, outStride);
			}
		}
	}

	template <int32_t M, typename Tile>
	static void addTile(
		const Tile& tile,
		ptrdiff_t block,
		ptrdiff_t blocks,
		const Q8Rows& activations,
		const int32_t* indices,
		int32_t first,
		float* out,
		size_t outStride
	) {
		const std::byte* rows[M];
		float* sums[M];
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			rows[m] = activations.row(indices == nullptr ? first + m : indices[first + m]);
			sums[m] = out + static_cast<size_t>(first + m) * outStride;
		}
		Unpacked::template addTile<M>(tile, block, blocks, rows, activations.layout, sums);
	}

	static void multiplyGroup(
		const Q4Packed& weights,
		int32_t group,
		int32_t width,
		const Q8Rows& activations,
		const int32_t* indices,
		int32_t first,
		int32_t last,
		float* out,
		size_t outStride
	) {
		constexpr int32_t kMost = Arithmetic::kActivations;
		for (; first + kMost <= last; first += kMost) {
			multiply<kMost>(weights, group, width, activations, indices, first, out, outStride);
		}
		multiplyLast<kMost - 1>(
			last - first, weights, group, width, activations, indices, first, out, outStride
		);
	}

	template <int32_t Most>
	static void multiplyLast(
		int32_t rows,
		const Q4Packed& weights,
		int32_t group,
		int32_t width,
		const Q8Rows& activations,
		const int32_t* indices,
		int32_t first,
		float* out,
		size_t outStride
	) {
		if constexpr (Most > 0) {
			if (rows == Most) {
				multiply<Most>(weights, group, width, activations, indices, first, out, outStride);
			} else {
				multiplyLast<Most - 1>(
					rows, weights, group, width, activations, indices, first, out, outStride
				);
			}
		}
	}

	template <int32_t M>
	static void multiply(
		const Q4Packed& weights,
		int32_t group,
		int32_t width,
		const Q8Rows& activations,
		const int32_t* indices,
		int32_t first,
		float* out,
		size_t outStride
	) {
		const std::byte* rows[M];
		float* sums[M];
		float partial[M][kGroup];
		MOTE_UNROLLED
		for (int32_t m = 0; m < M; m++) {
			rows[m] = activations.row(indices == nullptr ? first + m : indices[first + m]);
			sums[m] = width == kGroup ? out + static_cast<size_t>(first + m) * outStride : partial[m];
		}
		Arithmetic::template multiply<M>(
			weights.group(group), weights.columns / kBlock, rows, activations.layout, sums
		);
		for (int32_t m = 0; m < M && width < kGroup; m++) {
			std::memcpy(
				out + static_cast<size_t>(first + m) * outStride,
				partial[m],
				static_cast<size_t>(width) * sizeof(float)
			);
		}
	}
};

} // namespace
} // namespace mote
