/**
 * Every kernel in plain C++, in the order of the formulas and with sums in double: what the others are
 * compared with, and what runs where none of them does.
 */
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/kernelSets.h"
#include "kernels/plainAttention.h"

namespace mote {
namespace {

double inverseRms(const float* x, double epsilon, int32_t size) {
	double sum = 0;
	for (int32_t i = 0; i < size; i++) {
		sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
	}
	return 1.0 / std::sqrt(sum / size + epsilon);
}

void rmsNorm(const float* x, const float* weight, float epsilon, int32_t size, float* out) {
	const double factor = inverseRms(x, static_cast<double>(epsilon), size);
	for (int32_t i = 0; i < size; i++) {
		out[i] =
			static_cast<float>(static_cast<double>(x[i]) * factor * static_cast<double>(weight[i]));
	}
}

void quantizeRow(const float* x, const Q8Layout& layout, std::byte* row) {
	std::memset(row, 0, layout.bytes);
	for (int32_t i = 0; i < layout.columns; i++) {
		const float* block = x + static_cast<ptrdiff_t>(i / kBlock) * kBlock;
		float largest = 0;
		bool areNumbers = true;
		for (int32_t j = 0; j < kBlock; j++) {
			largest = std::max(largest, std::fabs(block[j]));
			areNumbers = areNumbers && std::isfinite(block[j]);
		}
		const float scale = areNumbers ? largest / 127.0F : NAN;
		const float scaled = areNumbers && largest > 0 ? x[i] * (127.0F / largest) : 0;
		const auto code = static_cast<int32_t>(std::nearbyintf(std::clamp(scaled, -127.0F, 127.0F)));
		const size_t plane = i % 2 == 0 ? 0 : layout.odd;
		reinterpret_cast<int8_t*>(row + plane)[i / 2] = static_cast<int8_t>(code);
		reinterpret_cast<float*>(row + layout.scales)[i / kBlock] = scale;
		reinterpret_cast<int32_t*>(row + layout.corrections)[i / kBlock] -= 8 * code;
	}
}

/** Σ (code - 8) · scale · activation of one row of weights and one of activations. */
double dot(
	const Q4Packed& weights, int32_t row, const std::byte* activations, const Q8Layout& layout
) {
	const std::byte* group = weights.group(row / kGroup);
	const auto* activationScales = reinterpret_cast<const float*>(activations + layout.scales);
	double sum = 0;
	for (ptrdiff_t block = 0; block < weights.columns / kBlock; block++) {
		const std::byte* lane =
			group + static_cast<size_t>(block) * kGroupBlockBytes + row % kGroup * 4;
		int32_t products = 0;
		for (ptrdiff_t i = 0; i < kBlock; i++) {
			// Byte i ÷ 2 of the row stands in word i ÷ 8.
			const auto byte = static_cast<int32_t>(lane[i / 8 * kGroup * 4 + i / 2 % 4]);
			const int32_t code = i % 2 == 0 ? byte & 15 : byte >> 4;
			const size_t plane = i % 2 == 0 ? 0 : layout.odd;
			products += (code - 8) *
				reinterpret_cast<const int8_t*>(activations + plane)[block * (kBlock / 2) + i / 2];
		}
		float scale;
		std::memcpy(&scale, lane + 4 * kGroup * 4, sizeof scale);
		sum += static_cast<double>(products) * static_cast<double>(scale) *
			static_cast<double>(activationScales[block]);
	}
	return sum;
}

void q4Product(
	const Q4Packed& weights,
	int32_t firstRow,
	int32_t lastRow,
	const Q8Rows& activations,
	const int32_t* rowIndices,
	int32_t count,
	float* out,
	size_t outStride
) {
	for (int32_t i = 0; i < count; i++) {
		const std::byte* x = activations.row(rowIndices == nullptr ? i : rowIndices[i]);
		for (int32_t row = firstRow; row < lastRow; row++) {
			out[static_cast<size_t>(i) * outStride + static_cast<size_t>(row - firstRow)] =
				static_cast<float>(dot(weights, row, x, activations.layout));
		}
	}
}

void product(const float* weights, const float* x, int32_t rows, int32_t columns, float* out) {
	for (ptrdiff_t row = 0; row < rows; row++) {
		double sum = 0;
		for (int32_t i = 0; i < columns; i++) {
			sum += static_cast<double>(weights[row * columns + i]) * static_cast<double>(x[i]);
		}
		out[row] = static_cast<float>(sum);
	}
}

void swiglu(const float* pairs, int32_t size, float* out) {
	for (ptrdiff_t i = 0; i < size; i++) {
		const double gate = pairs[2 * i];
		out[i] =
			static_cast<float>(gate / (1.0 + std::exp(-gate)) * static_cast<double>(pairs[2 * i + 1]));
	}
}

void addScaled(const float* x, float factor, int32_t size, float* y) {
	for (int32_t i = 0; i < size; i++) {
		y[i] += factor * x[i];
	}
}

void rotateHead(
	const float* x,
	const float* norm,
	float epsilon,
	const float* cos,
	const float* sin,
	float factor,
	int32_t size,
	float* out
) {
	const double scale =
		inverseRms(x, static_cast<double>(epsilon), size) * static_cast<double>(factor);
	const int32_t half = size / 2;
	for (int32_t i = 0; i < half; i++) {
		const double a = static_cast<double>(x[i]) * scale * static_cast<double>(norm[i]);
		const double b = static_cast<double>(x[i + half]) * scale * static_cast<double>(norm[i + half]);
		out[i] = static_cast<float>(a * static_cast<double>(cos[i]) - b * static_cast<double>(sin[i]));
		out[i + half] =
			static_cast<float>(b * static_cast<double>(cos[i]) + a * static_cast<double>(sin[i]));
	}
}

RowSummary summarize(const float* logits, int32_t size) {
	int32_t best = 0;
	for (int32_t i = 1; i < size; i++) {
		best = logits[i] > logits[best] ? i : best;
	}
	double sum = 0;
	for (int32_t i = 0; i < size; i++) {
		sum += std::exp(static_cast<double>(logits[i]) - static_cast<double>(logits[best]));
	}
	return {static_cast<float>(static_cast<double>(logits[best]) + std::log(sum)), best};
}

} // namespace

const KernelTable& referenceKernels() {
	static constexpr KernelTable kTable{
		.rmsNorm = rmsNorm,
		.quantizeRow = quantizeRow,
		.q4Product = q4Product,
		.product = product,
		.swiglu = swiglu,
		.addScaled = addScaled,
		.rotateHead = rotateHead,
		.appendKv = plain::appendKv,
		.attend = plain::attend,
		.summarize = summarize,
	};
	return kTable;
}

} // namespace mote
