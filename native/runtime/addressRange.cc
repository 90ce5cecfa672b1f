#include "runtime/addressRange.h"

#include <sys/mman.h>
#include <unistd.h>

#include <new>

namespace mote {
namespace {

#ifdef MAP_NORESERVE
// The system needn't promise memory for what is never touched.
constexpr int kMapFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
#else
constexpr int kMapFlags = MAP_PRIVATE | MAP_ANONYMOUS;
#endif

} // namespace

size_t pageBytes() {
	static const auto bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	return bytes;
}

size_t roundUpToPages(size_t bytes) {
	return (bytes + pageBytes() - 1) / pageBytes() * pageBytes();
}

AddressRange::AddressRange(size_t bytes) : bytes_(bytes) {
	void* address = mmap(nullptr, bytes, PROT_NONE, kMapFlags, -1, 0);
	if (address == MAP_FAILED) {
		throw std::bad_alloc();
	}
	data_ = static_cast<std::byte*>(address);
}

AddressRange::~AddressRange() { munmap(data_, bytes_); }

void AddressRange::makeUsable(size_t offset, size_t bytes) {
	if (bytes > 0 && mprotect(data_ + offset, bytes, PROT_READ | PROT_WRITE) != 0) {
		throw std::bad_alloc();
	}
}

void AddressRange::discard(size_t offset, size_t bytes) {
	// A new mapping over the old one, because madvise(MADV_DONTNEED) keeps the content on some systems. Where
	// it fails nothing is lost but the memory.
	if (bytes > 0) {
		mmap(data_ + offset, bytes, PROT_READ | PROT_WRITE, kMapFlags | MAP_FIXED, -1, 0);
	}
}

} // namespace mote
