/** The tables of all sets of instructions; only kernelTable.cc chooses among them. */
#pragma once

#include "kernels/kernelTable.h"

namespace mote {

// One for each file that is compiled for a set of instructions of its own.
const KernelTable& referenceKernels();
const KernelTable& kernelsAvx2();
const KernelTable& kernelsAvxVnni();
const KernelTable& kernelsAvx512Vnni();
const KernelTable& kernelsNeonDot();

} // namespace mote
