/** How work is divided among threads. */
#pragma once

#include <cstdint>

namespace mote {

/** Piece `worker` of `workers` of [0, size), in whole steps but for the end. */
struct Piece {
	int32_t first;
	int32_t last;

	Piece(int32_t size, int32_t worker, int32_t workers, int32_t step) {
		const int64_t steps = (int64_t{size} + step - 1) / step;
		const auto bound = [&](int32_t part) {
			const int64_t at = steps * part / workers * step;
			return static_cast<int32_t>(at < size ? at : size);
		};
		first = bound(worker);
		last = bound(worker + 1);
	}
	int32_t size() const { return last - first; }
};

} // namespace mote
