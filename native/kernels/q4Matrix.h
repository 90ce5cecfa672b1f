/** Weights in int4: as the file of a model holds them, and as kernels want them. */
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/q8Rows.h"

namespace mote {

/**
 * A linear layer in int4 as weights.bin holds it: `rows` × `columns`, codes of consecutive elements in one
 * byte (the first in the low half), one scale for each block of 32; a weight is (code - 8) · scale.
 */
struct Q4Matrix {
	const uint8_t* codes;
	const float* scales;
	int32_t rows;
	int32_t columns;

	const uint8_t* rowCodes(int32_t row) const {
		return codes + static_cast<size_t>(row) * static_cast<size_t>(columns / 2);
	}
	const float* rowScales(int32_t row) const {
		return scales + static_cast<size_t>(row) * static_cast<size_t>(columns / kBlock);
	}
};

/** Weight rows that a packed matrix keeps together. */
inline constexpr int32_t kGroup = 16;

/** Of one block of a group: 4 bytes of each of 16 rows, four times, and their 16 scales. */
inline constexpr size_t kGroupBlockBytes = kGroup * (kBlock / 2) + kGroup * sizeof(float);

/**
 * The same matrix as kernels want it: [groups of 16 rows][blocks][4 words of 64 bytes, 16 scales]. Word j holds bytes
 * 4j to 4j + 3 of each of the 16 rows, so vectors run across the rows: a product needs no sum across a vector, and
 * the 4 bytes of activations that meet them are one number for all. One stream of memory, read once from front to back.
 *
 * A last group that isn't full is filled up with zeros.
 */
struct Q4Packed {
	/** Begins at a multiple of 64. */
	const std::byte* data;
	int32_t rows;
	int32_t columns;

	size_t groupBytes() const { return static_cast<size_t>(columns / kBlock) * kGroupBlockBytes; }
	const std::byte* group(int32_t index) const {
		return data + static_cast<size_t>(index) * groupBytes();
	}
	static size_t bytesFor(int32_t rows, int32_t columns) {
		return static_cast<size_t>((rows + kGroup - 1) / kGroup) *
			static_cast<size_t>(columns / kBlock) * kGroupBlockBytes;
	}
};

/** Writes Q4Packed::bytesFor bytes to `out`. */
void packQ4(const Q4Matrix& matrix, std::byte* out);

} // namespace mote
