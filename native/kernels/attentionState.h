/** What attention knows of its queries whatever keys and values are held in. */
#pragma once

#include "kernels/kernelTable.h"
#include "kernels/lanes.h"
#include "kernels/unrolled.h"

namespace mote {
namespace {

/** Vectors of floats that hold one for each position of a block. */
constexpr int32_t kPerBlock = kKvBlock / kLanes;

/** Keys that one query can't see have weights of e to this minus the largest score: 0. */
constexpr float kUnseen = -1e30F;

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

/** Calls `tile` with the number of its queries as a constant: `Size` of them, at the end fewer. */
template <int32_t Size, typename Tile>
static inline void forQueryTiles(int32_t queries, const Tile& tile) {
	int32_t first = 0;
	for (; first + Size <= queries; first += Size) {
		tile.template operator()<Size>(first);
	}
	lastTile<Size - 1>(queries - first, first, tile);
}

/** Of one task, in its scratch memory. */
struct AttentionState {
	const AttentionTask& task;
	const ptrdiff_t headDim;
	const int32_t queries;
	float* const scores;  // [queries][kAttentionKeys]
	float* const out;     // [queries][headDim]
	float* const largest; // [queries], of the scores so far
	float* const sums;    // [queries], of the weights so far
	/** The rest, for what depends on the format. */
	std::byte* const own;

	AttentionState(const AttentionTask& task, std::byte* scratch)
			: task(task),
				headDim(task.layout.headDim),
				queries(task.heads * task.positions),
				scores(reinterpret_cast<float*>(scratch)),
				out(scores + static_cast<ptrdiff_t>(queries) * kAttentionKeys),
				largest(out + queries * headDim),
				sums(largest + queries),
				own(reinterpret_cast<std::byte*>(sums + queries)) {
		std::memset(out, 0, static_cast<size_t>(queries * headDim) * sizeof(float));
		for (int32_t q = 0; q < queries; q++) {
			largest[q] = kUnseen;
			sums[q] = 0;
		}
	}

	const float* query(int32_t q) const {
		const auto position = static_cast<size_t>(q / task.heads);
		return task.queries + position * task.queryStride + q % task.heads * headDim;
	}

	float* scoresOf(int32_t q) const { return scores + static_cast<ptrdiff_t>(q) * kAttentionKeys; }

	const std::byte* keyBlock(int32_t position) const {
		return task.keys + task.layout.blockOffset(position, task.kvHead);
	}

	const std::byte* valueBlock(int32_t position) const {
		return task.values + task.layout.blockOffset(position, task.kvHead);
	}

	/** Writes the outputs, each divided by the sum of its weights. */
	void finish() const {
		for (int32_t q = 0; q < queries; q++) {
			const auto position = static_cast<size_t>(q / task.heads);
			float* to = task.out + position * task.outStride + q % task.heads * headDim;
			const float inverse = 1.0F / sums[q];
			for (ptrdiff_t i = 0; i < headDim; i++) {
				to[i] = out[q * headDim + i] * inverse;
			}
		}
	}
};

} // namespace
} // namespace mote
