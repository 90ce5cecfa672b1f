/** Activations in int8. */
#pragma once

#include <cstddef>
#include <cstdint>

namespace mote {

/** Values that share one scale, in weights and in activations. */
inline constexpr int32_t kBlock = 32;

/**
 * Where the parts of one row of activations lie that was rounded to int8 in blocks of 32.
 *
 * Elements with an even index stand apart from those with an odd one, because a byte of int4 weights holds one of
 * each: 4 bytes of weights, masked and shifted, meet 4 bytes of either plane.
 *
 * A weight is its code minus 8. The -8 · Σ activation of each block is kept ready, so that the codes can be
 * multiplied as they are.
 */
struct Q8Layout {
	explicit Q8Layout(int32_t columns)
			: columns(columns),
				odd(static_cast<size_t>(columns) / 2),
				scales(static_cast<size_t>(columns)),
				corrections(scales + static_cast<size_t>(columns) / 8),
				used(corrections + static_cast<size_t>(columns) / 8),
				bytes((used + 63) / 64 * 64) {}

	/** A multiple of 32. */
	int32_t columns;
	// Offsets in bytes. The even elements stand at 0.
	/** int8, columns ÷ 2 */
	size_t odd;
	/** float, columns ÷ 32 */
	size_t scales;
	/** int32, columns ÷ 32 */
	size_t corrections;
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

} // namespace mote
