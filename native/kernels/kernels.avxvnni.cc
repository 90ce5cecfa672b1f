#include "kernels/q4Avx2.h"
#include "kernels/vectorKernels.h"

namespace mote {

const KernelTable& kernelsAvxVnni() { return vectorKernels<Q4Product<Q4Avx2>>(); }

} // namespace mote
