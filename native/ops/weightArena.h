/** Memory for the packed weights of one session. */
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "kernels/q4Matrix.h"

namespace mote {

/**
 * Hands out memory that lives as long as the arena, from large pieces in huge pages where the system has them: with
 * pages of 4 KB a token's weights are thousands of entries of the processor's page table.
 */
class WeightArena {
 public:
	/** @returns memory at a multiple of 64. @throws std::bad_alloc */
	std::byte* allocate(size_t bytes);

 private:
	struct Free {
		void operator()(std::byte* memory) const;
	};

	std::vector<std::unique_ptr<std::byte, Free>> pieces_;
	std::byte* next_ = nullptr;
	size_t left_ = 0;
};

/**
 * Packs a matrix of a model's file, and lets go of what was read of the file: the packed copy is the only one in
 * memory. Memory that isn't a file's, or that somebody has written to, is left as it is.
 *
 * @throws std::bad_alloc
 */
Q4Packed pack(const Q4Matrix& matrix, WeightArena& arena);

/** The same for `count` matrices like `first`, of which each lies behind the one before. */
std::vector<Q4Packed> packEach(const Q4Matrix& first, int32_t count, WeightArena& arena);

} // namespace mote
