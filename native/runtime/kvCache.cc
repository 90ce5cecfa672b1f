#include "runtime/kvCache.h"

#include <algorithm>
#include <cstring>

namespace mote {
namespace {

/**
 * Room is made in steps of so many rows, 256 positions: one system call for each buffer takes about a
 * microsecond. Larger steps would let the system back a short cache with huge pages, megabytes a buffer.
 */
constexpr size_t kGrowthRows = 16;

/**
 * Memory behind the end that a cache keeps for what is filled next. Giving it back and touching it again costs
 * about as much as copying it, a small part of computing what fills it.
 */
constexpr size_t kKeptBytes = 4 << 20;

} // namespace

KvCache::KvCache(const KvShape& shape, size_t capacity)
		: shape_(shape),
			bufferStride_(roundUpToPages(shape.rows() * shape.rowBytes())),
			memory_(shape.buffers() * bufferStride_) {
	grow(capacity);
}

size_t KvCache::bytes() const {
	return shape_.buffers() * roundUpToPages(touchedRows_ * shape_.rowBytes());
}

void KvCache::grow(size_t capacity) {
	if (capacity <= capacity_) {
		return;
	}
	const size_t steps = (KvShape::rowsFor(capacity) + kGrowthRows - 1) / kGrowthRows;
	const size_t rows = std::min(steps * kGrowthRows, shape_.rows());
	const size_t usable = roundUpToPages(usableRows_ * shape_.rowBytes());
	const size_t wanted = roundUpToPages(rows * shape_.rowBytes());
	for (size_t i = 0; i < shape_.buffers(); i++) {
		memory_.makeUsable(i * bufferStride_ + usable, wanted - usable);
	}
	usableRows_ = rows;
	capacity_ = std::min(rows * KvShape::kBlockPositions, shape_.contextLength);
}

void KvCache::willFill(size_t length) {
	touchedRows_ = std::max(touchedRows_, KvShape::rowsFor(length));
}

void KvCache::markFilled(size_t length) {
	willFill(length);
	length_ = length;
}

void KvCache::rewindTo(size_t length) {
	length_ = length;
	const size_t rows = KvShape::rowsFor(length);
	const size_t filled = roundUpToPages(rows * shape_.rowBytes());
	const size_t touched = roundUpToPages(touchedRows_ * shape_.rowBytes());
	if (shape_.buffers() * (touched - std::min(filled, touched)) <= kKeptBytes) {
		return;
	}
	for (size_t i = 0; i < shape_.buffers(); i++) {
		memory_.discard(i * bufferStride_ + filled, touched - filled);
	}
	touchedRows_ = rows;
}

void KvCache::copyFrom(const KvCache& other, size_t length) {
	grow(length);
	markFilled(length);
	for (size_t i = 0; i < shape_.buffers(); i++) {
		std::memcpy(buffer(i), other.buffer(i), shape_.prefixBytes(length));
	}
}

void KvCache::readPrefix(size_t length, size_t start, std::span<std::byte> target) const {
	forPieces(length, start, target.size(), [&](std::span<std::byte> piece, size_t offset) {
		std::memcpy(target.data() + offset, piece.data(), piece.size());
	});
}

void KvCache::writePrefix(size_t length, size_t start, std::span<const std::byte> source) {
	willFill(length);
	forPieces(length, start, source.size(), [&](std::span<std::byte> piece, size_t offset) {
		std::memcpy(piece.data(), source.data() + offset, piece.size());
	});
}

template <typename Visit>
void KvCache::forPieces(size_t length, size_t start, size_t bytes, Visit&& visit) const {
	const size_t bufferBytes = shape_.prefixBytes(length);
	for (size_t done = 0; done < bytes;) {
		const size_t index = (start + done) / bufferBytes;
		const size_t within = (start + done) % bufferBytes;
		const size_t size = std::min(bytes - done, bufferBytes - within);
		visit(std::span(buffer(index) + within, size), done);
		done += size;
	}
}

} // namespace mote
