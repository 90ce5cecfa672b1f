/** Memory whose addresses are reserved before it is needed. */
#pragma once

#include <cstddef>

namespace mote {

/** The unit in which memory is made usable and given back. */
std::size_t pageBytes();

/** The next multiple of pageBytes(). */
std::size_t roundUpToPages(std::size_t bytes);

/**
 * A range of addresses without memory behind it. Parts are made usable, read as zeros, and take memory page by
 * page when they are first touched. What it holds never moves.
 */
class AddressRange {
 public:
	/** @throws std::bad_alloc */
	explicit AddressRange(std::size_t bytes);
	~AddressRange();
	AddressRange(const AddressRange&) = delete;
	AddressRange& operator=(const AddressRange&) = delete;

	std::byte* data() const { return data_; }

	/**
	 * Multiples of the page size.
	 *
	 * @throws std::bad_alloc where the system promises memory only if it has it
	 */
	void makeUsable(std::size_t offset, std::size_t bytes);

	/** Forgets what a usable part holds and gives its memory back; it stays usable and reads as zeros. */
	void discard(std::size_t offset, std::size_t bytes);

 private:
	std::byte* data_;
	std::size_t bytes_;
};

} // namespace mote
