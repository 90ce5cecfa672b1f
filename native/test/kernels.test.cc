/** Every set of kernels that this processor runs, against plain C++. */
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <vector>

#include "test/kernelTesting.h"

using namespace mote;

namespace {

/** An int4 matrix in memory of exactly its size, so that the sanitizer sees a read beyond it. */
struct Weights {
	std::vector<uint8_t> codes;
	std::vector<float> scales;
	Q4Matrix matrix;
	Aligned memory;

	Weights(Source& source, int32_t rows, int32_t columns)
			: codes(static_cast<size_t>(rows) * static_cast<size_t>(columns) / 2),
				scales(codes.size() * 2 / kBlock),
				matrix{codes.data(), scales.data(), rows, columns},
				memory(Q4Packed::bytesFor(rows, columns)) {
		for (uint8_t& code : codes) {
			code = static_cast<uint8_t>(source.below(256));
		}
		for (float& scale : scales) {
			scale = source.value() * 0.1F;
		}
	}
	Q4Packed packed() {
		packQ4(matrix, memory.get());
		return {memory.get(), matrix.rows, matrix.columns};
	}
};

struct Activations {
	Q8Layout layout;
	Aligned memory;

	Activations(const KernelTable& kernels, Source& source, int32_t rows, int32_t columns)
			: layout(columns), memory(layout.bytes * static_cast<size_t>(rows)) {
		for (int32_t row = 0; row < rows; row++) {
			const std::vector<float> x = source.values(static_cast<size_t>(columns), 3);
			kernels.quantizeRow(x.data(), layout, memory.get() + static_cast<size_t>(row) * layout.bytes);
		}
	}
	Q8Rows rows() { return {memory.get(), layout}; }
};

} // namespace

TEST_CASE("rows are rounded to the same codes, sums and scales") {
	forEachKernels([](const KernelTable& kernels) {
		for (const int32_t columns : {32, 64, 96, 160, 512}) {
			Source mine(7);
			Source theirs(7);
			Activations found(kernels, mine, 3, columns);
			Activations wanted(plain(), theirs, 3, columns);
			for (size_t row = 0; row < 3; row++) {
				const size_t start = row * found.layout.bytes;
				REQUIRE(std::equal(
					found.memory.get() + start,
					found.memory.get() + start + found.layout.used,
					wanted.memory.get() + start
				));
			}
		}
	});
}

TEST_CASE("a row of zeros rounds to zeros") {
	forEachKernels([](const KernelTable& kernels) {
		const Q8Layout layout(64);
		Aligned row(layout.bytes);
		const std::vector<float> zeros(64);
		kernels.quantizeRow(zeros.data(), layout, row.get());
		for (size_t i = 0; i < layout.used; i++) {
			REQUIRE(row.get()[i] == std::byte{0});
		}
	});
}

TEST_CASE("rows that are no numbers give products that are none, and nothing worse") {
	for (const Instructions instructions : kAllInstructions) {
		if (!isUsable(instructions)) {
			continue;
		}
		CAPTURE(nameOf(instructions));
		const KernelTable& kernels = kernelsFor(instructions);
		Source source(23);
		Weights weights(source, 20, 64);
		const Q4Packed packed = weights.packed();
		const Q8Layout layout(64);
		Aligned row(layout.bytes);
		const auto multiply = [&](const std::vector<float>& x) {
			kernels.quantizeRow(x.data(), layout, row.get());
			std::vector<float> found(20);
			kernels.q4Product(packed, 0, 20, {row.get(), layout}, nullptr, 1, found.data(), 20);
			return found;
		};
		const std::vector<float> none(64, std::nanf(""));
		for (const float product : multiply(none)) {
			REQUIRE(std::isnan(product));
		}
		// What a block with some of them becomes is nobody's promise, but it is something.
		for (const float odd : {std::nanf(""), INFINITY, -INFINITY, 1e-40F, FLT_MAX}) {
			std::vector<float> x(64, 1.0F);
			x[7] = odd;
			REQUIRE(multiply(x).size() == 20);
		}
	}
}

TEST_CASE("a packed matrix multiplies as the matrix of the file does") {
	Source source(19);
	Weights weights(source, 37, 96);
	const Q4Packed packed = weights.packed();
	const Q8Layout layout(96);
	Aligned row(layout.bytes);
	for (int32_t column = 0; column < 96; column++) {
		std::vector<float> x(96);
		x[static_cast<size_t>(column)] = 127;
		plain().quantizeRow(x.data(), layout, row.get());
		std::vector<float> found(37);
		plain().q4Product(packed, 0, 37, {row.get(), layout}, nullptr, 1, found.data(), 37);
		for (int32_t n = 0; n < 37; n++) {
			const auto byte = static_cast<int32_t>(weights.matrix.rowCodes(n)[column / 2]);
			const int32_t code = column % 2 == 0 ? byte & 15 : byte >> 4;
			const float weight =
				static_cast<float>(code - 8) * weights.matrix.rowScales(n)[column / kBlock];
			REQUIRE(found[static_cast<size_t>(n)] == doctest::Approx(weight * 127));
		}
	}
}

