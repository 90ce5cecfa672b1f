/** KV caches without a model: what positions hold survives growing, rewinding and copying. */
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "runtime/kvCache.h"

using namespace mote;

namespace {

/** 2 KiB for a buffer and 16 positions, so that pages and rows don't end together. */
KvShape shapeOf(KvFormat format, size_t contextLength = 40'000) {
	return {.layers = 2, .contextLength = contextLength, .layout = {1, 32, format}};
}

/** What a test writes at a place of a buffer. */
std::byte mark(size_t buffer, size_t at) {
	return static_cast<std::byte>(buffer * 31 + at * 7 + at / 251);
}

void fill(KvCache& cache, size_t length) {
	cache.grow(length);
	cache.willFill(length);
	for (size_t buffer = 0; buffer < cache.shape().buffers(); buffer++) {
		for (size_t at = 0; at < cache.shape().prefixBytes(length); at++) {
			cache.buffer(buffer)[at] = mark(buffer, at);
		}
	}
	cache.markFilled(length);
}

bool holds(const KvCache& cache, size_t length) {
	for (size_t buffer = 0; buffer < cache.shape().buffers(); buffer++) {
		for (size_t at = 0; at < cache.shape().prefixBytes(length); at++) {
			if (cache.buffer(buffer)[at] != mark(buffer, at)) {
				return false;
			}
		}
	}
	return true;
}

} // namespace

TEST_CASE("a cache takes memory by what is filled, not by its capacity") {
	for (const KvFormat format : {KvFormat::float32, KvFormat::int8}) {
		const KvShape shape = shapeOf(format);
		KvCache cache(shape, 40'000);
		CHECK(cache.capacity() == 40'000);
		CHECK(cache.bytes() == 0);
		fill(cache, 100);
		CHECK(cache.bytes() == 4 * roundUpToPages(7 * shape.rowBytes()));
	}
}

TEST_CASE("growing keeps what is filled, and where it is") {
	KvCache cache(shapeOf(KvFormat::float32), 0);
	CHECK(cache.capacity() == 0);
	const std::byte* before = cache.buffer(3);
	for (const size_t length : {1, 256, 257, 5'000, 40'000}) {
		fill(cache, length);
		CHECK(cache.length() == length);
		CHECK(cache.capacity() >= length);
		CHECK(cache.capacity() <= 40'000);
		CHECK(holds(cache, length));
	}
	CHECK(cache.buffer(3) == before);
}

TEST_CASE("a context that ends within a block can be filled to its end") {
	KvCache cache(shapeOf(KvFormat::int8, 1'001), 1'001);
	CHECK(cache.capacity() == 1'001);
	fill(cache, 1'001);
	CHECK(holds(cache, 1'001));
}

TEST_CASE(
	"rewinding a little keeps the memory, rewinding far gives it back, and both keep what stays"
) {
	KvCache cache(shapeOf(KvFormat::float32), 40'000);
	fill(cache, 20'000);
	const size_t full = cache.bytes();
	cache.rewindTo(19'900);
	CHECK(cache.bytes() == full);
	cache.rewindTo(1'000);
	CHECK(cache.bytes() < full / 15);
	CHECK(cache.length() == 1'000);
	CHECK(cache.capacity() == 40'000);
	CHECK(holds(cache, 1'000));
	// What was given back reads as zeros and can be filled again.
	CHECK(cache.buffer(0)[cache.shape().prefixBytes(15'000)] == std::byte{0});
	fill(cache, 30'000);
	CHECK(holds(cache, 30'000));
}

TEST_CASE("a copy of a prefix has it, and is a cache of its own") {
	KvCache cache(shapeOf(KvFormat::int8), 3'000);
	fill(cache, 2'500);
	KvCache copy(cache.shape(), 10);
	copy.copyFrom(cache, 1'234);
	CHECK(copy.length() == 1'234);
	CHECK(holds(copy, 1'234));
	std::memset(cache.buffer(1), 0, 100);
	CHECK(holds(copy, 1'234));
}

TEST_CASE("a prefix read in parts of any size and written elsewhere is the same prefix") {
	KvCache cache(shapeOf(KvFormat::float32), 1'000);
	fill(cache, 700);
	const size_t bytes = cache.prefixBytes(333);
	for (const size_t partBytes : {bytes, size_t{4'097}, size_t{50'000}}) {
		KvCache other(cache.shape(), 400);
		std::vector<std::byte> part;
		for (size_t start = 0; start < bytes; start += partBytes) {
			part.resize(std::min(partBytes, bytes - start));
			cache.readPrefix(333, start, part);
			other.writePrefix(333, start, part);
		}
		other.markFilled(333);
		CHECK(holds(other, 333));
	}
}
