/** How keys and values lie in memory. */
#pragma once

#include <cstddef>
#include <cstdint>

namespace mote {

/** Positions that a KV cache keeps together. */
inline constexpr int32_t kKvBlock = 16;

/** How keys and values are held. */
enum class KvFormat : uint8_t { float32, int8 };

/**
 * Keys or values of one layer: [blocks of 16 positions][kvHeads][block]. The beginning of a sequence is so
 * the beginning of the buffer.
 *
 * A block of keys is [headDim][16], transposed: a vector then holds the same element of 16 keys, and a
 * product with a query needs no sums across a vector. A block of values is [16][headDim].
 * In int8, 16 float32 scales follow, one for each position.
 */
struct KvLayout {
	int32_t kvHeads;
	int32_t headDim;
	KvFormat format;

	/** Of one head. */
	size_t blockBytes() const {
		const size_t elements = static_cast<size_t>(kKvBlock) * static_cast<size_t>(headDim);
		return format == KvFormat::float32 ? elements * sizeof(float)
																			 : elements + kKvBlock * sizeof(float);
	}

	/** Of the block of `position` and `kvHead`. */
	size_t blockOffset(int32_t position, int32_t kvHead) const {
		return (static_cast<size_t>(position / kKvBlock) * static_cast<size_t>(kvHeads) +
						static_cast<size_t>(kvHead)) *
			blockBytes();
	}
};

} // namespace mote
