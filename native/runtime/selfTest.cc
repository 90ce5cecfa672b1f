#include "runtime/selfTest.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace mote {

namespace {

// No multiples of what vectors hold, so that ends of rows are computed too.
constexpr std::int32_t columns = 5 * kBlock;
constexpr std::int32_t rows = 37;
constexpr std::int32_t activationRows = 3;
constexpr std::int32_t headDim = 32;
constexpr std::int32_t positions = kKvBlock + 5;

/** Memory in pieces that are aligned as kernels want them. */
struct alignas(64) Line {
	std::byte bytes[64];
};

std::byte* bytesOf(std::vector<Line>& lines) { return lines.data()->bytes; }

std::vector<Line> linesFor(std::size_t bytes) {
	return std::vector<Line>(bytes / sizeof(Line) + 1);
}

/** The same numbers from -1 to 1 every time. */
std::vector<float> numbers(std::size_t count, std::uint32_t seed) {
	std::vector<float> values(count);
	std::uint32_t state = seed;
	for (float& value : values) {
		state = state * 1664525 + 1013904223;
		value = static_cast<float>(state >> 8) / static_cast<float>(1 << 23) - 1;
	}
	return values;
}

std::vector<float> linearLayer(const KernelTable& kernels) {
	const std::vector<float> x = numbers(activationRows * columns, 1);
	const std::vector<float> scales = numbers(rows * columns / kBlock, 2);
	std::vector<std::uint8_t> codes(rows * columns / 2);
	const std::vector<float> drawn = numbers(codes.size(), 3);
	std::ranges::transform(drawn, codes.begin(), [](float value) {
		return static_cast<std::uint8_t>((value + 1) * 127);
	});
	const Q8Layout layout(columns);
	std::vector<Line> quantized = linesFor(activationRows * layout.bytes);
	for (std::int32_t i = 0; i < activationRows; i++) {
		std::byte* row = bytesOf(quantized) + static_cast<std::size_t>(i) * layout.bytes;
		kernels.quantizeRow(x.data() + i * columns, layout, row);
	}
	const Q4Matrix weights{codes.data(), scales.data(), rows, columns};
	const Q8Rows activations{bytesOf(quantized), layout};
	std::vector<Line> scratch = linesFor(q4ScratchBytes(columns));
	std::vector<float> out(activationRows * rows);
	kernels.q4Product(
		weights, 0, rows, activations, nullptr, activationRows, out.data(), rows, bytesOf(scratch)
	);
	return out;
}

std::vector<float> attention(const KernelTable& kernels, KvFormat format) {
	const KvLayout layout{1, headDim, format};
	const std::size_t bytes = (positions / kKvBlock + 1) * layout.blockBytes();
	std::vector<Line> keys = linesFor(bytes);
	std::vector<Line> values = linesFor(bytes);
	for (std::int32_t position = 0; position < positions; position++) {
		const auto seed = static_cast<std::uint32_t>(position);
		const std::vector<float> key = numbers(headDim, 100 + seed);
		const std::vector<float> value = numbers(headDim, 200 + seed);
		kernels.appendKv(key.data(), value.data(), position, 0, layout, bytesOf(keys), bytesOf(values));
	}
	const std::vector<float> queries = numbers(headDim, 4);
	std::vector<float> out(headDim);
	std::vector<Line> scratch = linesFor(attentionScratchBytes(headDim));
	const AttentionTask task{
		.queries = queries.data(),
		.out = out.data(),
		.queryStride = headDim,
		.outStride = headDim,
		.heads = 1,
		.positions = 1,
		.firstPosition = positions - 1,
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
	constexpr float tolerance = 0.02f;
	float largest = 0;
	for (const float value : expected) {
		largest = std::max(largest, std::abs(value));
	}
	return std::ranges::equal(actual, expected, [&](float a, float b) {
		return std::abs(a - b) <= tolerance * largest;
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
