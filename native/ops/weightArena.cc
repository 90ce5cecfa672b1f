#include "ops/weightArena.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>

#if defined(__linux__)
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <iterator>
#endif

namespace mote {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kPieceBytes = 16 * kHugePage;

#if defined(__linux__)

/**
 * Whether all pages of [begin, end), which begins and ends at pages, are in memory and are a file's own: what was
 * written to a private mapping of a file isn't, nor is any other memory. So says the system's documentation of
 * /proc/pid/pagemap.
 */
bool areFilePages(uintptr_t begin, uintptr_t end, uintptr_t pageBytes) {
	constexpr uint64_t kIsPresent = uint64_t{1} << 63;
	constexpr uint64_t kIsOfFile = uint64_t{1} << 61;
	const int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (pagemap < 0) {
		return false;
	}
	bool areAll = true;
	for (uintptr_t page = begin / pageBytes; areAll && page < end / pageBytes;) {
		uint64_t entries[512];
		const size_t count = std::min(std::size(entries), static_cast<size_t>(end / pageBytes - page));
		const auto bytes = static_cast<ssize_t>(count * sizeof(uint64_t));
		const auto at = static_cast<off_t>(page * sizeof(uint64_t));
		areAll = pread(pagemap, entries, static_cast<size_t>(bytes), at) == bytes &&
			std::all_of(entries, entries + count, [](uint64_t entry) {
							 return (entry & kIsPresent) != 0 && (entry & kIsOfFile) != 0;
						 });
		page += count;
	}
	close(pagemap);
	return areAll;
}

/** Has the pages between given back to the system, if they can be read from their file again. */
void letGo(const void* data, size_t bytes) {
	const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
	const uintptr_t begin = (reinterpret_cast<uintptr_t>(data) + page - 1) / page * page;
	const uintptr_t end = (reinterpret_cast<uintptr_t>(data) + bytes) / page * page;
	if (begin < end && areFilePages(begin, end, page)) {
		// Anonymous memory would be zeroed by this, and a changed page would be lost; others are only unmapped.
		madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
	}
}

#else

void letGo(const void*, size_t) {}

#endif

} // namespace

void WeightArena::Free::operator()(std::byte* memory) const { std::free(memory); }

std::byte* WeightArena::allocate(size_t bytes) {
	const size_t rounded = (bytes + 63) / 64 * 64;
	if (rounded > left_) {
		const size_t pieceBytes =
			std::max(kPieceBytes, (rounded + kHugePage - 1) / kHugePage * kHugePage);
		pieces_.emplace_back(static_cast<std::byte*>(std::aligned_alloc(kHugePage, pieceBytes)));
		if (pieces_.back() == nullptr) {
			throw std::bad_alloc();
		}
		next_ = pieces_.back().get();
		left_ = pieceBytes;
#if defined(__linux__)
		madvise(next_, pieceBytes, MADV_HUGEPAGE);
#endif
	}
	std::byte* memory = next_;
	next_ += rounded;
	left_ -= rounded;
	return memory;
}

Q4Packed pack(const Q4Matrix& matrix, WeightArena& arena) {
	return packEach(matrix, 1, arena).front();
}

std::vector<Q4Packed> packEach(const Q4Matrix& first, int32_t count, WeightArena& arena) {
	const auto matrices = static_cast<size_t>(count);
	const size_t elements = static_cast<size_t>(first.rows) * static_cast<size_t>(first.columns);
	std::vector<Q4Packed> packed;
	for (size_t i = 0; i < matrices; i++) {
		std::byte* memory = arena.allocate(Q4Packed::bytesFor(first.rows, first.columns));
		const uint8_t* codes = first.codes + i * (elements / 2);
		const float* scales = first.scales + i * (elements / kBlock);
		packQ4({codes, scales, first.rows, first.columns}, memory);
		packed.push_back({memory, first.rows, first.columns});
	}
	// Of all at once: asking the system about each of hundreds of experts would take longer than packing them.
	letGo(first.codes, matrices * (elements / 2));
	letGo(first.scales, matrices * (elements / kBlock) * sizeof(float));
	return packed;
}

} // namespace mote
