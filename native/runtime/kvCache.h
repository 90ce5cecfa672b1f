/** Keys and values of one sequence. */
#pragma once

#include <cstddef>
#include <span>

#include "kernels/kvLayout.h"
#include "runtime/addressRange.h"

namespace mote {

/** What the caches of one model look like. All numbers are above 0. */
struct KvShape {
	size_t layers;
	/** Positions that the model takes at most. */
	size_t contextLength;
	KvLayout layout;

	/** Keys and values of each layer. */
	size_t buffers() const { return 2 * layers; }

	/** Blocks of all heads for the same positions, which lie together. */
	size_t rowBytes() const { return static_cast<size_t>(layout.kvHeads) * layout.blockBytes(); }

	/** Rows of the whole context. */
	size_t rows() const { return rowsFor(contextLength); }

	static constexpr size_t kBlockPositions = kKvBlock;

	/** Rows that hold `positions`. */
	static size_t rowsFor(size_t positions) {
		return (positions + kBlockPositions - 1) / kBlockPositions;
	}

	/** Bytes of the first `length` positions in one buffer, which are one contiguous piece. */
	size_t prefixBytes(size_t length) const { return rowsFor(length) * rowBytes(); }
};

/**
 * For each layer one buffer of keys and one of values, u8 [rows, kvHeads, block bytes]: buffer 2·layer and
 * 2·layer + 1. Addresses for the whole context are reserved at once, so that growing neither copies nor moves
 * anything; memory is taken by what is filled. Callers keep to the preconditions, which are asserted nowhere.
 */
class KvCache {
 public:
	/** @throws std::bad_alloc */
	KvCache(const KvShape& shape, size_t capacity);

	const KvShape& shape() const { return shape_; }
	/** Positions filled so far. */
	size_t length() const { return length_; }
	/** Positions that can be filled before it has to grow. */
	size_t capacity() const { return capacity_; }
	/** Memory that was touched, in whole pages. */
	size_t bytes() const;
	std::byte* buffer(size_t index) const { return memory_.data() + index * bufferStride_; }

	/**
	 * Makes room for at least `capacity` positions, at most the context length.
	 *
	 * @throws std::bad_alloc
	 */
	void grow(size_t capacity);

	/** Says that positions up to `length` may be written from now on; within the capacity. */
	void willFill(size_t length);

	/** Says that positions up to `length` are filled; within the capacity. */
	void markFilled(size_t length);

	/** Forgets the positions from `length` on, which is not past the end. Gives memory back if it is much. */
	void rewindTo(size_t length);

	/** Fills this empty cache with the first `length` positions of another one of the same shape. */
	void copyFrom(const KvCache& other, size_t length);

	/** Bytes of the first `length` positions in all buffers. */
	size_t prefixBytes(size_t length) const { return shape_.buffers() * shape_.prefixBytes(length); }

	/**
	 * Copies a part of the first `length` positions, which are within the capacity, from or to elsewhere: of the
	 * bytes of one buffer after the other, those from `start` on. The part is within prefixBytes(length).
	 */
	void readPrefix(size_t length, size_t start, std::span<std::byte> target) const;
	void writePrefix(size_t length, size_t start, std::span<const std::byte> source);

 private:
	/** Calls `visit(memory, offset)` for each piece of a part of a prefix. */
	template <typename Visit>
	void forPieces(size_t length, size_t start, size_t bytes, Visit&& visit) const;

	KvShape shape_;
	size_t bufferStride_;
	AddressRange memory_;
	size_t length_ = 0;
	size_t capacity_ = 0;
	size_t usableRows_ = 0;
	size_t touchedRows_ = 0;
};

} // namespace mote
