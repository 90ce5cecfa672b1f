#include "attention.h"
#include "kernelSets.h"
#include "q4Avx2.h"
#include "q4Product.h"
#include "rows.h"

namespace mote {

const KernelTable& kernelsAvxVnni() {
	static constexpr KernelTable table{rmsNorm, quantizeRow, Q4Product<Q4Avx2>::run, product, swiglu, addScaled,
		rotateHead, appendKv, attend, summarize};
	return table;
}

}  // namespace mote
