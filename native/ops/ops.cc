#include "ops/ops.h"

#include "ops/attentionOp.h"
#include "ops/expertsOp.h"
#include "ops/linearOp.h"

namespace mote {

std::vector<std::shared_ptr<const OrtCustomOp>> customOps(
	const Ort& ort, const KernelTable& kernels, const PassState& pass, int threads) {
	const auto environment =
		std::make_shared<OpEnvironment>(OpEnvironment{ort, kernels, pass, threads, Workspace{}});
	return {
		std::make_shared<CustomOp<LinearOp>>(environment, LinearOp::signature()),
		std::make_shared<CustomOp<AttentionOp>>(environment, AttentionOp::signature()),
		std::make_shared<CustomOp<ExpertsOp>>(environment, ExpertsOp::signature()),
		std::make_shared<CustomOp<OutputLayerOp>>(environment, OutputLayerOp::signature()),
	};
}

}  // namespace mote
