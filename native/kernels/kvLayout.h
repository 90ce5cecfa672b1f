/** How keys and values lie in memory. */
#pragma once

#include <cstddef>
#include <cstdint>

namespace mote {

/** Positions that a KV cache keeps together. */
inline constexpr int32_t kKvBlock = 16;

/** Codes of keys, of values and of weights of attention are from minus this to this. */
inline constexpr float kMostCode = 127;
/** Those of queries: four products with a byte of a key have room in what AVX2 sums them in. */
inline constexpr float kMostQueryCode = 63;
/** Vectors without a larger magnitude than this are zeros in int8: 127 ÷ it is still a float. */
inline constexpr float kLeastLargest = 1e-36F;

/** How keys and values are held. */
enum class KvFormat : uint8_t { float32, int8 };

/**
 * Keys or values of one layer: [blocks of 16 positions][kvHeads][block]. The beginning of a sequence is so
 * the beginning of the buffer.
 *
 * A block of keys is [headDim][16], transposed: a vector then holds the same element of 16 keys, and a
 * product with a query needs no sums across a vector. A block of values is [16][headDim].
 *
 * In int8 four bytes that one instruction multiplies and sums lie together: keys are [headDim ÷ 4][16][4], four
 * elements of each of 16 keys, and values [16 ÷ 4][headDim][4], the same element of four positions. 16 float32 scales
 * follow, one for each position. The addon's kAbi stands for all this, since caches are kept on the disk.
 */
struct KvLayout {
	int32_t kvHeads;
	int32_t headDim;
	KvFormat format;

	/** Where element `i` of the key at `slot` of a block stands in int8. */
	static ptrdiff_t int8Key(ptrdiff_t slot, ptrdiff_t i) {
		return i / 4 * kKvBlock * 4 + slot * 4 + i % 4;
	}

	/** Of the value. */
	ptrdiff_t int8Value(ptrdiff_t slot, ptrdiff_t i) const {
		return slot / 4 * headDim * 4 + i * 4 + slot % 4;
	}

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
