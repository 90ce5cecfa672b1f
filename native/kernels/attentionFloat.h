/** Attention over keys and values in float32. */
#pragma once

#include "kernels/attentionState.h"

namespace mote {
namespace {

class FloatAttention {
 public:
	/** Queries that share a load of a key or value: as many as leave room for it among the registers. */
	static constexpr int32_t kQueryTile = kLanes == 16 ? 8 : kLanes == 8 ? 6 : 4;

	explicit FloatAttention(const AttentionState& state)
			: state_(state), headDim_(state.headDim), rows_(reinterpret_cast<float*>(state.own)) {
		for (int32_t q = 0; q < state.queries; q++) {
			const float* query = state.query(q);
			std::memcpy(rows_ + q * headDim_, query, static_cast<size_t>(headDim_) * sizeof(float));
		}
	}

	/** Scores of queries from `first` on for the keys of some blocks, the first of which stands at `offset`. */
	template <int32_t Q, int32_t B>
	void scoreTile(const std::byte* const* blocks, int32_t first, int32_t offset) const {
		const float* queries = rows_ + static_cast<ptrdiff_t>(first) * headDim_;
		Lanes sums[Q][B * kPerBlock] = {};
		for (ptrdiff_t i = 0; i < headDim_; i++) {
			Lanes key[B * kPerBlock];
			MOTE_UNROLLED
			for (int32_t v = 0; v < B * kPerBlock; v++) {
				key[v] = lanesAt(blocks[v / kPerBlock], i * kKvBlock + v % kPerBlock * kLanes);
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
		for (int32_t q = 0; q < Q; q++) {
			float* scores = state_.scoresOf(first + q) + offset;
			MOTE_UNROLLED
			for (int32_t v = 0; v < B * kPerBlock; v++) {
				storeLanes(scores + v * kLanes, sums[q][v]);
			}
		}
	}

	/** Scores have become weights, which are used as they are. */
	void keepWeights(
		int32_t /*query*/, int32_t /*start*/, int32_t /*keys*/, int32_t /*visible*/
	) const {}

	/** Adds the weighted values of [start, start + keys). */
	void addValues(int32_t start, int32_t keys) const {
		forQueryTiles<kQueryTile>(state_.queries, [&]<int32_t Q>(int32_t first) {
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

 private:
	static Lanes lanesAt(const std::byte* block, ptrdiff_t element) {
		return loadLanes(reinterpret_cast<const float*>(block) + element);
	}

	/** For Q queries, `V` vectors of their outputs from element `from` on. */
	template <int32_t Q, int32_t V>
	void addTile(int32_t first, int32_t from, int32_t start, int32_t keys) const {
		const float* weights = state_.scoresOf(first);
		float* out = state_.out + static_cast<ptrdiff_t>(first) * headDim_ + from;
		Lanes sums[Q][V];
		MOTE_UNROLLED
		for (int32_t q = 0; q < Q; q++) {
			MOTE_UNROLLED
			for (int32_t v = 0; v < V; v++) {
				sums[q][v] = loadLanes(out + q * headDim_ + v * kLanes);
			}
		}
		for (int32_t offset = 0; offset < keys; offset += kKvBlock) {
			const std::byte* block = state_.valueBlock(start + offset);
			// Behind the last position a cache holds anything, even what is no number.
			const int32_t filled = keys - offset < kKvBlock ? keys - offset : kKvBlock;
			for (ptrdiff_t key = 0; key < filled; key++) {
				Lanes value[V];
				MOTE_UNROLLED
				for (int32_t v = 0; v < V; v++) {
					value[v] = lanesAt(block, key * headDim_ + from + v * kLanes);
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

	const AttentionState& state_;
	const ptrdiff_t headDim_;
	float* const rows_; // [queries][headDim], side by side
};

} // namespace
} // namespace mote
