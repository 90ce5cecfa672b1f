/** Keys and values of one sequence. */
#pragma once

#include <cstddef>
#include <span>

#include "kernels/kvLayout.h"
#include "runtime/addressRange.h"

namespace mote {

/** What the caches of one model look like. All numbers are above 0. */
struct KvShape {
	std::size_t layers;
	/** Positions that the model takes at most. */
	std::size_t contextLength;
	KvLayout layout;

	/** Keys and values of each layer. */
	std::size_t buffers() const { return 2 * layers; }

	/** Blocks of all heads for the same positions, which lie together. */
	std::size_t rowBytes() const {
		return static_cast<std::size_t>(layout.kvHeads) * layout.blockBytes();
	}

	/** Rows of the whole context. */
	std::size_t rows() const { return rowsFor(contextLength); }

	static constexpr std::size_t blockPositions = kKvBlock;

	/** Rows that hold `positions`. */
	static std::size_t rowsFor(std::size_t positions) {
		return (positions + blockPositions - 1) / blockPositions;
	}

	/** Bytes of the first `length` positions in one buffer, which are one contiguous piece. */
	std::size_t prefixBytes(std::size_t length) const { return rowsFor(length) * rowBytes(); }
};

/**
 * For each layer one buffer of keys and one of values, u8 [rows, kvHeads, block bytes]: buffer 2·layer and
 * 2·layer + 1. Addresses for the whole context are reserved at once, so that growing neither copies nor moves
 * anything; memory is taken by what is filled. Callers keep to the preconditions, which are asserted nowhere.
 */
class KvCache {
 public:
	/** @throws std::bad_alloc */
	KvCache(const KvShape& shape, std::size_t capacity);

	const KvShape& shape() const { return shape_; }
	/** Positions filled so far. */
	std::size_t length() const { return length_; }
	/** Positions that can be filled before it has to grow. */
	std::size_t capacity() const { return capacity_; }
	/** Memory that was touched, in whole pages. */
	std::size_t bytes() const;
	std::byte* buffer(std::size_t index) const { return memory_.data() + index * bufferStride_; }

	/**
	 * Makes room for at least `capacity` positions, at most the context length.
	 *
	 * @throws std::bad_alloc
	 */
	void grow(std::size_t capacity);

	/** Says that positions up to `length` may be written from now on; within the capacity. */
	void willFill(std::size_t length);

	/** Says that positions up to `length` are filled; within the capacity. */
	void markFilled(std::size_t length);

	/** Forgets the positions from `length` on, which is not past the end. Gives memory back if it is much. */
	void rewindTo(std::size_t length);

	/** Fills this empty cache with the first `length` positions of another one of the same shape. */
	void copyFrom(const KvCache& other, std::size_t length);

	/** Bytes of the first `length` positions in all buffers. */
	std::size_t prefixBytes(std::size_t length) const {
		return shape_.buffers() * shape_.prefixBytes(length);
	}

	/**
	 * Copies a part of the first `length` positions, which are within the capacity, from or to elsewhere: of the
	 * bytes of one buffer after the other, those from `start` on. The part is within prefixBytes(length).
	 */
	void readPrefix(std::size_t length, std::size_t start, std::span<std::byte> target) const;
	void writePrefix(std::size_t length, std::size_t start, std::span<const std::byte> source);

 private:
	/** Calls `visit(memory, offset)` for each piece of a part of a prefix. */
	template <typename Visit>
	void forPieces(std::size_t length, std::size_t start, std::size_t bytes, Visit&& visit) const;

	KvShape shape_;
	std::size_t bufferStride_;
	AddressRange memory_;
	std::size_t length_ = 0;
	std::size_t capacity_ = 0;
	std::size_t usableRows_ = 0;
	std::size_t touchedRows_ = 0;
};

} // namespace mote
