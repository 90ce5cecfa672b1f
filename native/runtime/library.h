/** The ONNX Runtime that onnxruntime-node brings along. */
#pragma once

#include <string>

#include "runtime/ort.h"

namespace mote {

/** A loaded library with the one environment that it keeps for a process. Never unloaded: its threads may run. */
struct Library {
	/**
	 * Loads the library at `path`, or returns the same one as before. From any thread.
	 *
	 * @throws std::runtime_error where there is none, or one that is older than we need
	 */
	static const Library& open(const std::string& path);

	Ort ort;
	/** For example "1.30.0". */
	std::string version;
	OrtEnv* environment;
	/** Ordinary memory of the CPU. */
	OrtMemoryInfo* memory;
};

} // namespace mote
