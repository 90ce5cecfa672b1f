/**
 * Before a loop over sums that should be in registers: unrolled as a whole, whatever the compiler thinks of its
 * size, because sums that are indexed by a loop variable live in memory.
 */
#pragma once

#if defined(__clang__)
#define MOTE_UNROLLED _Pragma("unroll")
#else
#define MOTE_UNROLLED _Pragma("GCC unroll 32")
#endif
