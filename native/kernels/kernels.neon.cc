#include "kernels/appendKv.h"
#include "kernels/attention.h"
#include "kernels/kernelSets.h"
#include "kernels/q4Neon.h"
#include "kernels/q4Product.h"
#include "kernels/rows.h"

namespace mote {

const KernelTable& kernelsNeonDot() {
	static constexpr KernelTable table{
		rmsNorm,
		quantizeRow,
		Q4Product<Q4Neon>::run,
		product,
		swiglu,
		addScaled,
		rotateHead,
		appendKv,
		attend,
		summarize};
	return table;
}

} // namespace mote
