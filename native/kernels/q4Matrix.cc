#include "kernels/q4Matrix.h"

#include <cstring>

namespace mote {

void packQ4(const Q4Matrix& matrix, std::byte* out) {
	std::memset(out, 0, Q4Packed::bytesFor(matrix.rows, matrix.columns));
	const ptrdiff_t blocks = matrix.columns / kBlock;
	for (int32_t row = 0; row < matrix.rows; row++) {
		const uint8_t* codes = matrix.rowCodes(row);
		const float* scales = matrix.rowScales(row);
		std::byte* group = out + static_cast<size_t>(row / kGroup * blocks) * kGroupBlockBytes;
		const ptrdiff_t lane = row % kGroup * 4;
		for (ptrdiff_t block = 0; block < blocks; block++) {
			std::byte* to = group + block * static_cast<ptrdiff_t>(kGroupBlockBytes) + lane;
			for (ptrdiff_t word = 0; word < 4; word++) {
				std::memcpy(to + word * kGroup * 4, codes + block * (kBlock / 2) + word * 4, 4);
			}
			std::memcpy(to + 4 * kGroup * 4, scales + block, sizeof(float));
		}
	}
}

} // namespace mote
