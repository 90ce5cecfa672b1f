// Products of int4 weights with int8 activations: which of two ways is taken, for any set of instructions.
//
// *Few rows* of activations: vectors run along the columns of a weight row, the codes are read once and
// straight into the product; each weight row ends with a sum across its vector.
// *Many rows*: 16 or 32 weight rows are unpacked so that vectors run across them, which costs a little once,
// and no sum across a vector is needed for any row of activations.
#pragma once

#include "kernelTable.h"

namespace mote {
namespace {

/**
 * `Arithmetic` has, for its set of instructions:
 * - kWeightRows, kActivationRows: what dot() takes at once; kTileRows, kTileActivations for multiplyTile();
 * - manyRows: from how many rows of activations on unpacking pays;
 * - dot<R, M>(weights, row, activations[M], layout, out[M]): R sums for each of M rows of activations;
 * - unpackTile(weights, row, codes, scales); multiplyTile<M>(codes, scales, columns, activations[M], layout, out[M]).
 */
template <typename Arithmetic>
struct Q4Product {
	using Row = const std::byte*;

	static Row rowOf(const Q8Rows& activations, const int32_t* indices, int32_t i) {
		return activations.row(indices == nullptr ? i : indices[i]);
	}

	template <int32_t R, int32_t M>
	static void dotRows(const Q4Matrix& weights, int32_t row, const Q8Rows& activations,
		const int32_t* indices, int32_t first, float* out, size_t outStride) {
		Row rows[M];
		float* sums[M];
		for (int32_t m = 0; m < M; m++) {
			rows[m] = rowOf(activations, indices, first + m);
			sums[m] = out + static_cast<size_t>(first + m) * outStride;
		}
		Arithmetic::template dot<R, M>(weights, row, rows, activations.layout, sums);
	}

	template <int32_t R>
	static void fewRows(const Q4Matrix& weights, int32_t row, const Q8Rows& activations,
		const int32_t* indices, int32_t count, float* out, size_t outStride) {
		int32_t first = 0;
		for (; first + 4 <= count; first += 4) {
			dotRows<R, 4>(weights, row, activations, indices, first, out, outStride);
		}
		switch (count - first) {
			case 3: dotRows<R, 3>(weights, row, activations, indices, first, out, outStride); break;
			case 2: dotRows<R, 2>(weights, row, activations, indices, first, out, outStride); break;
			case 1: dotRows<R, 1>(weights, row, activations, indices, first, out, outStride); break;
			default: break;
		}
	}

	template <int32_t M>
	static void tileRows(const std::byte* tile, int32_t columns, const Q8Rows& activations,
		const int32_t* indices, int32_t first, float* out, size_t outStride) {
		Row rows[M];
		float* sums[M];
		for (int32_t m = 0; m < M; m++) {
			rows[m] = rowOf(activations, indices, first + m);
			sums[m] = out + static_cast<size_t>(first + m) * outStride;
		}
		Arithmetic::template multiplyTile<M>(tile, columns, rows, activations.layout, sums);
	}

	static void manyRows(const std::byte* tile, int32_t columns, const Q8Rows& activations,
		const int32_t* indices, int32_t count, float* out, size_t outStride) {
		constexpr int32_t kMost = Arithmetic::kTileActivations;
		static_assert(kMost == 3 || kMost == 4);
		int32_t first = 0;
		for (; first + kMost <= count; first += kMost) {
			tileRows<kMost>(tile, columns, activations, indices, first, out, outStride);
		}
		switch (count - first) {
			case 3: tileRows<3>(tile, columns, activations, indices, first, out, outStride); break;
			case 2: tileRows<2>(tile, columns, activations, indices, first, out, outStride); break;
			case 1: tileRows<1>(tile, columns, activations, indices, first, out, outStride); break;
			default: break;
		}
	}

	/** Rows of activations that stay in a cache of 256 KB while all weights go by. */
	static constexpr int32_t kMostRows = 128;

	static void run(const Q4Matrix& weights, int32_t firstRow, int32_t lastRow, const Q8Rows& activations,
		const int32_t* indices, int32_t count, float* out, size_t outStride, std::byte* scratch) {
		for (int32_t first = 0; first < count; first += kMostRows) {
			const int32_t rows = count - first < kMostRows ? count - first : kMostRows;
			const Q8Rows some = indices == nullptr ? Q8Rows{activations.row(first), activations.layout} : activations;
			runSome(weights, firstRow, lastRow, some, indices == nullptr ? nullptr : indices + first, rows,
				out + static_cast<size_t>(first) * outStride, outStride, scratch);
		}
	}

private:
	static void runSome(const Q4Matrix& weights, int32_t firstRow, int32_t lastRow, const Q8Rows& activations,
		const int32_t* indices, int32_t count, float* out, size_t outStride, std::byte* scratch) {
		int32_t row = firstRow;
		if (count >= Arithmetic::kManyRows) {
			for (; row + Arithmetic::kTileRows <= lastRow; row += Arithmetic::kTileRows) {
				Arithmetic::unpackTile(weights, row, scratch);
				manyRows(scratch, weights.columns, activations, indices, count, out + (row - firstRow), outStride);
			}
		}
		constexpr int32_t kRows = Arithmetic::kWeightRows;
		for (; row + kRows <= lastRow; row += kRows) {
			fewRows<kRows>(weights, row, activations, indices, count, out + (row - firstRow), outStride);
		}
		for (; row < lastRow; row++) {
			fewRows<1>(weights, row, activations, indices, count, out + (row - firstRow), outStride);
		}
	}
};

}  // namespace
}  // namespace mote
