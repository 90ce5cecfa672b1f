/** Attention over keys and values in int8, with products of integers. */
#pragma once

#include "kernels/attentionState.h"
#include "kernels/dots.h"
#include "kernels/q8Vectors.h"

namespace mote {
namespace {

/**
 * Queries are rounded to int8, each with a scale of its own, and so are the weights of each block of 16 positions once
 * they are multiplied by the scales of their values.
 */
class Int8Attention {
 public:
	/** Queries that share a load of a key or value. */
	static constexpr int32_t kQueryTile = kLanes == 16 ? 8 : 4;

	explicit Int8Attention(const AttentionState& state)
			: state_(state),
				headDim_(state.headDim),
				scales_(reinterpret_cast<float*>(state.own)),
				weightScales_(scales_ + state.queries),
				starts_(reinterpret_cast<int32_t*>(weightScales_ + state.queries * kBlocks)),
				weights_(reinterpret_cast<int8_t*>(starts_ + state.queries)),
				codes_(weights_ + static_cast<ptrdiff_t>(state.queries) * kAttentionKeys) {
		for (int32_t q = 0; q < state.queries; q++) {
			int8_t* codes = codes_ + q * headDim_;
			int32_t sum = 0;
			const auto take = [&](ptrdiff_t i, const int8_t* sixteen) {
				std::memcpy(codes + i, sixteen, 16);
				for (int32_t j = 0; j < 16; j++) {
					sum += sixteen[j];
				}
			};
			scales_[q] = forInt8Sixteens(state.query(q), headDim_, kMostQueryCode, take);
			starts_[q] = -kFactorOffset * sum;
		}
	}

	/** Scores of queries from `first` on for the keys of some blocks, the first of which stands at `offset`. */
	template <int32_t Q, int32_t B>
	void scoreTile(const std::byte* const* blocks, int32_t first, int32_t offset) const {
		const int8_t* queries = codes_ + static_cast<ptrdiff_t>(first) * headDim_;
		IntLanes sums[Q][B * kPerBlock];
		MOTE_UNROLLED
		for (int32_t q = 0; q < Q; q++) {
			MOTE_UNROLLED
			for (int32_t v = 0; v < B * kPerBlock; v++) {
				sums[q][v] = allInts(starts_[first + q]);
			}
		}
		for (ptrdiff_t i = 0; i < headDim_; i += 4) {
			IntLanes key[B * kPerBlock];
			MOTE_UNROLLED
			for (int32_t v = 0; v < B * kPerBlock; v++) {
				const std::byte* block = blocks[v / kPerBlock];
				key[v] = asFactor(loadInts(block + i * kKvBlock + v % kPerBlock * kLanes * 4));
			}
			MOTE_UNROLLED
			for (int32_t q = 0; q < Q; q++) {
				const IntLanes query = allInts(fourAt(queries + q * headDim_ + i));
				MOTE_UNROLLED
				for (int32_t v = 0; v < B * kPerBlock; v++) {
					sums[q][v] = addDots(sums[q][v], key[v], query);
				}
			}
		}
		MOTE_UNROLLED
		for (int32_t v = 0; v < B * kPerBlock; v++) {
			const Lanes scale = loadLanes(scalesOf(blocks[v / kPerBlock]) + v % kPerBlock * kLanes);
			MOTE_UNROLLED
			for (int32_t q = 0; q < Q; q++) {
				const Lanes score = floatsOf(sums[q][v]) * (scale * scales_[first + q]);
				storeLanes(state_.scoresOf(first + q) + offset + v * kLanes, score);
			}
		}
	}

	/** Rounds the weights of a query, which stand where its scores stood and of which it sees the first `visible`. */
	void keepWeights(int32_t query, int32_t start, int32_t keys, int32_t visible) const {
		float* weights = state_.scoresOf(query);
		const auto blocks = (keys + kKvBlock - 1) / kKvBlock;
		const std::byte* values = state_.valueBlock(start);
		const auto stride = static_cast<ptrdiff_t>(state_.task.layout.blockOffset(kKvBlock, 0));
		IntLanes most[kBlocks];
		for (int32_t block = 0; block < blocks; block++) {
			const float* scales = scalesOf(values + block * stride);
			MOTE_UNROLLED
			for (int32_t v = 0; v < kPerBlock; v++) {
				const int32_t first = block * kKvBlock + v * kLanes;
				Lanes scaled = loadLanes(weights + first) * loadLanes(scales + v * kLanes);
				if (visible < first + kLanes) {
					// What it doesn't see may be anything, even what is no number.
					scaled = laneNumbers() + first < visible ? scaled : Lanes{};
				}
				storeLanes(weights + first, scaled);
				// Magnitudes compare like integers, by which what is no number is the largest.
				IntLanes magnitude;
				std::memcpy(&magnitude, &scaled, sizeof magnitude);
				magnitude &= 0x7FFFFFFF;
				if (v == 0) {
					most[block] = magnitude;
				} else {
					most[block] = magnitude > most[block] ? magnitude : most[block];
				}
			}
		}
		for (int32_t block = blocks; block < kBlocks; block++) {
			most[block] = IntLanes{};
		}
		float inverses[kBlocks];
		scaleBlocks(most, weightScales_ + query * kBlocks, inverses);
		int8_t* codes = weights_ + static_cast<ptrdiff_t>(query) * kAttentionKeys;
		for (int32_t block = 0; block < blocks; block++) {
			IntLanes rounded[kPerBlock];
			MOTE_UNROLLED
			for (int32_t v = 0; v < kPerBlock; v++) {
				const float* from = weights + block * kKvBlock + v * kLanes;
				rounded[v] = roundedLanes(loadLanes(from) * inverses[block]);
			}
			storeBytes(codes + block * kKvBlock, rounded);
		}
	}

