/**
 * Every kernel in plain C++, in the order of the formulas and with sums in double: what the others are
 * compared with, and what runs where none of them does.
 */
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/kernelSets.h"

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

/** Where element `i` of the vector at `position` stands in its block. */
ptrdiff_t elementOf(bool isKey, int32_t position, int32_t i, int32_t headDim) {
	const ptrdiff_t slot = position % kKvBlock;
	return isKey ? static_cast<ptrdiff_t>(i) * kKvBlock + slot : slot * headDim + i;
}

void append(
	const float* x, bool isKey, int32_t position, const KvLayout& layout, std::byte* block
) {
	if (layout.format == KvFormat::float32) {
		for (int32_t i = 0; i < layout.headDim; i++) {
			reinterpret_cast<float*>(block)[elementOf(isKey, position, i, layout.headDim)] = x[i];
		}
		return;
	}
	float largest = 0;
	bool areNumbers = true;
	for (int32_t i = 0; i < layout.headDim; i++) {
		largest = std::max(largest, std::fabs(x[i]));
		areNumbers = areNumbers && std::isfinite(x[i]);
	}
	const float scale = areNumbers ? largest / 127.0F : NAN;
	const float inverse = scale > 0 ? 1.0F / scale : 0;
	for (int32_t i = 0; i < layout.headDim; i++) {
		const auto code = areNumbers ? std::lround(x[i] * inverse) : 0;
		reinterpret_cast<int8_t*>(block)[elementOf(isKey, position, i, layout.headDim)] =
			static_cast<int8_t>(code);
	}
	auto* scales =
		reinterpret_cast<float*>(block + static_cast<ptrdiff_t>(kKvBlock) * layout.headDim);
	scales[position % kKvBlock] = scale;
}

void appendKv(
	const float* key,
	const float* value,
	int32_t position,
	int32_t kvHead,
	const KvLayout& layout,
	std::byte* keys,
	std::byte* values
) {
	const size_t offset = layout.blockOffset(position, kvHead);
	append(key, true, position, layout, keys + offset);
	append(value, false, position, layout, values + offset);
}

double cached(
	const std::byte* buffer,
	bool isKey,
	int32_t position,
	int32_t i,
	int32_t kvHead,
	const KvLayout& layout
) {
	const std::byte* block = buffer + layout.blockOffset(position, kvHead);
	const ptrdiff_t element = elementOf(isKey, position, i, layout.headDim);
	if (layout.format == KvFormat::float32) {
		return static_cast<double>(reinterpret_cast<const float*>(block)[element]);
	}
	const auto* scales =
		reinterpret_cast<const float*>(block + static_cast<ptrdiff_t>(kKvBlock) * layout.headDim);
	return static_cast<double>(reinterpret_cast<const int8_t*>(block)[element]) *
		static_cast<double>(scales[position % kKvBlock]);
}

void attend(const AttentionTask& task, std::byte* /*scratch*/) {
	const KvLayout& layout = task.layout;
	for (int32_t p = 0; p < task.positions; p++) {
		for (int32_t head = 0; head < task.heads; head++) {
			const ptrdiff_t headStart = static_cast<ptrdiff_t>(head) * layout.headDim;
			const float* query = task.queries + static_cast<size_t>(p) * task.queryStride + headStart;
			float* out = task.out + static_cast<size_t>(p) * task.outStride + headStart;
			const int32_t visible = task.firstPosition + p + 1;
			std::vector<double> weights(static_cast<size_t>(visible));
			for (int32_t position = 0; position < visible; position++) {
				for (int32_t i = 0; i < layout.headDim; i++) {
					weights[static_cast<size_t>(position)] += static_cast<double>(query[i]) *
						cached(task.keys, true, position, i, task.kvHead, layout);
				}
			}
			const double largest = *std::max_element(weights.begin(), weights.end());
			double sum = 0;
			for (double& weight : weights) {
				weight = std::exp(weight - largest);
				sum += weight;
			}
			for (int32_t i = 0; i < layout.headDim; i++) {
				double value = 0;
				for (int32_t position = 0; position < visible; position++) {
					value += weights[static_cast<size_t>(position)] *
						cached(task.values, false, position, i, task.kvHead, layout);
				}
				out[i] = static_cast<float>(value / sum);
			}
		}
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
		.appendKv = appendKv,
		.attend = attend,
		.summarize = summarize,
	};
	return kTable;
}

} // namespace mote
