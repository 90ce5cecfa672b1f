/** What every set of instructions has kernels for, and which sets there are. */
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/kvLayout.h"
#include "kernels/q4Matrix.h"
#include "kernels/q8Rows.h"

namespace mote {

/** What a row of logits says by itself. */
struct RowSummary {
	/** log Σ exp(logit); not a number when a logit is none. */
	float logSum;
	/** Index of the largest logit, the lowest among equals. */
	int32_t best;
};

/** Queries of one group: the heads that share one KV head, at one or several positions. */
struct AttentionTask {
	/** [positions][heads of the group][headDim], rotated and scaled by 1 ÷ √headDim */
	const float* queries;
	/** Same shape. */
	float* out;
	/** Distance of two positions in `queries`, in floats. */
	size_t queryStride;
	/** Distance of two positions in `out`, in floats. */
	size_t outStride;
	int32_t heads;
	int32_t positions;
	/** Position of the first query; it sees the keys of 0 to here, the next one a key more. */
	int32_t firstPosition;
	int32_t kvHead;
	KvLayout layout;
	const std::byte* keys;
	const std::byte* values;
};

/**
 * The arithmetic of a decoder, for one set of instructions. Functions of memory and numbers: no threads, no
 * runtime, no allocation (but in plain C++). Pointers need no alignment unless said. What is no number may become any
 * number, but is never more than that.
 */
struct KernelTable {
	/** out[i] = x[i] · weight[i] ÷ √(mean of squares + epsilon) */
	void (*rmsNorm)(const float* x, const float* weight, float epsilon, int32_t size, float* out);

	/** Writes one row in Q8Layout, aligned to 64 bytes. `columns` is a multiple of 32. */
	void (*quantizeRow)(const float* x, const Q8Layout& layout, std::byte* row);

	/**
	 * out[i · outStride + n - firstRow] = weights row n · activations row (rowIndices ? rowIndices[i] : i),
	 * for n in [firstRow, lastRow) and i in [0, count). `firstRow` is a multiple of kGroup.
	 */
	void (*q4Product
	)(const Q4Packed& weights,
		int32_t firstRow,
		int32_t lastRow,
		const Q8Rows& activations,
		const int32_t* rowIndices,
		int32_t count,
		float* out,
		size_t outStride);

	/** out[n] = Σ weights[n · columns + i] · x[i] for n in [0, rows) */
	void (*product)(const float* weights, const float* x, int32_t rows, int32_t columns, float* out);

	/** out[i] = silu(pairs[2i]) · pairs[2i + 1] */
	void (*swiglu)(const float* pairs, int32_t size, float* out);

	/** y[i] += factor · x[i] */
	void (*addScaled)(const float* x, float factor, int32_t size, float* y);

	/**
	 * Norms one head and rotates it by the angles of its position: elements i and i + size ÷ 2 belong
	 * together. `cos` and `sin` have size ÷ 2 values. Everything is multiplied by `factor`.
	 */
	void (*rotateHead
	)(const float* x,
		const float* norm,
		float epsilon,
		const float* cos,
		const float* sin,
		float factor,
		int32_t size,
		float* out);

	/** Puts a key and a value of one head at `position` of a cache. */
	void (*appendKv
	)(const float* key,
		const float* value,
		int32_t position,
		int32_t kvHead,
		const KvLayout& layout,
		std::byte* keys,
		std::byte* values);

	/** Causal attention; `scratch` has attentionScratchBytes, aligned to 64. */
	void (*attend)(const AttentionTask& task, std::byte* scratch);

	RowSummary (*summarize)(const float* logits, int32_t size);
};

/** Keys that attention looks at in one go. */
inline constexpr int32_t kAttentionKeys = 128;
/** Most queries that one attention task may have: heads × positions. */
inline constexpr int32_t kMaxQueries = 128;

/**
 * Memory that attend needs beside its arguments. Of each query: scores, outputs, the largest score and the sum; in
 * float32 its elements, in int8 these as bytes, a byte for each weight, and scales.
 */
inline size_t attentionScratchBytes(int32_t headDim) {
	const size_t elements = static_cast<size_t>(headDim);
	const size_t kept = kAttentionKeys + elements + 2;
	const size_t int8 = elements / 4 + kAttentionKeys / 4 + kAttentionKeys / kKvBlock + 2;
	return static_cast<size_t>(kMaxQueries) * (kept + (elements > int8 ? elements : int8)) *
		sizeof(float);
}

/** Sets of instructions that kernels were written for. */
enum class Instructions : uint8_t { reference, avx2, avxVnni, avx512Vnni, neonDot };

inline constexpr Instructions kAllInstructions[] = {
	Instructions::reference,
	Instructions::avx2,
	Instructions::avxVnni,
	Instructions::avx512Vnni,
	Instructions::neonDot};

/** For people and for settings. */
const char* nameOf(Instructions instructions);

/** Whether this build has kernels for them and this processor (and its system) runs them. */
bool isUsable(Instructions instructions);

/** The fastest that is usable. */
Instructions bestInstructions();

/** Requires isUsable. */
const KernelTable& kernelsFor(Instructions instructions);

} // namespace mote
