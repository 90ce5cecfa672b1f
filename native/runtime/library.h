/** The ONNX Runtime that onnxruntime-node brings along. */
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "runtime/ort.h"
#include "runtime/ortOwned.h"

namespace mote {

/** A loaded library with the one environment that it keeps for a process. Never unloaded: its threads may run. */
struct Library {
	/**
	 * Loads the library at `path`, or returns the same one as before. From any thread.
	 *
	 * @throws std::runtime_error where there is none, or one that is older than we need
	 */
	static const Library& open(const std::string& path);

	/** A tensor over memory of the processor that somebody else owns. @throws std::runtime_error */
	OrtOwnedValue tensor(
		void* data, size_t bytes, std::span<const int64_t> shape, OrtElementType type
	) const;

	Ort ort;
	/** For example "1.30.0". */
	std::string version;
	OrtEnv* environment;
	/** Ordinary memory of the CPU. */
	OrtMemoryInfo* memory;
};

/**
 * Loads the libraries of CUDA that lie beside ONNX Runtime's. Its provider looks for them on the loader's path only, on which
 * somebody who has put everything into one folder doesn't have that folder; what is loaded already it takes by its name. What
 * can't be loaded is left to the provider, whose message names it.
 */
void loadCudaLibrariesBeside(const std::string& libraryPath);

} // namespace mote
