/** All operators, for a session. */
#pragma once

#include <memory>
#include <vector>

#include "kernels/kernelTable.h"
#include "runtime/ort.h"
#include "runtime/stopFlag.h"

namespace mote {

/**
 * The operators of the domain "mote", for one session with that many threads. Everything given has to outlive
 * them, and they have to outlive the session.
 */
std::vector<std::shared_ptr<const OrtCustomOp>> customOps(
	const Ort& ort, const KernelTable& kernels, const PassState& pass, int threads
);

} // namespace mote
