#pragma once

#include <cstring>

#include "kernelTable.h"
#include "unrolled.h"

namespace mote {
namespace {

typedef float Four __attribute__((vector_size(16)));

/** out[block][r] = scale of `block` of weight row `row` + r, for `Rows` rows, in squares of four by four. */
template <int32_t Rows>
static inline void transposeScales(const Q4Matrix& weights, int32_t row, float* out) {
	const ptrdiff_t blocks = weights.columns / kBlock;
	for (int32_t r = 0; r < Rows; r += 4) {
		const float* from[4];
		MOTE_UNROLLED
		for (int32_t i = 0; i < 4; i++) {
			from[i] = weights.rowScales(row + r + i);
		}
		ptrdiff_t block = 0;
		for (; block + 4 <= blocks; block += 4) {
			Four rows[4];
			MOTE_UNROLLED
			for (int32_t i = 0; i < 4; i++) {
				std::memcpy(&rows[i], from[i] + block, sizeof rows[i]);
			}
			const Four a = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
			const Four b = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
			const Four c = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
			const Four d = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
			const Four columns[4] = {__builtin_shufflevector(a, b, 0, 1, 4, 5),
				__builtin_shufflevector(a, b, 2, 3, 6, 7), __builtin_shufflevector(c, d, 0, 1, 4, 5),
				__builtin_shufflevector(c, d, 2, 3, 6, 7)};
			MOTE_UNROLLED
			for (int32_t i = 0; i < 4; i++) {
				std::memcpy(out + (block + i) * Rows + r, &columns[i], sizeof columns[i]);
			}
		}
		for (; block < blocks; block++) {
			MOTE_UNROLLED
			for (int32_t i = 0; i < 4; i++) {
				out[block * Rows + r + i] = from[i][block];
			}
		}
	}
}

}  // namespace
}  // namespace mote
