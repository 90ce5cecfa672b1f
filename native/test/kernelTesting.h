/** What tests of kernels share: numbers, memory, and every set of kernels that this processor runs. */
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "kernels/kernelTable.h"

namespace mote {

/** Of random numbers; the same on every machine. */
class Source {
 public:
	explicit Source(uint32_t seed) : engine_(seed) {}
	float value() { return static_cast<float>(engine_() % 20001) / 10000.0F - 1.0F; }
	int32_t below(int32_t bound) {
		return static_cast<int32_t>(engine_() % static_cast<uint32_t>(bound));
	}
	std::vector<float> values(size_t count, float scale = 1) {
		std::vector<float> result(count);
		for (float& x : result) {
			x = value() * scale;
		}
		return result;
	}

 private:
	std::mt19937 engine_;
};

/** Memory that begins at a multiple of 64. */
class Aligned {
 public:
	explicit Aligned(size_t bytes)
			: data_(static_cast<std::byte*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64)), std::free) {}
	std::byte* get() { return data_.get(); }

 private:
	std::unique_ptr<std::byte, decltype(&std::free)> data_;
};

inline const KernelTable& plain() { return kernelsFor(Instructions::reference); }

template <typename Check>
void forEachKernels(const Check& check) {
	for (const Instructions instructions : kAllInstructions) {
		if (instructions != Instructions::reference && isUsable(instructions)) {
			CAPTURE(nameOf(instructions));
			check(kernelsFor(instructions));
		}
	}
}

inline void checkClose(
	const std::vector<float>& found, const std::vector<float>& wanted, float tolerance
) {
	REQUIRE(found.size() == wanted.size());
	float largest = 0;
	for (const float x : wanted) {
		largest = std::max(largest, std::fabs(x));
	}
	for (size_t i = 0; i < found.size(); i++) {
		CAPTURE(i);
		REQUIRE(std::fabs(found[i] - wanted[i]) <= tolerance * (1 + largest));
	}
}

} // namespace mote