	/** Adds the weighted values of [start, start + keys). */
	void addValues(int32_t start, int32_t keys) const {
		forQueryTiles<4>(state_.queries, [&]<int32_t Q>(int32_t first) {
			// As many sums as registers hold beside a row of values.
			constexpr int32_t kVectors = kLanes == 8 ? 2 : 4;
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
	static constexpr ptrdiff_t kBlocks = kAttentionKeys / kKvBlock;
	static_assert(kBlocks == 8, "as many as largestOfEach takes");

	static IntLanes laneNumbers() {
		IntLanes numbers = {};
		MOTE_UNROLLED
		for (int32_t lane = 0; lane < kLanes; lane++) {
			numbers[lane] = lane;
		}
		return numbers;
	}

	/** Scales of blocks with these largest magnitudes, and what their weights are multiplied with to become codes. */
	static void scaleBlocks(const IntLanes* most, float* scales, float* inverses) {
		int32_t bits[kBlocks];
		largestOfEach(most, bits);
		typedef float BlockLanes __attribute__((vector_size(4 * kBlocks)));
		BlockLanes largest;
		std::memcpy(&largest, bits, sizeof largest);
		const BlockLanes inverse = largest > kLeastLargest ? kMostCode / largest : BlockLanes{};
		std::memcpy(inverses, &inverse, sizeof inverse);
		const BlockLanes scale = largest * (1.0F / kMostCode);
		std::memcpy(scales, &scale, sizeof scale);
	}

	const float* scalesOf(const std::byte* block) const {
		return reinterpret_cast<const float*>(block + kKvBlock * headDim_);
	}

	/** For Q queries, `V` vectors of their outputs from element `from` on. */
	template <int32_t Q, int32_t V>
	void addTile(int32_t first, int32_t from, int32_t start, int32_t keys) const {
		const int8_t* weights = weights_ + static_cast<ptrdiff_t>(first) * kAttentionKeys;
		const float* scales = weightScales_ + first * kBlocks;
		float* out = state_.out + static_cast<ptrdiff_t>(first) * headDim_ + from;
		for (int32_t offset = 0; offset < keys; offset += kKvBlock) {
			const std::byte* block = state_.valueBlock(start + offset) + from * 4;
			IntLanes sums[Q][V] = {};
			MOTE_UNROLLED
			for (int32_t group = 0; group < kKvBlock / 4; group++) {
				IntLanes values[V];
				MOTE_UNROLLED
				for (int32_t v = 0; v < V; v++) {
					values[v] = loadInts(block + group * 4 * headDim_ + v * kLanes * 4);
				}
				MOTE_UNROLLED
				for (int32_t q = 0; q < Q; q++) {
					const IntLanes weight =
						allInts(fourAt(weights + q * kAttentionKeys + offset + group * 4));
					MOTE_UNROLLED
					for (int32_t v = 0; v < V; v++) {
						sums[q][v] = addDots(sums[q][v], weight, values[v]);
					}
				}
			}
			MOTE_UNROLLED
			for (int32_t q = 0; q < Q; q++) {
				const float scale = scales[q * kBlocks + offset / kKvBlock];
				MOTE_UNROLLED
				for (int32_t v = 0; v < V; v++) {
					float* to = out + q * headDim_ + v * kLanes;
					storeLanes(to, loadLanes(to) + floatsOf(sums[q][v]) * scale);
				}
			}
		}
	}

	const AttentionState& state_;
	const ptrdiff_t headDim_;
	float* const scales_;       // [queries], of their codes
	float* const weightScales_; // [queries][kBlocks]
	int32_t* const starts_; // [queries], of sums of products with keys: what asFactor adds to them
	int8_t* const weights_; // [queries][kAttentionKeys]
	int8_t* const codes_;   // [queries][headDim]
};

} // namespace
} // namespace mote
