// Grouped-query attention over a KV cache in blocks: keys and values are read once for all queries of a group.
#pragma once

#include "kernelTable.h"
#include "unrolled.h"
#include "lanes.h"

namespace mote {
namespace {

constexpr float kUnseen = -1e30F;

/** One value in int8 with the scale of its row. */
static inline int8_t toInt8(float value, float inverseScale) {
	const float scaled = value * inverseScale;
	return static_cast<int8_t>(static_cast<int32_t>(scaled + (scaled < 0 ? -0.5F : 0.5F)));
}

static inline float largestMagnitude(const float* x, int32_t size) {
	float largest = 0;
	for (int32_t i = 0; i < size; i++) {
		const float magnitude = x[i] < 0 ? -x[i] : x[i];
		largest = magnitude > largest ? magnitude : largest;
	}
	return largest;
}

static void appendKv(const float* key, const float* value, int32_t position, int32_t kvHead,
	const KvLayout& layout, std::byte* keys, std::byte* values) {
	const int32_t size = layout.headDim;
	const ptrdiff_t slot = position % kKvBlock;
	const size_t offset = layout.blockOffset(position, kvHead);
	if (layout.format == KvFormat::float32) {
		auto* keyBlock = reinterpret_cast<float*>(keys + offset);
		for (ptrdiff_t i = 0; i < size; i++) {
			keyBlock[i * kKvBlock + slot] = key[i];
		}
		std::memcpy(reinterpret_cast<float*>(values + offset) + slot * size, value,
			static_cast<size_t>(size) * sizeof(float));
		return;
	}
	auto* keyBlock = reinterpret_cast<int8_t*>(keys + offset);
	auto* valueBlock = reinterpret_cast<int8_t*>(values + offset);
	const float keyScale = largestMagnitude(key, size) / 127.0F;
	const float valueScale = largestMagnitude(value, size) / 127.0F;
	const float keyInverse = keyScale > 0 ? 1.0F / keyScale : 0;
	const float valueInverse = valueScale > 0 ? 1.0F / valueScale : 0;
	for (ptrdiff_t i = 0; i < size; i++) {
		keyBlock[i * kKvBlock + slot] = toInt8(key[i], keyInverse);
		valueBlock[slot * size + i] = toInt8(value[i], valueInverse);
	}
	const ptrdiff_t elements = static_cast<ptrdiff_t>(kKvBlock) * size;
	reinterpret_cast<float*>(keyBlock + elements)[slot] = keyScale;
	reinterpret_cast<float*>(valueBlock + elements)[slot] = valueScale;
}

/** A block of keys or values as floats, without its scales: the cache itself where it holds floats. */
static inline const float* blockFloats(
	const std::byte* block, const KvLayout& layout, float* scratch) {
	if (layout.format == KvFormat::float32) {
		return reinterpret_cast<const float*>(block);
	}
	const auto* codes = reinterpret_cast<const int8_t*>(block);
	const int32_t elements = kKvBlock * layout.headDim;
	for (int32_t i = 0; i < elements; i += kLanes) {
		storeLanes(scratch + i, bytesToLanes(codes + i));
	}
	return scratch;
}

/** The scales of an int8 block. */
static inline const float* blockScales(const std::byte* block, const KvLayout& layout) {
	return reinterpret_cast<const float*>(block + static_cast<ptrdiff_t>(kKvBlock) * layout.headDim);
}

/** Blocks of keys that are scored together, so that enough sums are on their way at once. */
constexpr int32_t kScoredBlocks = kLanes == kKvBlock ? 2 : 1;

/** scores[q][key] for the keys of `B` blocks and Q queries. */
template <int32_t Q, int32_t B>
static inline void scoreBlocks(
	const float* const* keys, int32_t headDim, const float* const* queries, float* const* scores) {
	constexpr int32_t kPerBlock = kKvBlock / kLanes;
	Lanes sums[Q][B * kPerBlock] = {};
	for (ptrdiff_t i = 0; i < headDim; i++) {
		Lanes key[B * kPerBlock];
		MOTE_UNROLLED
		for (int32_t v = 0; v < B * kPerBlock; v++) {
			key[v] = loadLanes(keys[v / kPerBlock] + i * kKvBlock + v % kPerBlock * kLanes);
		}
		MOTE_UNROLLED
		for (int32_t q = 0; q < Q; q++) {
			const float query = queries[q][i];
			MOTE_UNROLLED
			for (int32_t v = 0; v < B * kPerBlock; v++) {
				sums[q][v] += key[v] * query;
			}
		}
	}
	MOTE_UNROLLED
	for (int32_t q = 0; q < Q; q++) {
		MOTE_UNROLLED
		for (int32_t v = 0; v < B * kPerBlock; v++) {
			storeLanes(scores[q] + v * kLanes, sums[q][v]);
		}
	}
}

/** out[q][..] += Σ weights[q][key] · values[key][..] for the keys of a block and Q queries. */
template <int32_t Q>
static inline void addBlock(const float* values, int32_t keys, int32_t headDim,
	const float (*weights)[kKvBlock], float* const* out) {
	// As many accumulators as registers hold beside a row of values.
	constexpr int32_t kVectors = kLanes == 8 || Q > 4 ? 2 : 4;
	int32_t from = 0;
	for (; from + kVectors * kLanes <= headDim; from += kVectors * kLanes) {
		Lanes sums[Q][kVectors];
		MOTE_UNROLLED
		for (int32_t q = 0; q < Q; q++) {
			MOTE_UNROLLED
			for (int32_t v = 0; v < kVectors; v++) {
				sums[q][v] = loadLanes(out[q] + from + v * kLanes);
			}
		}
		for (int32_t key = 0; key < keys; key++) {
			Lanes value[kVectors];
			MOTE_UNROLLED
			for (int32_t v = 0; v < kVectors; v++) {
				value[v] = loadLanes(values + static_cast<ptrdiff_t>(key) * headDim + from + v * kLanes);
			}
			MOTE_UNROLLED
			for (int32_t q = 0; q < Q; q++) {
				const float weight = weights[q][key];
				MOTE_UNROLLED
				for (int32_t v = 0; v < kVectors; v++) {
					sums[q][v] += value[v] * weight;
				}
			}
		}
		MOTE_UNROLLED
		for (int32_t q = 0; q < Q; q++) {
			MOTE_UNROLLED
			for (int32_t v = 0; v < kVectors; v++) {
				storeLanes(out[q] + from + v * kLanes, sums[q][v]);
			}
		}
	}
	for (; from < headDim; from++) {
		MOTE_UNROLLED
		for (int32_t q = 0; q < Q; q++) {
			for (int32_t key = 0; key < keys; key++) {
				out[q][from] += weights[q][key] * values[static_cast<ptrdiff_t>(key) * headDim + from];
			}
		}
	}
}

/** Queries that share a load of a key or value: as many as leave room for it among the registers. */
constexpr int32_t kQueryTile = kLanes == 16 ? 8 : kLanes == 8 ? 6 : 4;

template <int32_t Most, typename Tile>
static inline void lastTile(int32_t queries, int32_t first, const Tile& tile) {
	if constexpr (Most > 0) {
		if (queries == Most) {
			tile.template operator()<Most>(first);
		} else {
			lastTile<Most - 1>(queries, first, tile);
		}
	}
}

/** Calls `tile` with the number of its queries as a constant: kQueryTile of them, at the end fewer. */
template <typename Tile>
static inline void forQueryTiles(int32_t queries, const Tile& tile) {
	int32_t first = 0;
	for (; first + kQueryTile <= queries; first += kQueryTile) {
		tile.template operator()<kQueryTile>(first);
	}
	lastTile<kQueryTile - 1>(queries - first, first, tile);
}

/** What is kept of each query while blocks of keys go by: Milakov and Gimelshein, arXiv:1805.02867. */
struct Running {
	float* scores;   // [queries][kAttentionKeys]
	float* largest;  // [queries]
	float* sums;     // [queries]
	float* queries;  // [queries][headDim], side by side
	float* out;      // [queries][headDim]
	float* blocks;   // [kScoredBlocks][16][headDim]
};

static inline Running takeScratch(std::byte* scratch, int32_t queries, int32_t headDim) {
	auto* floats = reinterpret_cast<float*>(scratch);
	const ptrdiff_t rows = queries;
	Running running{};
	running.scores = floats;
	running.queries = running.scores + rows * kAttentionKeys;
	running.out = running.queries + rows * headDim;
	running.blocks = running.out + rows * headDim;
	running.largest = running.blocks + static_cast<ptrdiff_t>(kScoredBlocks) * kKvBlock * headDim;
	running.sums = running.largest + rows;
	return running;
}

/** Scores of all queries for the keys of `B` blocks from `position` on, into their places behind `offset`. */
template <int32_t B>
static void scoreSome(
	const AttentionTask& task, const Running& running, int32_t queries, int32_t position, int32_t offset) {
	const KvLayout& layout = task.layout;
	const std::byte* blocks[B];
	const float* keys[B];
	for (int32_t b = 0; b < B; b++) {
		blocks[b] = task.keys + layout.blockOffset(position + b * kKvBlock, task.kvHead);
		keys[b] = blockFloats(
			blocks[b], layout, running.blocks + static_cast<ptrdiff_t>(b) * kKvBlock * layout.headDim);
	}
	forQueryTiles(queries, [&]<int32_t Q>(int32_t first) {
		const float* rows[Q];
		float* scores[Q];
		MOTE_UNROLLED
		for (int32_t q = 0; q < Q; q++) {
			rows[q] = running.queries + static_cast<ptrdiff_t>(first + q) * layout.headDim;
			scores[q] = running.scores + static_cast<ptrdiff_t>(first + q) * kAttentionKeys + offset;
		}
		scoreBlocks<Q, B>(keys, layout.headDim, rows, scores);
		if (layout.format == KvFormat::int8) {
			for (int32_t key = 0; key < B * kKvBlock; key += kLanes) {
				const Lanes scales = loadLanes(blockScales(blocks[key / kKvBlock], layout) + key % kKvBlock);
				MOTE_UNROLLED
				for (int32_t q = 0; q < Q; q++) {
					storeLanes(scores[q] + key, loadLanes(scores[q] + key) * scales);
				}
			}
		}
	});
}

/** Scores of all queries for the keys of [start, start + keys), which begin at a block. */
static void scoreKeys(
	const AttentionTask& task, const Running& running, int32_t queries, int32_t start, int32_t keys) {
	constexpr int32_t kStep = kScoredBlocks * kKvBlock;
	int32_t offset = 0;
	for (; offset + kStep <= keys; offset += kStep) {
		scoreSome<kScoredBlocks>(task, running, queries, start + offset, offset);
	}
	for (; offset < keys; offset += kKvBlock) {
		scoreSome<1>(task, running, queries, start + offset, offset);
	}
}

/** Turns scores into weights e^(score - largest), and scales what was summed up before by the new largest. */
static void weighKeys(
	const Running& running, int32_t query, int32_t visible, int32_t roundedKeys, int32_t headDim) {
	float* scores = running.scores + static_cast<ptrdiff_t>(query) * kAttentionKeys;
	for (int32_t key = visible < 0 ? 0 : visible; key < roundedKeys; key++) {
		scores[key] = kUnseen;
	}
	Lanes largestLanes = allLanes(running.largest[query]);
	for (int32_t key = 0; key < roundedKeys; key += kLanes) {
		largestLanes = largerOf(largestLanes, loadLanes(scores + key));
	}
	const float largest = largestOf(largestLanes);
	Lanes sums = {};
	for (int32_t key = 0; key < roundedKeys; key += kLanes) {
		const Lanes weights = expLanes(loadLanes(scores + key) - largest);
		storeLanes(scores + key, weights);
		sums += weights;
	}
	const float before = running.largest[query];
	if (before != largest) {
		const float shrink = expLanes(allLanes(before - largest))[0];
		running.sums[query] *= shrink;
		float* out = running.out + static_cast<ptrdiff_t>(query) * headDim;
		for (int32_t i = 0; i < headDim; i++) {
			out[i] *= shrink;
		}
		running.largest[query] = largest;
	}
	running.sums[query] += sumOf(sums);
}

/** Adds the weighted values of [start, start + keys). */
static void addValues(
	const AttentionTask& task, const Running& running, int32_t queries, int32_t start, int32_t keys) {
	const KvLayout& layout = task.layout;
	for (int32_t offset = 0; offset < keys; offset += kKvBlock) {
		const std::byte* block = task.values + layout.blockOffset(start + offset, task.kvHead);
		const float* values = blockFloats(block, layout, running.blocks);
		// Behind the last position a cache holds anything, even what is no number.
		const int32_t filled = keys - offset < kKvBlock ? keys - offset : kKvBlock;
		forQueryTiles(queries, [&]<int32_t Q>(int32_t first) {
			float weights[Q][kKvBlock];
			float* out[Q];
			MOTE_UNROLLED
			for (int32_t q = 0; q < Q; q++) {
				std::memcpy(weights[q],
					running.scores + static_cast<ptrdiff_t>(first + q) * kAttentionKeys + offset, sizeof weights[q]);
				out[q] = running.out + static_cast<ptrdiff_t>(first + q) * layout.headDim;
				if (layout.format == KvFormat::int8) {
					const float* scales = blockScales(block, layout);
					for (int32_t key = 0; key < kKvBlock; key++) {
						weights[q][key] *= scales[key];
					}
				}
			}
			addBlock<Q>(values, filled, layout.headDim, weights, out);
		});
	}
}

static void attend(const AttentionTask& task, std::byte* scratch) {
	const int32_t headDim = task.layout.headDim;
	const int32_t queries = task.heads * task.positions;
	const Running running = takeScratch(scratch, queries, headDim);
	const size_t rowBytes = static_cast<size_t>(headDim) * sizeof(float);
	for (ptrdiff_t p = 0; p < task.positions; p++) {
		std::memcpy(running.queries + p * task.heads * headDim, task.queries + static_cast<size_t>(p) * task.queryStride,
			rowBytes * static_cast<size_t>(task.heads));
	}
	std::memset(running.out, 0, rowBytes * static_cast<size_t>(queries));
	for (int32_t q = 0; q < queries; q++) {
		running.largest[q] = kUnseen;
		running.sums[q] = 0;
	}
	const int32_t end = task.firstPosition + task.positions;
	for (int32_t start = 0; start < end; start += kAttentionKeys) {
		const int32_t keys = end - start < kAttentionKeys ? end - start : kAttentionKeys;
		const int32_t roundedKeys = (keys + kKvBlock - 1) / kKvBlock * kKvBlock;
		scoreKeys(task, running, queries, start, keys);
		for (int32_t q = 0; q < queries; q++) {
			const int32_t visible = task.firstPosition + q / task.heads + 1 - start;
			weighKeys(running, q, visible < keys ? visible : keys, roundedKeys, headDim);
		}
		addValues(task, running, queries, start, keys);
	}
	for (ptrdiff_t p = 0; p < task.positions; p++) {
		for (ptrdiff_t head = 0; head < task.heads; head++) {
			const ptrdiff_t q = p * task.heads + head;
			float* out = task.out + static_cast<size_t>(p) * task.outStride + head * headDim;
			const float inverse = 1.0F / running.sums[q];
			for (ptrdiff_t i = 0; i < headDim; i++) {
				out[i] = running.out[q * headDim + i] * inverse;
			}
		}
	}
}

}  // namespace
}  // namespace mote
