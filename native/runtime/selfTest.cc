#include "runtime/selfTest.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace mote {
namespace {

// No multiples of what vectors hold, so that ends of rows are computed too.
constexpr int32_t kColumns = 5 * kBlock;
constexpr int32_t kRows = 37;
constexpr int32_t kActivationRows = 3;
constexpr int32_t kHeadDim = 32;
constexpr int32_t kPositions = kKvBlock + 5;

/** Memory in pieces that are aligned as kernels want them. */
struct alignas(64) Line {
	std::byte bytes[64];
};

std::byte* bytesOf(std::vector<Line>& lines) { return lines.data()->bytes; }

std::vector<Line> linesFor(size_t bytes) { return std::vector<Line>(bytes / sizeof(Line) + 1); }

/** The same numbers from -1 to 1 every time. */
std::vector<float> numbers(size_t count, uint32_t seed) {
	std::vector<float> values(count);
	uint32_t state = seed;
	for (float& value : values) {
		state = state * 1664525 + 1013904223;
		value = static_cast<float>(state >> 8) / static_cast<float>(1 << 23) - 1;
	}
	return values;
}

std::vector<float> linearLayer(const KernelTable& kernels) {
	const std::vector<float> x = numbers(kActivationRows * kColumns, 1);
	const std::vector<float> scales = numbers(kRows * kColumns / kBlock, 2);
	std::vector<uint8_t> codes(kRows * kColumns / 2);
	const std::vector<float> drawn = numbers(codes.size(), 3);
	std::ranges::transform(drawn, codes.begin(), [](float value) {
		return static_cast<uint8_t>((value + 1) * 127);
	});
	const Q8Layout layout(kColumns);
	std::vector<Line> quantized = linesFor(kActivationRows * layout.bytes);
	for (int32_t i = 0; i < kActivationRows; i++) {
		std::byte* row = bytesOf(quantized) + static_cast<size_t>(i) * layout.bytes;
		kernels.quantizeRow(x.data() + i * kColumns, layout, row);
	}
	std::vector<Line> packed = linesFor(Q4Packed::bytesFor(kRows, kColumns));
	packQ4({codes.data(), scales.data(), kRows, kColumns}, bytesOf(packed));
	const Q8Rows activations{bytesOf(quantized), layout};
	const Q4Packed weights{bytesOf(packed), kRows, kColumns};
	std::vector<float> out(kActivationRows * kRows);
	kernels.q4Product(weights, 0, kRows, activations, nullptr, kActivationRows, out.data(), kRows);
	return out;
}

std::vector<float> attention(const KernelTable& kernels, KvFormat format) {
	const KvLayout layout{1, kHeadDim, format};
	const size_t bytes = (kPositions / kKvBlock + 1) * layout.blockBytes();
	std::vector<Line> keys = linesFor(bytes);
	std::vector<Line> values = linesFor(bytes);
	for (int32_t position = 0; position < kPositions; position++) {
		const auto seed = static_cast<uint32_t>(position);
		const std::vector<float> key = numbers(kHeadDim, 100 + seed);
		const std::vector<float> value = numbers(kHeadDim, 200 + seed);
		kernels.appendKv(key.data(), value.data(), position, 0, layout, bytesOf(keys), bytesOf(values));
	}
	const std::vector<float> queries = numbers(kHeadDim, 4);
	std::vector<float> out(kHeadDim);
	std::vector<Line> scratch = linesFor(attentionScratchBytes(kHeadDim));
	const AttentionTask task{
		.queries = queries.data(),
		.out = out.data(),
		.queryStride = kHeadDim,
		.outStride = kHeadDim,
		.heads = 1,
		.positions = 1,
		.firstPosition = kPositions - 1,
		.kvHead = 0,
		.layout = layout,
		.keys = bytesOf(keys),
		.values = bytesOf(values),
	};
	kernels.attend(task, bytesOf(scratch));
	return out;
}

std::vector<float> summary(const KernelTable& kernels) {
	const std::vector<float> logits = numbers(1001, 5);
	const auto [logSum, best] = kernels.summarize(logits.data(), 1001);
	return {logSum, static_cast<float>(best)};
}

/** Up to the rounding to int8 that some kernels do at other places than others. */
bool isClose(const std::vector<float>& actual, const std::vector<float>& expected) {
	constexpr float kTolerance = 0.02F;
	float largest = 0;
	for (const float value : expected) {
		largest = std::max(largest, std::abs(value));
	}
	return std::ranges::equal(actual, expected, [&](float a, float b) {
		return std::abs(a - b) <= kTolerance * largest;
	});
}

} // namespace

bool agreesWithReference(const KernelTable& kernels) {
	const KernelTable& reference = kernelsFor(Instructions::reference);
	const auto agrees = [&](auto&& compute) { return isClose(compute(kernels), compute(reference)); };
	return agrees(linearLayer) && agrees(summary) &&
		agrees([](const KernelTable& set) { return attention(set, KvFormat::float32); }) &&
		agrees([](const KernelTable& set) { return attention(set, KvFormat::int8); });
}

} // namespace mote
