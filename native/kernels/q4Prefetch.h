#pragma once

#include <cstddef>
#include <cstdint>

namespace mote {
namespace {

/**
 * How far ahead of the codes that are multiplied others are asked for, in bytes. Processors' own prefetching
 * stops at the end of each page of 4 KB, and weights are many pages that are read once.
 */
constexpr ptrdiff_t kPrefetchBytes = 4096;

/** Asks for what lies ahead of `codes`; beyond the end of a matrix that does no harm. */
static inline void prefetchCodes(const uint8_t* codes) { __builtin_prefetch(codes + kPrefetchBytes, 0, 3); }

/** The same for scales, of which there are 4 bytes for each 16 bytes of codes. */
static inline void prefetchScales(const float* scales) {
	__builtin_prefetch(reinterpret_cast<const uint8_t*>(scales) + kPrefetchBytes / 4, 0, 3);
}

}  // namespace
}  // namespace mote
