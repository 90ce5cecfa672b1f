#include "kernels/appendKv.h"
#include "kernels/attention.h"
#include "kernels/kernelSets.h"
#include "kernels/q4Avx2.h"
#include "kernels/q4Product.h"
#include "kernels/rows.h"

namespace mote {

const KernelTable& kernelsAvxVnni() {
	static constexpr KernelTable table{
		rmsNorm,
		quantizeRow,
		Q4Product<Q4Avx2>::run,
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
