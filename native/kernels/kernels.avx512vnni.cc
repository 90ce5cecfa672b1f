#include "kernels/q4Avx512.h"
#include "kernels/vectorKernels.h"

namespace mote {

const KernelTable& kernelsAvx512Vnni() { return vectorKernels<Q4Product<Q4Avx512>>(); }

} // namespace mote
