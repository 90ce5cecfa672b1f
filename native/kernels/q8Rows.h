#pragma once

#include <cstddef>
#include <cstdint>

namespace mote {

/** Values that share one scale, in weights and in activations. */
inline constexpr int32_t kBlock = 32;

/**
 * Where the parts of one row of activations lie that was rounded to int8 in blocks of 32.
 *
 * Elements with an even index stand apart from those with an odd one, because a byte of int4 weights
 * holds one of each: masking and shifting 64 bytes of weights then meets 64 bytes of either plane.
 *
 * A weight is its code minus 8. The -8 · Σ activation of each block is kept ready, so that the codes can be
 * multiplied as they are. Scales are kept twice: once a block, and once a *lane* of 8 columns, as many as give
 * one of the sums that vectors along a row of weights hold.
 *
 * Padded to 128 columns with zeros: kernels may read whole vectors.
 */
struct Q8Layout {
	explicit Q8Layout(int32_t columns)
		: columns(columns),
		  padded(static_cast<size_t>((columns + 127) / 128) * 128),
		  odd(padded / 2),
		  laneScales(padded),
		  blockScales(padded + padded / 2),
		  blockCorrections(blockScales + padded / 8),
		  blockOffsets(blockCorrections + padded / 8),
		  used(blockOffsets + padded / 8),
		  bytes((used + 63) / 64 * 64) {}

	int32_t columns;
	size_t padded;
	// Offsets in bytes. The even elements stand at 0.
	/** int8, padded ÷ 2 */
	size_t odd;
	/** float, padded ÷ 8: the scale of the block that the lane belongs to */
	size_t laneScales;
	/** float, padded ÷ 32 */
	size_t blockScales;
	/** int32, padded ÷ 32: -8 · Σ of the block's elements */
	size_t blockCorrections;
	/** float, padded ÷ 32: the same times the block's scale */
	size_t blockOffsets;
	/** End of all these. */
	size_t used;
	/** Of a row, a multiple of 64. */
	size_t bytes;
};

/** Rows of one layout, one behind the other. */
struct Q8Rows {
	const std::byte* data;
	Q8Layout layout;

	const std::byte* row(int32_t index) const {
		return data + static_cast<size_t>(index) * layout.bytes;
	}
};

}  // namespace mote
