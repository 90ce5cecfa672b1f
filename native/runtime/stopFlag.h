/** How a pass that runs is asked to end. */
#pragma once

#include <atomic>

namespace mote {

/**
 * State of the pass that a session runs, if any. The session owns it, for as long as its operators live.
 *
 * `stop` is set from another thread while a pass runs and cleared before the next one. An operator may look at
 * it as often as it likes, it is one relaxed load, and then returns at once with any outputs and without a
 * status: the library is told as well and runs no further operator, and nobody reads the outputs.
 */
struct PassState {
	std::atomic<bool> stop{false};

	bool isStopped() const { return stop.load(std::memory_order_relaxed); }
};

} // namespace mote
