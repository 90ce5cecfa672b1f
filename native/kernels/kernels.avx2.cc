#include "kernels/q4Avx2.h"
#include "kernels/vectorKernels.h"

namespace mote {

const KernelTable& kernelsAvx2() { return vectorKernels<Q4Product<Q4Avx2, Q4Avx2Unpacked>>(); }

} // namespace mote
