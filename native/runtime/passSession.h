/** What the sessions of all devices share: one pass at a time over one of their caches. */
#pragma once

#include <atomic>
#include <cstddef>
#include <span>
#include <vector>

#include "runtime/library.h"
#include "runtime/ortOwned.h"
#include "runtime/stopFlag.h"

namespace mote {

enum class PassOutcome { done, stopped };

/**
 * Who runs, how it is stopped, and the logits of the last pass. A session begins a pass with start() and ends it with
 * finish(), both on the thread that owns it and its caches; runBinding() between them is called on any.
 */
template <typename Cache>
class PassSession {
 public:
	PassSession(const PassSession&) = delete;
	PassSession& operator=(const PassSession&) = delete;

	const Library& library() const { return library_; }
	bool isRunning() const { return running_ != nullptr; }
	bool isRunning(const Cache& cache) const { return running_ == &cache; }

	/** Has a pass that runs end early. From the thread that owns the session. */
	void stop() {
		if (running_ != nullptr) {
			pass_.stop.store(true, std::memory_order_relaxed);
			library_.ort.check(library_.ort.RunOptionsSetTerminate(runOptions_.get()));
		}
	}

	/** Of the last pass, if it was done; otherwise 0. */
	size_t logitRows() const { return finishedRows_; }
	std::span<const float> logits(size_t row) const {
		return {logits_.data() + row * vocabularySize_, vocabularySize_};
	}

 protected:
	PassSession(const Library& library, size_t vocabularySize)
			: library_(library),
				vocabularySize_(vocabularySize),
				runOptions_(ownedBy<OrtOwnedRunOptions>(library.ort, [&](OrtRunOptions** out) {
					return library.ort.CreateRunOptions(out);
				})) {}
	~PassSession() = default;

	/** Nothing of the last pass can be read from here on. */
	void forgetLast() { finishedRows_ = 0; }

	/** From here on a pass runs, and can be stopped. @throws std::runtime_error, after which none does */
	void start(Cache& cache, size_t logitRows) {
		pass_.stop.store(false, std::memory_order_relaxed);
		library_.ort.check(library_.ort.RunOptionsUnsetTerminate(runOptions_.get()));
		runningRows_ = logitRows;
		running_ = &cache;
	}

	/** @throws std::runtime_error */
	PassOutcome runBinding(OrtSession* session, const OrtIoBinding* binding) {
		const Ort& ort = library_.ort;
		OrtStatus* status = ort.RunWithBinding(session, runOptions_.get(), binding);
		// Whatever the library says about it: an operator may have left its outputs unfinished.
		if (pass_.isStopped()) {
			if (status != nullptr) {
				ort.ReleaseStatus(status);
			}
			return PassOutcome::stopped;
		}
		ort.check(status);
		return PassOutcome::done;
	}

	/** Whether the pass is done and nobody asked for a stop until now: who did is never told that it was too late. */
	PassOutcome finish(PassOutcome outcome) {
		const PassOutcome seen = pass_.isStopped() ? PassOutcome::stopped : outcome;
		if (seen == PassOutcome::done) {
			finishedRows_ = runningRows_;
		}
		running_ = nullptr;
		return seen;
	}

	const Library& library_;
	const size_t vocabularySize_;
	PassState pass_;
	OrtOwnedRunOptions runOptions_;
	/** Room for at least the rows of the last pass. */
	std::vector<float> logits_;
	Cache* running_ = nullptr;
	size_t finishedRows_ = 0;

 private:
	size_t runningRows_ = 0;
};

} // namespace mote
