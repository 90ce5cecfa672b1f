/** One loaded model that runs forward passes. */
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/kernelTable.h"
#include "runtime/kvCache.h"
#include "runtime/library.h"
#include "runtime/ortOwned.h"
#include "runtime/passSession.h"

namespace mote {

struct SessionOptions {
	/** A graph in our operators; its weights lie beside it. */
	std::string graphPath;
	/** Threads that a pass runs on, the calling one among them; at least 1. */
	int threads;
	/** Of our operators; usable on this machine. */
	Instructions instructions;
	KvShape kv;
	size_t vocabularySize;
};

class Session;

/** A KV cache as the graph's inputs and outputs: past and present are the same memory, bound once. */
class BoundCache {
 public:
	/** @throws std::bad_alloc, std::runtime_error */
	BoundCache(std::shared_ptr<Session> session, size_t capacity);

	const std::shared_ptr<Session>& session() const { return session_; }

	KvCache cache;

 private:
	friend class Session;

	/** Which of the session's memory is bound; bound again when that moves or another number of elements is used. */
	struct Bound {
		size_t allocation = 0;
		size_t count = 0;

		bool operator==(const Bound&) const = default;
	};

	void bindTokens(size_t count);
	void bindOutputs(size_t rows);

	std::shared_ptr<Session> session_;
	OrtOwnedIoBinding binding_;
	Bound tokens_;
	Bound outputs_;
};

/**
 * Runs one pass at a time, in three steps: begin() and end() on the thread that owns the session and its caches,
 * execute() between them on any. The logits of the last pass are kept until the next one begins.
 */
class Session : public PassSession<BoundCache> {
 public:
	using Options = SessionOptions;

	/** @throws std::runtime_error where the library refuses the graph, or it isn't what the options say */
	static std::shared_ptr<Session> open(
		const std::string& libraryPath, const SessionOptions& options
	);
	Session(const Library& library, SessionOptions options);

	const SessionOptions& options() const { return options_; }

	/**
	 * Prepares a pass that appends `tokens` to `cache`, which has room for them, and computes logits for the last
	 * `logitRows` of them. No pass is running.
	 *
	 * @throws std::runtime_error, after which no pass is running
	 */
	void begin(BoundCache& cache, std::span<const int32_t> tokens, size_t logitRows);

	/**
	 * Runs the pass that has begun.
	 *
	 * @throws std::runtime_error
	 */
	PassOutcome execute();

	/** Ends the pass. Its positions count from here on if it is done and was not to stop. */
	PassOutcome end(PassOutcome outcome);

	/** Logarithm of the sum of e^logit over each row. */
	std::span<const float> logSums() const { return {logSums_.data(), logitRows()}; }
	/** The token with the largest logit of each row, the lowest id among equals. */
	std::span<const int32_t> best() const { return {best_.data(), logitRows()}; }

 private:
	friend class BoundCache;

	void checkContract() const;
	void makeRoom(size_t tokens, size_t logitRows);

	const SessionOptions options_;
	/** Referred to by the domain, and that by the session. */
	std::vector<std::shared_ptr<const OrtCustomOp>> operators_;
	OrtOwnedCustomOpDomain domain_;
	OrtOwnedSession session_;

	// Memory that the graph reads and writes. The numbers count how often it was allocated.
	size_t idsAllocation_ = 0;
	std::vector<int64_t> ids_;
	int32_t totalLength_ = 0;
	int64_t logitsStart_ = 0;
	size_t outputsAllocation_ = 0;
	std::vector<float> logSums_;
	std::vector<int32_t> best_;
};

} // namespace mote
