/** KV caches and attention of every set of kernels that this processor runs, against plain C++. */
#include <cstring>

#include "test/kernelTesting.h"

using namespace mote;

TEST_CASE("keys and values that are no numbers stay none, and leave other positions alone") {
	for (const Instructions instructions : kAllInstructions) {
		if (!isUsable(instructions)) {
			continue;
		}
		CAPTURE(nameOf(instructions));
		const KvLayout layout{1, 16, KvFormat::int8};
		std::vector<std::byte> keys(layout.blockBytes());
		std::vector<std::byte> values(layout.blockBytes());
		std::vector<float> key(16, 1.0F);
		std::vector<float> value(16, 2.0F);
		key[3] = std::nanf("");
		value[4] = INFINITY;
		kernelsFor(instructions)
			.appendKv(key.data(), value.data(), 5, 0, layout, keys.data(), values.data());
		const auto scaleOf = [](const std::vector<std::byte>& block) {
			float scale = 0;
			std::memcpy(&scale, block.data() + 16 * 16 + 5 * sizeof(float), sizeof scale);
			return scale;
		};
		CHECK(std::isnan(scaleOf(keys)));
		CHECK(std::isnan(scaleOf(values)));
		CHECK(std::ranges::count(keys, std::byte{0}) == 16 * 16 + 15 * 4 + 2);
	}
}

namespace {

/** A cache with `length` positions filled by `kernels`, and junk behind them. */
struct Cache {
	KvLayout layout;
	std::vector<std::byte> keys;
	std::vector<std::byte> values;

	Cache(const KernelTable& kernels, Source& source, const KvLayout& layout, int32_t length)
			: layout(layout),
				keys(
					static_cast<size_t>((length + kKvBlock - 1) / kKvBlock * layout.kvHeads) *
						layout.blockBytes(),
					std::byte{0x7F}
				),
				values(keys) {
		for (int32_t position = 0; position < length; position++) {
			for (int32_t head = 0; head < layout.kvHeads; head++) {
				const auto key = source.values(static_cast<size_t>(layout.headDim), 2);
				const auto value = source.values(static_cast<size_t>(layout.headDim), 2);
				kernels.appendKv(
					key.data(), value.data(), position, head, layout, keys.data(), values.data()
				);
			}
		}
	}
};

std::vector<float> attended(
	const KernelTable& kernels,
	const Cache& cache,
	int32_t kvHead,
	int32_t heads,
	int32_t positions,
	int32_t length,
	const std::vector<float>& queries
) {
	const size_t stride = static_cast<size_t>(heads * cache.layout.headDim) + 5;
	std::vector<float> out(stride * static_cast<size_t>(positions));
	Aligned scratch(attentionScratchBytes(cache.layout.headDim));
	kernels.attend(
		{queries.data(),
		 out.data(),
		 stride,
		 stride,
		 heads,
		 positions,
		 length - positions,
		 kvHead,
		 cache.layout,
		 cache.keys.data(),
		 cache.values.data()},
		scratch.get()
	);
	return out;
}

/** How many numbers differ by more than `tolerance`. */
size_t distant(const std::vector<float>& found, const std::vector<float>& wanted, float tolerance) {
	size_t count = 0;
	for (size_t i = 0; i < found.size(); i++) {
		count += std::fabs(found[i] - wanted[i]) > tolerance ? 1 : 0;
	}
	return count;
}

} // namespace

TEST_CASE("attention is that of plain C++ in both formats, for any lengths and groups") {
	forEachKernels([](const KernelTable& kernels) {
		for (const KvFormat format : {KvFormat::float32, KvFormat::int8}) {
			Source source(13);
			size_t elsewhere = 0;
			size_t all = 0;
			for (int32_t round = 0; round < 40; round++) {
				const int32_t headDim = 16 * (1 + source.below(8));
				const int32_t heads = 1 + source.below(8);
				const int32_t positions =
					1 + source.below(kMaxQueries / heads < 20 ? kMaxQueries / heads : 20);
				const int32_t length = positions + source.below(400);
				const KvLayout layout{1 + source.below(3), headDim, format};
				const Cache cache(plain(), source, layout, length);
				const int32_t kvHead = source.below(layout.kvHeads);
				const auto queries = source.values(static_cast<size_t>((heads * headDim + 5) * positions));
				CAPTURE(headDim);
				CAPTURE(heads);
				CAPTURE(positions);
				CAPTURE(length);
				const auto found = attended(kernels, cache, kvHead, heads, positions, length, queries);
				const auto wanted = attended(plain(), cache, kvHead, heads, positions, length, queries);
				if (format == KvFormat::float32) {
					checkClose(found, wanted, 1e-5F);
				} else {
					// What lies between two codes may become either of them, and then all of a query's outputs move a little.
					checkClose(found, wanted, 1.0F / 127);
					elsewhere += distant(found, wanted, 1e-5F);
					all += found.size();
				}
			}
			CHECK(elsewhere <= all / 50);
		}
	});
}

