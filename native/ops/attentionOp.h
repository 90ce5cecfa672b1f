/** Attention over a KV cache, as an operator. */
#pragma once

#include "ops/customOp.h"

namespace mote {

/**
 * mote.Attention: qkv [1, S, (heads + 2 · kvHeads) · D], past_key and past_value u8 [blocks, kvHeads, block bytes],
 * total_sequence_length, cos and sin [positions, D ÷ 2], q_norm and k_norm [D]
 * → out [1, S, heads · D], and present_key and present_value, which are the memory of the past ones.
 *
 * Norms and rotates each head of q and k, puts k and v behind the first total - S positions, and attends to all
 * positions up to each row's own. How keys and values are held follows from the size of a block: see KvLayout.
 */
class AttentionOp : public OpKernel {
 public:
	static OpSignature signature();
	AttentionOp(OpEnvironment& environment, const OpInfo& info);
	void compute(const OpContext& context) const;

 private:
	/** What one run works on. */
	struct Run;

	Run prepare(const OpContext& context) const;
	/** Norms, rotates and stores the rows of one worker. */
	void appendRows(const Run& run, int32_t firstRow, int32_t lastRow, float* key) const;
	/** Attention for the heads of one KV head at up to rowsAtOnce_ positions. */
	void attend(const Run& run, int32_t kvHead, int32_t firstRow, std::byte* scratch) const;

	int32_t heads_;
	int32_t kvHeads_;
	int32_t headDim_;
	float epsilon_;
	int32_t positions_;
	int32_t rowsAtOnce_;
	const float* cos_;
	const float* sin_;
	const float* queryNorm_;
	const float* keyNorm_;
};

} // namespace mote
