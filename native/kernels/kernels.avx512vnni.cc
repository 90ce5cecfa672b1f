#include "attention.h"
#include "kernelSets.h"
#include "q4Avx512.h"
#include "q4Product.h"
#include "rows.h"

namespace mote {

const KernelTable& kernelsAvx512Vnni() {
	static constexpr KernelTable table{rmsNorm, quantizeRow, Q4Product<Q4Avx512>::run, product, swiglu, addScaled,
		rotateHead, appendKv, attend, summarize};
	return table;
}

}  // namespace mote
