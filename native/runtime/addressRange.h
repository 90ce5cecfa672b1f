/** Memory whose addresses are reserved before it is needed. */
#pragma once

#include <cstddef>

namespace mote {

/** The unit in which memory is made usable and given back. */
size_t pageBytes();

/** The next multiple of pageBytes(). */
size_t roundUpToPages(size_t bytes);

/**
 * A range of addresses without memory behind it. Parts are made usable, read as zeros, and take memory page by
 * page when they are first touched. What it holds never moves.
 */
class AddressRange {
 public:
	/** @throws std::bad_alloc */
	explicit AddressRange(size_t bytes);
	~AddressRange();
	AddressRange(const AddressRange&) = delete;
	AddressRange& operator=(const AddressRange&) = delete;

	std::byte* data() const { return data_; }

	/**
	 * Multiples of the page size.
	 *
	 * @throws std::bad_alloc where the system promises memory only if it has it
	 */
	void makeUsable(size_t offset, size_t bytes);

	/** Forgets what a usable part holds and gives its memory back; it stays usable and reads as zeros. */
	void discard(size_t offset, size_t bytes);

 private:
	std::byte* data_;
	size_t bytes_;
};

} // namespace mote
