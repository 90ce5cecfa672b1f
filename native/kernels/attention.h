/** Grouped-query attention over a KV cache in blocks: keys and values are read once for all queries of a group. */
#pragma once

#include "kernels/kernelTable.h"
#include "kernels/lanes.h"
#include "kernels/unrolled.h"

namespace mote {
namespace {

/** A block of keys or values whose elements are floats. */
struct FloatBlock {
	static Lanes lanesAt(const std::byte* block, ptrdiff_t element) {
		return loadLanes(reinterpret_cast<const float*>(block) + element);
	}
	/** The scales of its positions: none. */
	static const float* scales(const std::byte*, ptrdiff_t) { return nullptr; }
};

/** One whose elements are int8, with a scale for each position. They are converted each time that they are used. */
struct Int8Block {
	static Lanes lanesAt(const std::byte* block, ptrdiff_t element) {
		return bytesToLanes(reinterpret_cast<const int8_t*>(block) + element);
	}
	static const float* scales(const std::byte* block, ptrdiff_t headDim) {
		return reinterpret_cast<const float*>(block + kKvBlock * headDim);
	}
};

/** Keys that one query can't see have weights of e to this minus the largest score: 0. */
constexpr float kUnseen = -1e30F;

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

/**
 * Attention of one task, in which what is kept of each query goes along while blocks of keys go by: Milakov and
 * Gimelshein, arXiv:1805.02867.
 */
template <typename Block>
class Attention {
 public:
	Attention(const AttentionTask& task, std::byte* scratch)
			: task_(task), headDim_(task.layout.headDim), queries_(task.heads * task.positions) {
		const ptrdiff_t rows = queries_;
		scores_ = reinterpret_cast<float*>(scratch);
		rows_ = scores_ + rows * kAttentionKeys;
		out_ = rows_ + rows * headDim_;
		largest_ = out_ + rows * headDim_;
		sums_ = largest_ + rows;
	}

	void run() {
		begin();
		const int32_t end = task_.firstPosition + task_.positions;
		for (int32_t start = 0; start < end; start += kAttentionKeys) {
			const int32_t keys = end - start < kAttentionKeys ? end - start : kAttentionKeys;
			scoreKeys(start, keys);
			for (int32_t q = 0; q < queries_; q++) {
				const int32_t visible = task_.firstPosition + q / task_.heads + 1 - start;
				weighKeys(q, start, keys, visible < keys ? visible : keys);
			}
			addValues(start, keys);
		}
		finish();
	}

 private:
	/** Blocks of keys that are scored together, so that enough sums are on their way at once. */
	static constexpr int32_t kScoredBlocks = kLanes == kKvBlock ? 2 : 1;
	static constexpr int32_t kPerBlock = kKvBlock / kLanes;

	void begin() {
		const auto headBytes = static_cast<size_t>(headDim_) * sizeof(float);
		for (ptrdiff_t p = 0; p < task_.positions; p++) {
			std::memcpy(
				rows_ + p * task_.heads * headDim_,
				task_.queries + static_cast<size_t>(p) * task_.queryStride,
				headBytes * static_cast<size_t>(task_.heads)
			);
		}
		std::memset(out_, 0, headBytes * static_cast<size_t>(queries_));
		for (int32_t q = 0; q < queries_; q++) {
			largest_[q] = kUnseen;
			sums_[q] = 0;
		}
	}

	void finish() {
		for (ptrdiff_t p = 0; p < task_.positions; p++) {
			for (ptrdiff_t head = 0; head < task_.heads; head++) {
				const ptrdiff_t q = p * task_.heads + head;
				float* to = task_.out + static_cast<size_t>(p) * task_.outStride + head * headDim_;
				const float inverse = 1.0F / sums_[q];
				for (ptrdiff_t i = 0; i < headDim_; i++) {
					to[i] = out_[q * headDim_ + i] * inverse;
				}
			}
		}
	}

	const std::byte* keyBlock(int32_t position) const {
		return task_.keys + task_.layout.blockOffset(position, task_.kvHead);
	}

	const std::byte* valueBlock(int32_t position) const {
		return task_.values + task_.layout.blockOffset(position, task_.kvHead);
	}

	/** Scores of all queries for the keys of [start, start + keys), which begin at a block. */
	void scoreKeys(int32_t start, int32_t keys) {
		constexpr int32_t kStep = kScoredBlocks * kKvBlock;
		int32_t offset = 0;
		for (; offset + kStep <= keys; offset += kStep) {
			scoreBlocks<kScoredBlocks>(start, offset);
		}
		for (; offset < keys; offset += kKvBlock) {
			scoreBlocks<1>(start, offset);
		}
	}

	template <int32_t B>
	void scoreBlocks(int32_t start, int32_t offset) {
		const std::byte* blocks[B];
		for (int32_t b = 0; b < B; b++) {
			blocks[b] = keyBlock(start + offset + b * kKvBlock);
		}
		forQueryTiles(queries_, [&]<int32_t Q>(int32_t first) {
			scoreTile<Q, B>(blocks, first, offset);
		});
	}

