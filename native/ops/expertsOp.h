/** A mixture of experts, as an operator. */
#pragma once

#include <vector>

#include "ops/quantizedRows.h"

namespace mote {

/**
 * mote.Experts: x [1, S, h], RMS norm [h], router [E, h], gate_up int4 [E, 2 · I, h] (gate and up rows by turns),
 * down int4 [E, h, I] → y [1, S, h] = x + Σ weight · expert(norm(x)) over the k likeliest experts of each row.
 *
 * normalize 1 scales the weights of the chosen experts to a sum of 1, 0 leaves them as the softmax over all has them.
 */
class ExpertsOp : public OpKernel {
 public:
	static OpSignature signature();
	ExpertsOp(OpEnvironment& environment, const OpInfo& info);
	void compute(const OpContext& context) const;

 private:
	/** What one run works on: where its parts of the workspace lie. */
	struct Run;
	/** The rows that chose one expert. */
	struct Group {
		int32_t expert;
		/** In Run::tokens and all that lies beside it. */
		int32_t first;
		int32_t count;
	};

	Run plan(const float* x, int32_t rows, float* out) const;
	void route(const Run& run, int32_t firstRow, int32_t lastRow, int32_t worker) const;
	std::vector<Group> groupByExpert(const Run& run) const;
	void gateAndUp(
		const OpContext& context, const Run& run, const std::vector<Group>& groups, int32_t worker
	) const;
	void down(
		const OpContext& context, const Run& run, const std::vector<Group>& groups, int32_t worker
	) const;

	Norm norm_;
	const float* router_;
	int32_t experts_;
	int32_t hidden_;
	int32_t inner_;
	int32_t chosen_;
	bool isNormalized_;
	std::vector<Q4Packed> gateUp_;
	std::vector<Q4Packed> down_;
	Q8Layout hiddenLayout_;
	Q8Layout innerLayout_;
};

} // namespace mote
