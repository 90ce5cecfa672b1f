/** The parts of operators that need no runtime: how work and memory are divided, and where weights go. */
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "ops/piece.h"
#include "ops/weightArena.h"
#include "ops/workspace.h"

#if defined(__linux__)
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

using namespace mote;

TEST_CASE("pieces cover everything once, in order and in whole steps, for any number of workers") {
	for (const int32_t size : {0, 1, 15, 16, 17, 63, 64, 1000, 1 << 24, INT32_MAX}) {
		for (const int32_t step : {1, 16}) {
			for (const int32_t workers : {1, 2, 3, 7, 64, 256}) {
				int32_t end = 0;
				for (int32_t worker = 0; worker < workers; worker++) {
					const Piece piece(size, worker, workers, step);
					REQUIRE(piece.first == end);
					REQUIRE(piece.last >= piece.first);
					REQUIRE((piece.last % step == 0 || piece.last == size));
					end = piece.last;
				}
				REQUIRE(end == size);
			}
		}
	}
}

TEST_CASE("pieces differ by one step at most") {
	for (int32_t worker = 0; worker < 3; worker++) {
		const int32_t size = Piece(160, worker, 3, 16).size();
		CHECK((size == 48 || size == 64));
	}
}

TEST_CASE(
	"parts of a workspace begin at multiples of 64 and don't overlap, also where they are large"
) {
	WorkspacePlan plan;
	CHECK(plan.part(1) == 0);
	CHECK(plan.part<float>(17) == 64);
	CHECK(plan.part(0) == 192);
	CHECK(plan.part<float>(size_t{1} << 32) == 192);
	CHECK(plan.bytes() == 192 + (size_t{1} << 34));
}

TEST_CASE("a workspace stays where it is until it has to grow") {
	Workspace workspace;
	std::byte* memory = workspace.withRoomFor(100);
	CHECK(reinterpret_cast<uintptr_t>(memory) % 64 == 0);
	std::memset(memory, 1, 128);
	CHECK(workspace.withRoomFor(128) == memory);
	CHECK(workspace.withRoomFor(0) == memory);
	std::byte* larger = workspace.withRoomFor(1'000'001);
	CHECK(reinterpret_cast<uintptr_t>(larger) % 64 == 0);
	std::memset(larger, 1, 1'000'001);
}

namespace {

/** 16 rows of a page of codes each, and their scales. */
constexpr int32_t kRows = 16;
constexpr int32_t kColumns = 8192;
constexpr size_t kCodeBytes = size_t{kRows} * kColumns / 2;
constexpr size_t kScales = size_t{kRows} * kColumns / kBlock;

uint8_t codeAt(size_t index) { return static_cast<uint8_t>(index * 37 + index / 256); }

/** The codes of a group's row, as they stand in a packed matrix. */
std::vector<uint8_t> unpackedRow(const Q4Packed& packed, int32_t row) {
	std::vector<uint8_t> codes(static_cast<size_t>(packed.columns) / 2);
	for (size_t i = 0; i < codes.size(); i++) {
		const size_t at =
			i / 16 * kGroupBlockBytes + i % 16 / 4 * 64 + static_cast<size_t>(row % kGroup) * 4 + i % 4;
		codes[i] = static_cast<uint8_t>(packed.group(row / kGroup)[at]);
	}
	return codes;
}

bool isPackedFrom(const Q4Packed& packed, size_t firstCode) {
	for (int32_t row = 0; row < packed.rows; row++) {
		const std::vector<uint8_t> codes = unpackedRow(packed, row);
		for (size_t i = 0; i < codes.size(); i++) {
			if (codes[i] != codeAt(firstCode + static_cast<size_t>(row) * codes.size() + i)) {
				return false;
			}
		}
	}
	return true;
}

} // namespace

TEST_CASE("an arena hands out memory at multiples of 64 that doesn't overlap, in pieces of any size"
) {
	WeightArena arena;
	std::vector<std::pair<std::byte*, size_t>> given;
	for (const size_t bytes :
			 {size_t{1}, size_t{64}, size_t{40} << 20, size_t{100}, size_t{31} << 20, size_t{31} << 20}) {
		std::byte* memory = arena.allocate(bytes);
		REQUIRE(reinterpret_cast<uintptr_t>(memory) % 64 == 0);
		memory[0] = memory[bytes - 1] = std::byte{1};
		for (const auto& [other, size] : given) {
			REQUIRE((memory + bytes <= other || other + size <= memory));
		}
		given.emplace_back(memory, bytes);
	}
}

TEST_CASE("rows that fill no group are filled up with zeros") {
	const std::vector<uint8_t> codes(size_t{3} * 64 / 2, 0xFF);
	const std::vector<float> scales(size_t{3} * 2, 2.0F);
	WeightArena arena;
	const Q4Packed packed = pack({codes.data(), scales.data(), 3, 64}, arena);
	CHECK(reinterpret_cast<uintptr_t>(packed.data) % 64 == 0);
	for (int32_t row = 0; row < kGroup; row++) {
		const std::vector<uint8_t> found = unpackedRow(packed, row);
		CHECK(std::ranges::all_of(found, [&](uint8_t code) { return code == (row < 3 ? 0xFF : 0); }));
		float scale = -1;
		std::memcpy(&scale, packed.data + 256 + row * 4, sizeof scale);
		CHECK(scale == (row < 3 ? 2.0F : 0.0F));
	}
}

