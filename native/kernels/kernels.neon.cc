#include "kernels/q4Neon.h"
#include "kernels/vectorKernels.h"

namespace mote {

const KernelTable& kernelsNeonDot() { return vectorKernels<Q4Product<Q4Neon>>(); }

} // namespace mote
