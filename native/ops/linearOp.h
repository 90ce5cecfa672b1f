/** Products of int4 weights, as operators: linear layers and the output layer. */
#pragma once

#include <optional>

#include "ops/quantizedRows.h"

namespace mote {

/**
 * mote.Linear: x [1, S, K], int4 weights [N, K], RMS norm of x [K] or none, residual [1, S, N] or none
 * → y [1, S, N] = norm(x) · weightsᵀ + residual.
 */
class LinearOp : public OpKernel {
 public:
	static OpSignature signature();
	LinearOp(OpEnvironment& environment, const OpInfo& info);
	void compute(const OpContext& context) const;

 private:
	Q4Packed weights_;
	Q8Layout layout_;
	std::optional<Norm> norm_;
};

/**
 * mote.OutputLayer: x [1, R, h], RMS norm [h], int4 weights [V, h] → logits [1, R, V], log_sum [1, R], best [1, R].
 * R may be 0.
 */
class OutputLayerOp : public OpKernel {
 public:
	static OpSignature signature();
	OutputLayerOp(OpEnvironment& environment, const OpInfo& info);
	void compute(const OpContext& context) const;

 private:
	Q4Packed weights_;
	Q8Layout layout_;
	Norm norm_;
};

} // namespace mote
