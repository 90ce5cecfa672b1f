/** Whether kernels compute on this machine what they should. */
#pragma once

#include "kernels/kernelTable.h"

namespace mote {

/**
 * Runs a linear layer, attention and a row's summary on fixed numbers, and compares with the kernels in plain C++.
 * Takes less than a millisecond. Finds what is grossly wrong, such as a processor or an emulator that names
 * instructions which it doesn't have right; the tests in native/test are about exactness.
 */
bool agreesWithReference(const KernelTable& kernels);

} // namespace mote