TEST_CASE("packing leaves memory that is no file's as it is, of each matrix behind the one before"
) {
	std::vector<uint8_t> codes(3 * kCodeBytes);
	for (size_t i = 0; i < codes.size(); i++) {
		codes[i] = codeAt(i);
	}
	const std::vector<float> scales(3 * kScales, 1.5F);
	WeightArena arena;
	const auto packed = packEach({codes.data(), scales.data(), kRows, kColumns}, 3, arena);
	REQUIRE(packed.size() == 3);
	for (size_t i = 0; i < packed.size(); i++) {
		CHECK(isPackedFrom(packed[i], i * kCodeBytes));
	}
	for (size_t i = 0; i < codes.size(); i++) {
		REQUIRE(codes[i] == codeAt(i));
	}
	CHECK(std::ranges::all_of(scales, [](float scale) { return scale == 1.5F; }));
}

#if defined(__linux__)

namespace {

/** A mapping of a temporary file that holds the codes; of zeros where it has no file. */
class Mapping {
 public:
	Mapping(bool hasFile, int protection, int flags) {
		int descriptor = -1;
		if (hasFile) {
			char name[] = "/tmp/mote-weights-XXXXXX";
			descriptor = mkstemp(name);
			unlink(name);
			std::vector<uint8_t> codes(kCodeBytes);
			for (size_t i = 0; i < codes.size(); i++) {
				codes[i] = codeAt(i);
			}
			REQUIRE(write(descriptor, codes.data(), codes.size()) == static_cast<ssize_t>(codes.size()));
		}
		void* address = mmap(nullptr, kCodeBytes, protection, flags, descriptor, 0);
		REQUIRE(address != MAP_FAILED);
		data_ = static_cast<uint8_t*>(address);
		if (descriptor >= 0) {
			close(descriptor);
		}
	}
	~Mapping() { munmap(data_, kCodeBytes); }
	Mapping(const Mapping&) = delete;
	Mapping& operator=(const Mapping&) = delete;

	uint8_t* data() const { return data_; }

 private:
	uint8_t* data_;
};

Q4Packed packCodes(const uint8_t* codes, WeightArena& arena) {
	static const std::vector<float> scales(kScales, 1.0F);
	return pack({codes, scales.data(), kRows, kColumns}, arena);
}

} // namespace

TEST_CASE("a model's file can still be read after it was packed") {
	for (const int flags : {MAP_SHARED, MAP_PRIVATE}) {
		const Mapping file(true, PROT_READ, flags);
		WeightArena arena;
		const Q4Packed packed = packCodes(file.data(), arena);
		CHECK(isPackedFrom(packed, 0));
		CHECK(isPackedFrom(packCodes(file.data(), arena), 0));
	}
}

TEST_CASE("packing loses nothing that was written to memory, whether a file stands behind it or not"
) {
	for (const bool hasFile : {true, false}) {
		const int flags = hasFile ? MAP_PRIVATE : MAP_PRIVATE | MAP_ANONYMOUS;
		const Mapping memory(hasFile, PROT_READ | PROT_WRITE, flags);
		std::memset(memory.data(), 0xA5, kCodeBytes);
		WeightArena arena;
		packCodes(memory.data(), arena);
		CHECK(std::all_of(memory.data(), memory.data() + kCodeBytes, [](uint8_t code) {
			return code == 0xA5;
		}));
	}
}

#if !defined(__aarch64__) // An emulator's pages aren't the system's.

TEST_CASE("pages of a model's file are let go when they were packed, and only whole ones") {
	// The last is how ONNX Runtime maps weights.
	for (const auto& [protection, flags] :
			 {std::pair{PROT_READ, MAP_SHARED},
				{PROT_READ, MAP_PRIVATE},
				{PROT_READ | PROT_WRITE, MAP_PRIVATE}}) {
		const Mapping file(true, protection, flags);
		const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
		const auto presentPages = [&] {
			const int pagemap = open("/proc/self/pagemap", O_RDONLY);
			std::vector<uint64_t> entries(kCodeBytes / page);
			const auto first = reinterpret_cast<uintptr_t>(file.data()) / page * sizeof(uint64_t);
			const auto bytes = static_cast<ssize_t>(entries.size() * sizeof(uint64_t));
			REQUIRE(
				pread(pagemap, entries.data(), static_cast<size_t>(bytes), static_cast<off_t>(first)) ==
				bytes
			);
			close(pagemap);
			return std::ranges::count_if(entries, [](uint64_t entry) { return entry >> 63 != 0; });
		};
		WeightArena arena;
		packCodes(file.data(), arena);
		CHECK(presentPages() == 0);
		// 15 rows begin and end at pages, and codes that begin 32 bytes later don't.
		static const std::vector<float> scales(kScales, 1.0F);
		pack({file.data() + 32, scales.data(), kRows - 1, kColumns}, arena);
		CHECK(presentPages() == 2);
	}
}

#endif
#endif