TEST_CASE("products of int4 weights are those of plain C++ for any shape and number of rows") {
	forEachKernels([](const KernelTable& kernels) {
		Source source(11);
		for (const int32_t columns : {32, 64, 96, 128, 160, 384, 512}) {
			for (const int32_t count : {1, 2, 3, 4, 5, 7, 8, 9, 13, 33}) {
				const int32_t rows = 1 + source.below(90);
				CAPTURE(columns);
				CAPTURE(count);
				CAPTURE(rows);
				Weights weights(source, rows, columns);
				Activations activations(plain(), source, count, columns);
				std::vector<int32_t> indices(static_cast<size_t>(count));
				for (int32_t& index : indices) {
					index = source.below(count);
				}
				const int32_t first = source.below((rows + kGroup - 1) / kGroup) * kGroup;
				const Q4Packed packed = weights.packed();
				const auto width = static_cast<size_t>(rows - first);
				for (const int32_t* chosen :
						 {static_cast<const int32_t*>(nullptr), static_cast<const int32_t*>(indices.data())}) {
					std::vector<float> found(width * static_cast<size_t>(count));
					std::vector<float> wanted(found.size());
					kernels.q4Product(
						packed, first, rows, activations.rows(), chosen, count, found.data(), width
					);
					plain().q4Product(
						packed, first, rows, activations.rows(), chosen, count, wanted.data(), width
					);
					checkClose(found, wanted, 2e-6F);
				}
			}
		}
	});
}

TEST_CASE("codes and activations at their limits don't overflow") {
	forEachKernels([](const KernelTable& kernels) {
		for (const int32_t columns : {64, 512}) {
			for (const uint8_t code : {uint8_t{0x00}, uint8_t{0xFF}}) {
				for (const float sign : {1.0F, -1.0F}) {
					Source source(1);
					Weights weights(source, 32, columns);
					std::fill(weights.codes.begin(), weights.codes.end(), code);
					std::fill(weights.scales.begin(), weights.scales.end(), 1.0F);
					const Q4Packed packed = weights.packed();
					const Q8Layout layout(columns);
					Aligned memory(layout.bytes * 9);
					const std::vector<float> x(static_cast<size_t>(columns), 127 * sign);
					for (size_t row = 0; row < 9; row++) {
						kernels.quantizeRow(x.data(), layout, memory.get() + row * layout.bytes);
					}
					for (const int32_t count : {1, 9}) {
						std::vector<float> found(32 * static_cast<size_t>(count));
						kernels.q4Product(
							packed, 0, 32, {memory.get(), layout}, nullptr, count, found.data(), 32
						);
						const float each = static_cast<float>((code & 15) - 8) * 127 * sign;
						for (const float sum : found) {
							REQUIRE(sum == doctest::Approx(each * static_cast<float>(columns)));
						}
					}
				}
			}
		}
	});
}

TEST_CASE("norms, rotation, the router's product, SwiGLU and sums are those of plain C++") {
	forEachKernels([](const KernelTable& kernels) {
		Source source(3);
		for (const int32_t size : {2, 6, 16, 64, 96, 512, 514}) {
			CAPTURE(size);
			const auto count = static_cast<size_t>(size);
			const auto x = source.values(2 * count, 4);
			const auto weight = source.values(count);
			const auto cos = source.values(count / 2);
			const auto sin = source.values(count / 2);
			const auto dense = source.values(count * 5);
			const auto both = [&](const auto& run, size_t outputs, float tolerance) {
				std::vector<float> found(outputs, 0.25F);
				std::vector<float> wanted(outputs, 0.25F);
				run(kernels, found.data());
				run(plain(), wanted.data());
				checkClose(found, wanted, tolerance);
			};
			both(
				[&](const KernelTable& k, float* out) {
					k.rmsNorm(x.data(), weight.data(), 1e-6F, size, out);
				},
				count,
				1e-6F
			);
			both(
				[&](const KernelTable& k, float* out) {
					k.rotateHead(x.data(), weight.data(), 1e-6F, cos.data(), sin.data(), 0.125F, size, out);
				},
				count,
				1e-6F
			);
			both(
				[&](const KernelTable& k, float* out) { k.product(dense.data(), x.data(), 5, size, out); },
				5,
				1e-5F
			);
			both([&](const KernelTable& k, float* out) { k.swiglu(x.data(), size, out); }, count, 1e-6F);
			both(
				[&](const KernelTable& k, float* out) { k.addScaled(x.data(), 0.7F, size, out); },
				count,
				1e-6F
			);
		}
	});
}

TEST_CASE("a row of logits is summed up right, the first of equals being the best") {
	forEachKernels([](const KernelTable& kernels) {
		Source source(5);
		for (const int32_t size : {1, 15, 16, 100, 16384}) {
			auto logits = source.values(static_cast<size_t>(size), 30);
			logits[static_cast<size_t>(size / 2)] = 40;
			logits[static_cast<size_t>(size - 1)] = 40;
			const RowSummary found = kernels.summarize(logits.data(), size);
			const RowSummary wanted = plain().summarize(logits.data(), size);
			REQUIRE(found.best == size / 2);
			REQUIRE(wanted.best == size / 2);
			REQUIRE(found.logSum == doctest::Approx(wanted.logSum).epsilon(1e-6));
		}
		std::vector<float> broken(20, 1);
		broken[3] = std::nanf("");
		REQUIRE(std::isnan(kernels.summarize(broken.data(), 20).logSum));
	});
}
