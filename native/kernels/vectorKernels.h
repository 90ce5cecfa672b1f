/** The kernels of a file that is compiled for its own set of instructions: all but its product of int4 weights. */
#pragma once

#include "kernels/appendKv.h"
#include "kernels/attention.h"
#include "kernels/kernelSets.h"
#include "kernels/q4Product.h"
#include "kernels/rows.h"

namespace mote {
namespace {

/** `Product` is a Q4Product. */
template <typename Product>
static const KernelTable& vectorKernels() {
	static constexpr KernelTable kTable{
		.rmsNorm = rmsNorm,
		.quantizeRow = quantizeRow,
		.q4Product = Product::run,
		.product = product,
		.swiglu = swiglu,
		.addScaled = addScaled,
		.rotateHead = rotateHead,
		.appendKv = appendKv,
		.attend = attend,
		.summarize = summarize,
	};
	return kTable;
}

} // namespace
} // namespace mote