	template <int32_t Q, int32_t B>
	void scoreTile(const std::byte* const* blocks, int32_t first, int32_t offset) {
		const float* queries = rows_ + static_cast<ptrdiff_t>(first) * headDim_;
		float* scores = scores_ + static_cast<ptrdiff_t>(first) * kAttentionKeys + offset;
		Lanes sums[Q][B * kPerBlock] = {};
		for (ptrdiff_t i = 0; i < headDim_; i++) {
			Lanes key[B * kPerBlock];
			MOTE_UNROLLED
			for (int32_t v = 0; v < B * kPerBlock; v++) {
				key[v] = Block::lanesAt(blocks[v / kPerBlock], i * kKvBlock + v % kPerBlock * kLanes);
			}
			MOTE_UNROLLED
			for (int32_t q = 0; q < Q; q++) {
				const float query = queries[q * headDim_ + i];
				MOTE_UNROLLED
				for (int32_t v = 0; v < B * kPerBlock; v++) {
					sums[q][v] += key[v] * query;
				}
			}
		}
		MOTE_UNROLLED
		for (int32_t v = 0; v < B * kPerBlock; v++) {
			const float* scales = Block::scales(blocks[v / kPerBlock], headDim_);
			const Lanes scale =
				scales == nullptr ? allLanes(1) : loadLanes(scales + v % kPerBlock * kLanes);
			MOTE_UNROLLED
			for (int32_t q = 0; q < Q; q++) {
				storeLanes(scores + q * kAttentionKeys + v * kLanes, sums[q][v] * scale);
			}
		}
	}

	/**
	 * Turns the scores of a query, of which it sees the first `visible`, into weights e^(score - largest), scales what
	 * was summed up before by the new largest, and multiplies the weights by the scales of the values.
	 */
	void weighKeys(int32_t query, int32_t start, int32_t keys, int32_t visible) {
		float* scores = scores_ + static_cast<ptrdiff_t>(query) * kAttentionKeys;
		const int32_t rounded = (keys + kKvBlock - 1) / kKvBlock * kKvBlock;
		for (int32_t key = visible < 0 ? 0 : visible; key < rounded; key++) {
			scores[key] = kUnseen;
		}
		const float before = largest_[query];
		Lanes candidates = allLanes(before);
		for (int32_t key = 0; key < rounded; key += kLanes) {
			candidates = largerOf(candidates, loadLanes(scores + key));
		}
		const float largest = largestOf(candidates);
		Lanes sums = {};
		for (int32_t key = 0; key < rounded; key += kLanes) {
			Lanes weights = expLanes(loadLanes(scores + key) - largest);
			sums += weights;
			const float* scales = Block::scales(valueBlock(start + key), headDim_);
			if (scales != nullptr) {
				weights = weights * loadLanes(scales + key % kKvBlock);
			}
			storeLanes(scores + key, weights);
		}
		if (before != largest) {
			const float shrink = expLanes(allLanes(before - largest))[0];
			sums_[query] *= shrink;
			float* out = out_ + static_cast<ptrdiff_t>(query) * headDim_;
			for (int32_t i = 0; i < headDim_; i++) {
				out[i] *= shrink;
			}
			largest_[query] = largest;
		}
		sums_[query] += sumOf(sums);
	}

	/** Adds the weighted values of [start, start + keys). */
	void addValues(int32_t start, int32_t keys) {
		forQueryTiles(queries_, [&]<int32_t Q>(int32_t first) {
			// As many accumulators as registers hold beside a row of values.
			constexpr int32_t kVectors = kLanes == 8 || Q > 4 ? 2 : 4;
			int32_t from = 0;
			for (; from + kVectors * kLanes <= headDim_; from += kVectors * kLanes) {
				addTile<Q, kVectors>(first, from, start, keys);
			}
			for (; from < headDim_; from += kLanes) {
				addTile<Q, 1>(first, from, start, keys);
			}
		});
	}

	/** For Q queries, `V` vectors of their outputs from element `from` on. */
	template <int32_t Q, int32_t V>
	void addTile(int32_t first, int32_t from, int32_t start, int32_t keys) {
		const float* weights = scores_ + static_cast<ptrdiff_t>(first) * kAttentionKeys;
		float* out = out_ + static_cast<ptrdiff_t>(first) * headDim_ + from;
		Lanes sums[Q][V];
		MOTE_UNROLLED
		for (int32_t q = 0; q < Q; q++) {
			MOTE_UNROLLED
			for (int32_t v = 0; v < V; v++) {
				sums[q][v] = loadLanes(out + q * headDim_ + v * kLanes);
			}
		}
		for (int32_t offset = 0; offset < keys; offset += kKvBlock) {
			const std::byte* block = valueBlock(start + offset);
			// Behind the last position a cache holds anything, even what is no number.
			const int32_t filled = keys - offset < kKvBlock ? keys - offset : kKvBlock;
			for (ptrdiff_t key = 0; key < filled; key++) {
				Lanes value[V];
				MOTE_UNROLLED
				for (int32_t v = 0; v < V; v++) {
					value[v] = Block::lanesAt(block, key * headDim_ + from + v * kLanes);
				}
				MOTE_UNROLLED
				for (int32_t q = 0; q < Q; q++) {
					const float weight = weights[q * kAttentionKeys + offset + key];
					MOTE_UNROLLED
					for (int32_t v = 0; v < V; v++) {
						sums[q][v] += value[v] * weight;
					}
				}
			}
		}
		MOTE_UNROLLED
		for (int32_t q = 0; q < Q; q++) {
			MOTE_UNROLLED
			for (int32_t v = 0; v < V; v++) {
				storeLanes(out + q * headDim_ + v * kLanes, sums[q][v]);
			}
		}
	}

	const AttentionTask& task_;
	const ptrdiff_t headDim_;
	const int32_t queries_;
	float* scores_;  // [queries][kAttentionKeys], then weights
	float* rows_;    // [queries][headDim], side by side
	float* out_;     // [queries][headDim]
	float* largest_; // [queries]
	float* sums_;    // [queries]
};

static void attend(const AttentionTask& task, std::byte* scratch) {
	if (task.layout.format == KvFormat::float32) {
		Attention<FloatBlock>(task, scratch).run();
	} else {
		Attention<Int8Block>(task, scratch).run();
	}
}

} // namespace
} // namespace mote
