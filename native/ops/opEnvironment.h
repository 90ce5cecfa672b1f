/** What the operators of one session share. */
#pragma once

#include <cstdint>

#include "kernels/kernelTable.h"
#include "ops/weightArena.h"
#include "ops/workspace.h"
#include "runtime/ort.h"
#include "runtime/stopFlag.h"

namespace mote {

/** The operators of a session run one after the other, so they share their scratch memory. */
struct OpEnvironment {
	const Ort& ort;
	const KernelTable& kernels;
	const PassState& pass;
	/** Threads of the session, and so into how many parts work is divided. */
	int32_t threads;
	Workspace workspace;
	WeightArena weights;
};

} // namespace mote
