/** Scratch memory of operators. */
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace mote {

/** Memory at a multiple of 64 that only grows. Its content is lost when it does. */
class Workspace {
 public:
	/** @throws std::bad_alloc */
	std::byte* withRoomFor(size_t bytes) {
		if (bytes > bytes_) {
			const size_t rounded = (bytes + 63) / 64 * 64;
			memory_.reset();
			bytes_ = 0;
			memory_.reset(static_cast<std::byte*>(std::aligned_alloc(64, rounded)));
			if (memory_ == nullptr) {
				throw std::bad_alloc();
			}
			bytes_ = rounded;
		}
		return memory_.get();
	}

 private:
	struct Free {
		void operator()(std::byte* memory) const { std::free(memory); }
	};
	std::unique_ptr<std::byte, Free> memory_;
	size_t bytes_ = 0;
};

/** Cuts the workspace of one operator into parts, in two rounds: first sizes are added up, then memory is there. */
class WorkspacePlan {
 public:
	/** @returns the offset of a part that begins at a multiple of 64 */
	size_t part(size_t bytes) {
		const size_t offset = bytes_;
		bytes_ += (bytes + 63) / 64 * 64;
		return offset;
	}
	template <typename T>
	size_t part(size_t count) {
		return part(count * sizeof(T));
	}
	size_t bytes() const { return bytes_; }

 private:
	size_t bytes_ = 0;
};

} // namespace mote
