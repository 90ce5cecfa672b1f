#include "kernels/plainAttention.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace mote {
namespace {

/** Rounds to codes from -most to most; returns their scale, which is no number where `x` has what is none. */
float roundToInt8(const float* x, int32_t size, float most, int8_t* codes) {
	float largest = 0;
	bool areNumbers = true;
	for (int32_t i = 0; i < size; i++) {
		largest = std::max(largest, std::fabs(x[i]));
		areNumbers = areNumbers && std::isfinite(x[i]);
	}
	const bool isNothing = !areNumbers || largest <= kLeastLargest;
	for (int32_t i = 0; i < size; i++) {
		codes[i] =
			isNothing ? int8_t{0} : static_cast<int8_t>(std::nearbyintf(x[i] * (most / largest)));
	}
	return !areNumbers ? NAN : isNothing ? 0 : largest / most;
}

/** Where element `i` of the vector at `position` stands in its block. */
ptrdiff_t elementOf(bool isKey, int32_t position, int32_t i, const KvLayout& layout) {
	const ptrdiff_t slot = position % kKvBlock;
	if (layout.format == KvFormat::int8) {
		return isKey ? KvLayout::int8Key(slot, i) : layout.int8Value(slot, i);
	}
	return isKey ? static_cast<ptrdiff_t>(i) * kKvBlock + slot : slot * layout.headDim + i;
}

void append(
	const float* x, bool isKey, int32_t position, const KvLayout& layout, std::byte* block
) {
	if (layout.format == KvFormat::float32) {
		for (int32_t i = 0; i < layout.headDim; i++) {
			reinterpret_cast<float*>(block)[elementOf(isKey, position, i, layout)] = x[i];
		}
		return;
	}
	std::vector<int8_t> codes(static_cast<size_t>(layout.headDim));
	auto* scales =
		reinterpret_cast<float*>(block + static_cast<ptrdiff_t>(kKvBlock) * layout.headDim);
	scales[position % kKvBlock] = roundToInt8(x, layout.headDim, kMostCode, codes.data());
	for (int32_t i = 0; i < layout.headDim; i++) {
		reinterpret_cast<int8_t*>(block)[elementOf(isKey, position, i, layout)] =
			codes[static_cast<size_t>(i)];
	}
}

/** Keys or values of one KV head. */
struct Cached {
	const std::byte* buffer;
	bool isKey;
	int32_t kvHead;
	const KvLayout& layout;

	const std::byte* block(int32_t position) const {
		return buffer + layout.blockOffset(position, kvHead);
	}
	float number(int32_t position, int32_t i) const {
		return reinterpret_cast<const float*>(block(position))[elementOf(isKey, position, i, layout)];
	}
	int32_t code(int32_t position, int32_t i) const {
		return reinterpret_cast<const int8_t*>(block(position))[elementOf(isKey, position, i, layout)];
	}
	float scale(int32_t position) const {
		const std::byte* scales = block(position) + static_cast<ptrdiff_t>(kKvBlock) * layout.headDim;
		return reinterpret_cast<const float*>(scales)[position % kKvBlock];
	}
};

/** Products of a query with the keys of 0 to `visible`. */
std::vector<double> scoresOf(const float* query, const Cached& keys, int32_t visible) {
	const int32_t headDim = keys.layout.headDim;
	std::vector<double> scores(static_cast<size_t>(visible));
	if (keys.layout.format == KvFormat::float32) {
		for (int32_t position = 0; position < visible; position++) {
			for (int32_t i = 0; i < headDim; i++) {
				scores[static_cast<size_t>(position)] +=
					static_cast<double>(query[i]) * static_cast<double>(keys.number(position, i));
			}
		}
		return scores;
	}
	std::vector<int8_t> codes(static_cast<size_t>(headDim));
	const float scale = roundToInt8(query, headDim, kMostQueryCode, codes.data());
	for (int32_t position = 0; position < visible; position++) {
		int32_t products = 0;
		for (int32_t i = 0; i < headDim; i++) {
			products += codes[static_cast<size_t>(i)] * keys.code(position, i);
		}
		scores[static_cast<size_t>(position)] =
			static_cast<double>(static_cast<float>(products) * (keys.scale(position) * scale));
	}
	return scores;
}

/** Adds what one block of values in int8 gives, its weights rounded together. */
void addInt8Block(
	const std::vector<double>& weights, int32_t start, const Cached& values, std::vector<double>& out
) {
	const int32_t end = std::min(start + kKvBlock, static_cast<int32_t>(weights.size()));
	float scaled[kKvBlock] = {};
	for (int32_t position = start; position < end; position++) {
		scaled[position - start] =
			static_cast<float>(weights[static_cast<size_t>(position)]) * values.scale(position);
	}
	int8_t codes[kKvBlock];
	const auto scale = static_cast<double>(roundToInt8(scaled, kKvBlock, kMostCode, codes));
	for (int32_t i = 0; i < values.layout.headDim; i++) {
		int32_t products = 0;
		for (int32_t position = start; position < end; position++) {
			products += codes[position - start] * values.code(position, i);
		}
		out[static_cast<size_t>(i)] += products * scale;
	}
}

/** Σ weight · value */
std::vector<double> weighted(const std::vector<double>& weights, const Cached& values) {
	const auto visible = static_cast<int32_t>(weights.size());
	std::vector<double> out(static_cast<size_t>(values.layout.headDim));
	if (values.layout.format == KvFormat::int8) {
		for (int32_t start = 0; start < visible; start += kKvBlock) {
			addInt8Block(weights, start, values, out);
		}
		return out;
	}
	for (int32_t i = 0; i < values.layout.headDim; i++) {
		for (int32_t position = 0; position < visible; position++) {
			out[static_cast<size_t>(i)] +=
				weights[static_cast<size_t>(position)] * static_cast<double>(values.number(position, i));
		}
	}
	return out;
}

} // namespace

namespace plain {

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

void attend(const AttentionTask& task, std::byte* /*scratch*/) {
	const KvLayout& layout = task.layout;
	const Cached keys{task.keys, true, task.kvHead, layout};
	const Cached values{task.values, false, task.kvHead, layout};
	for (int32_t p = 0; p < task.positions; p++) {
		for (int32_t head = 0; head < task.heads; head++) {
			const ptrdiff_t headStart = static_cast<ptrdiff_t>(head) * layout.headDim;
			const float* query = task.queries + static_cast<size_t>(p) * task.queryStride + headStart;
			float* out = task.out + static_cast<size_t>(p) * task.outStride + headStart;
			std::vector<double> weights = scoresOf(query, keys, task.firstPosition + p + 1);
			const double largest = *std::max_element(weights.begin(), weights.end());
			double sum = 0;
			for (double& weight : weights) {
				weight = std::exp(weight - largest);
				sum += weight;
			}
			const std::vector<double> sums = weighted(weights, values);
			for (int32_t i = 0; i < layout.headDim; i++) {
				out[i] = static_cast<float>(sums[static_cast<size_t>(i)] / sum);
			}
		}
	}
}

} // namespace plain

} // namespace mote
