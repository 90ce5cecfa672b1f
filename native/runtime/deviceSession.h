/** One loaded model whose KV caches are in a device's memory. */
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/library.h"
#include "runtime/ortOwned.h"
#include "runtime/passSession.h"

namespace mote {

/** What runs a graph. The processor's provider is for comparisons. */
enum class DeviceProvider { cuda, cpu };

/** All numbers are above 0. */
struct DeviceOptions {
	/** A graph of src/model/graphContract.ts's deviceGraphContract in float16; its weights lie beside it. */
	std::string graphPath;
	DeviceProvider provider;
	/** Of the processor, for what the device leaves to it. */
	int threads;
	size_t layers;
	size_t kvHeads;
	size_t headDim;
	/** Positions that the model takes at most. */
	size_t contextLength;
	size_t vocabularySize;

	size_t buffers() const { return 2 * layers; }
};

class DeviceSession;

/** Keys and values on the device: past and present of a pass are the same memory. */
class DeviceCache {
 public:
	/** Takes no memory of the device yet. */
	explicit DeviceCache(std::shared_ptr<DeviceSession> session);

	const std::shared_ptr<DeviceSession>& session() const { return session_; }
	/** Positions that the device has room for; 0 where it has nothing. */
	size_t capacity() const { return capacity_; }
	/** Gives the device's memory back. No pass is running. */
	void release();

 private:
	friend class DeviceSession;

	/** @throws std::runtime_error where the device hasn't got it */
	void allocate(size_t capacity);

	std::shared_ptr<DeviceSession> session_;
	OrtOwnedIoBinding binding_;
	std::vector<OrtOwnedValue> values_;
	size_t capacity_ = 0;
};

/** A pass as somebody wants it. */
struct DevicePass {
	/** Positions that are filled. */
	size_t length;
	/** Room that the cache is to have, where it gets `past`. */
	size_t capacity;
	/** Empty where the device has the first `length` positions already; otherwise of each buffer [kvHeads, capacity, headDim]. */
	std::vector<std::span<const float>> past;
	std::span<const int32_t> tokens;
	/** Of the last tokens; at least 1. */
	size_t logitRows;
};

/**
 * Runs one pass at a time, in three steps: begin() and end() on the thread that owns the session and its caches,
 * execute() between them on any. What a pass has computed is kept until the next one begins.
 */
class DeviceSession : public PassSession<DeviceCache> {
 public:
	using Options = DeviceOptions;

	/** @throws std::runtime_error where the library refuses provider or graph, or the graph isn't what the options say */
	static std::shared_ptr<DeviceSession> open(
		const std::string& libraryPath, const DeviceOptions& options
	);
	DeviceSession(const Library& library, DeviceOptions options);

	const DeviceOptions& options() const { return options_; }

	/** @throws std::runtime_error, after which no pass is running */
	void begin(DeviceCache& cache, const DevicePass& pass);
	/** @throws std::runtime_error */
	PassOutcome execute();
	/** A cache that the pass was not done for holds nothing. */
	PassOutcome end(PassOutcome outcome);

	/** What the last pass has added: [2 · layers, kvHeads, tokens, headDim]. Empty if it was not done. */
	std::span<const float> appended() const;

 private:
	friend class DeviceCache;

	void checkContract() const;
	void bindCaches(DeviceCache& cache, const DevicePass& pass);
	void bindInputs(DeviceCache& cache);
	void bindOutputs(DeviceCache& cache, size_t logitRows);

	const DeviceOptions options_;
	OrtOwnedSession session_;
	OrtOwnedMemoryInfo memory_;
	OrtOwnedAllocator allocator_;

	// Memory of the processor that the graph reads and writes.
	std::vector<int64_t> ids_;
	int32_t seqlensK_ = 0;
	int32_t totalLength_ = 0;
	int64_t pastLength_ = 0;
	int64_t logitsStart_ = 0;
	std::vector<float> appended_;
	/** The past on its way to the device, in float16: one buffer behind the other. */
	std::vector<uint16_t> staging_;
};

/** The nearest float16, ties to even. */
uint16_t halfOf(float value);

} // namespace mote
