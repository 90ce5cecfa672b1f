/** Grouped-query attention over a KV cache in blocks: keys and values are read once for all queries of a group. */
#pragma once

#include "kernels/attentionFloat.h"
#include "kernels/attentionInt8.h"

namespace mote {
namespace {

/**
 * Attention of one task, in which what is kept of each query goes along while blocks of keys go by: Milakov and
 * Gimelshein, arXiv:1805.02867. `Format` does what depends on how keys and values are held: see FloatAttention.
 */
template <typename Format>
class Attention {
 public:
	Attention(const AttentionTask& task, std::byte* scratch)
			: task_(task), state_(task, scratch), format_(state_) {}

	void run() {
		const int32_t end = task_.firstPosition + task_.positions;
		for (int32_t start = 0; start < end; start += kAttentionKeys) {
			const int32_t keys = end - start < kAttentionKeys ? end - start : kAttentionKeys;
			scoreKeys(start, keys);
			for (int32_t q = 0; q < state_.queries; q++) {
				const int32_t visible = task_.firstPosition + q / task_.heads + 1 - start;
				weighKeys(q, start, keys, visible < keys ? visible : keys);
			}
			format_.addValues(start, keys);
		}
		state_.finish();
	}

 private:
	/** Blocks of keys that are scored together, so that enough sums are on their way at once. */
	static constexpr int32_t kScoredBlocks = kLanes == kKvBlock ? 2 : 1;

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
			blocks[b] = state_.keyBlock(start + offset + b * kKvBlock);
		}
		forQueryTiles<Format::kQueryTile>(state_.queries, [&]<int32_t Q>(int32_t first) {
			format_.template scoreTile<Q, B>(blocks, first, offset);
		});
	}

	/**
	 * Turns the scores of a query, of which it sees the first `visible`, into weights e^(score - largest), and scales
	 * what was summed up before by the new largest.
	 */
	void weighKeys(int32_t query, int32_t start, int32_t keys, int32_t visible) {
		float* scores = state_.scoresOf(query);
		const int32_t rounded = (keys + kKvBlock - 1) / kKvBlock * kKvBlock;
		for (int32_t key = visible < 0 ? 0 : visible; key < rounded; key++) {
			scores[key] = kUnseen;
		}
		const float before = state_.largest[query];
		Lanes candidates = allLanes(before);
		for (int32_t key = 0; key < rounded; key += kLanes) {
			candidates = largerOf(candidates, loadLanes(scores + key));
		}
		const float largest = largestOf(candidates);
		Lanes sums = {};
		for (int32_t key = 0; key < rounded; key += kLanes) {
			const Lanes weights = expLanes(loadLanes(scores + key) - largest);
			sums += weights;
			storeLanes(scores + key, weights);
		}
		format_.keepWeights(query, start, keys, visible);
		if (before != largest) {
			const float shrink = expLanes(allLanes(before - largest))[0];
			state_.sums[query] *= shrink;
			float* out = state_.out + query * state_.headDim;
			for (ptrdiff_t i = 0; i < state_.headDim; i++) {
				out[i] *= shrink;
			}
			state_.largest[query] = largest;
		}
		state_.sums[query] += sumOf(sums);
	}

	const AttentionTask& task_;
	const AttentionState state_;
	const Format format_;
};

static void attend(const AttentionTask& task, std::byte* scratch) {
	if (task.layout.format == KvFormat::float32) {
		Attention<FloatAttention>(task, scratch).run();
	} else {
		Attention<Int8Attention>(task, scratch).run();
	}
}

} // namespace
} // namespace mote
