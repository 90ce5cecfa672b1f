#include "attention.h"
#include "kernelSets.h"
#include "q4Neon.h"
#include "q4Product.h"
#include "rows.h"

namespace mote {

const KernelTable& kernelsNeonDot() {
	static constexpr KernelTable table{rmsNorm, quantizeRow, Q4Product<Q4Neon>::run, product, swiglu, addScaled,
		rotateHead, appendKv, attend, summarize};
	return table;
}

}  // namespace mote