TEST_CASE("keys and values are put into the cache as by plain C++") {
	forEachKernels([](const KernelTable& kernels) {
		for (const KvFormat format : {KvFormat::float32, KvFormat::int8}) {
			Source mine(17);
			Source theirs(17);
			const KvLayout layout{2, 64, format};
			const Cache found(kernels, mine, layout, 37);
			const Cache wanted(plain(), theirs, layout, 37);
			REQUIRE(found.keys == wanted.keys);
			REQUIRE(found.values == wanted.values);
		}
	});
}

TEST_CASE("attention in int8 is that in float32 but for what rounding takes") {
	for (const Instructions instructions : kAllInstructions) {
		if (!isUsable(instructions)) {
			continue;
		}
		CAPTURE(nameOf(instructions));
		const KernelTable& kernels = kernelsFor(instructions);
		for (const float sharpness : {0.02F, 0.2F, 1.0F}) {
			CAPTURE(sharpness);
			const auto outputs = [&](KvFormat format) {
				Source source(23);
				const KvLayout layout{1, 64, format};
				const Cache cache(kernels, source, layout, 500);
				const auto queries = source.values((4 * 64 + 5) * 3, sharpness);
				return attended(kernels, cache, 0, 4, 3, 500, queries);
			};
			// Values go up to 2.
			checkClose(outputs(KvFormat::int8), outputs(KvFormat::float32), 0.02F);
		}
	}
}

TEST_CASE("what is no number behind a query's position doesn't reach it, in front of it does") {
	for (const Instructions instructions : kAllInstructions) {
		if (!isUsable(instructions)) {
			continue;
		}
		CAPTURE(nameOf(instructions));
		const KernelTable& kernels = kernelsFor(instructions);
		for (const bool isKey : {true, false}) {
			CAPTURE(isKey);
			for (const int32_t broken : {0, 17, 18, 19}) {
				CAPTURE(broken);
				Source source(29);
				const KvLayout layout{1, 32, KvFormat::int8};
				Cache cache(kernels, source, layout, 20);
				const std::vector<float> none(32, std::nanf(""));
				const auto good = source.values(32);
				kernels.appendKv(
					(isKey ? none : good).data(),
					(isKey ? good : none).data(),
					broken,
					0,
					layout,
					cache.keys.data(),
					cache.values.data()
				);
				const auto queries = source.values((2 * 32 + 5) * 3, 0.1F);
				const auto found = attended(kernels, cache, 0, 2, 3, 20, queries);
				for (int32_t position = 17; position < 20; position++) {
					for (size_t i = 0; i < 2 * 32; i++) {
						const float out = found[static_cast<size_t>(position - 17) * (2 * 32 + 5) + i];
						REQUIRE(std::isnan(out) == (broken <= position));
					}
				}
			}
		}
	}
}

TEST_CASE("codes at their limits don't overflow in attention") {
	for (const Instructions instructions : kAllInstructions) {
		if (!isUsable(instructions)) {
			continue;
		}
		CAPTURE(nameOf(instructions));
		const KernelTable& kernels = kernelsFor(instructions);
		const KvLayout layout{1, 64, KvFormat::int8};
		for (const float sign : {1.0F, -1.0F}) {
			Source source(31);
			Cache cache(kernels, source, layout, 32);
			const std::vector<float> key(64, 0.25F * sign);
			const std::vector<float> value(64, 3 * sign);
			for (int32_t position = 0; position < 32; position++) {
				// The upper half of them is seen, the lower not at all, if nothing is lost.
				const std::vector<float> opposite(64, -0.25F * sign);
				kernels.appendKv(
					(position < 16 ? opposite : key).data(),
					value.data(),
					position,
					0,
					layout,
					cache.keys.data(),
					cache.values.data()
				);
			}
			const std::vector<float> queries(64 + 5, sign);
			for (size_t i = 0; i < 64; i++) {
				CHECK(
					attended(kernels, cache, 0, 1, 1, 32, queries)[i] ==
					doctest::Approx(value[i]).epsilon(1e-5)
				);
			}
		}
	}
}

TEST_CASE("a position that is written again leaves its neighbours as they were") {
	forEachKernels([](const KernelTable& kernels) {
		Source source(37);
		const KvLayout layout{2, 32, KvFormat::int8};
		Cache cache(kernels, source, layout, 21);
		const Cache before = cache;
		const auto key = source.values(32);
		const auto value = source.values(32);
		const auto write = [&](Cache& to, const std::vector<float>& k, const std::vector<float>& v) {
			kernels.appendKv(k.data(), v.data(), 18, 1, layout, to.keys.data(), to.values.data());
		};
		write(cache, key, value);
		CHECK(cache.keys != before.keys);
		CHECK(cache.values != before.values);
		// Bytes of its own: one for each element, and a scale.
		const auto changed = [](const std::vector<std::byte>& a, const std::vector<std::byte>& b) {
			size_t count = 0;
			for (size_t i = 0; i < a.size(); i++) {
				count += a[i] == b[i] ? 0 : 1;
			}
			return count;
		};
		CHECK(changed(cache.keys, before.keys) <= 32 + sizeof(float));
		CHECK(changed(cache.values, before.values) <= 32 + sizeof(float));
	});
}
