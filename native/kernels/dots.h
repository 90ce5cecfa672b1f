/** Products of bytes, summed by fours: vectors of int8 whose lanes hold four bytes each. */
#pragma once

#include "kernels/lanes.h"
#include "kernels/unrolled.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace mote {
namespace {

/** Four bytes as one number. */
static inline int32_t fourAt(const void* bytes) {
	int32_t four;
	std::memcpy(&four, bytes, sizeof four);
	return four;
}

static inline IntLanes loadInts(const void* from) {
	IntLanes lanes;
	std::memcpy(&lanes, from, sizeof lanes);
	return lanes;
}

static inline IntLanes allInts(int32_t value) { return value - IntLanes{}; }

/** What asFactor adds to each byte: x86 multiplies an unsigned byte by a signed one. */
#if defined(__AVX2__)
constexpr int32_t kFactorOffset = 128;
#else
constexpr int32_t kFactorOffset = 0;
#endif

/** Signed bytes, as addDots takes them for its first factor. */
static inline IntLanes asFactor(IntLanes bytes) {
	return kFactorOffset == 0 ? bytes : bytes ^ static_cast<int32_t>(0x80808080U);
}

/**
 * sums + the four products of each lane. `factor` has bytes from asFactor, or from 0 to 127 as they are. Those of
 * `bytes` are signed, of magnitudes up to 63 beside asFactor and 127 beside others: AVX2 sums pairs of products in
 * 16 bits, and 2 · 255 · 63 and 2 · 127 · 127 stay below 2^15.
 */
static inline IntLanes addDots(IntLanes sums, IntLanes factor, IntLanes bytes) {
#if defined(__AVX512VNNI__)
	return reinterpret_cast<IntLanes>(_mm512_dpbusd_epi32(
		reinterpret_cast<__m512i>(sums),
		reinterpret_cast<__m512i>(factor),
		reinterpret_cast<__m512i>(bytes)
	));
#elif defined(__AVXVNNI__)
	return reinterpret_cast<IntLanes>(_mm256_dpbusd_avx_epi32(
		reinterpret_cast<__m256i>(sums),
		reinterpret_cast<__m256i>(factor),
		reinterpret_cast<__m256i>(bytes)
	));
#elif defined(__AVX2__)
	const __m256i pairs =
		_mm256_maddubs_epi16(reinterpret_cast<__m256i>(factor), reinterpret_cast<__m256i>(bytes));
	return sums + reinterpret_cast<IntLanes>(_mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
#else
	return vdotq_s32(sums, reinterpret_cast<int8x16_t>(factor), reinterpret_cast<int8x16_t>(bytes));
#endif
}

static inline Lanes floatsOf(IntLanes lanes) { return __builtin_convertvector(lanes, Lanes); }

/** The largest lane of each of 8 vectors, whose lanes are not below 0. */
static inline void largestOfEach(const IntLanes* vectors, int32_t* largest) {
#if defined(__AVX512F__)
	// Halves, quarters and pairs of all of them meet in fewer and fewer vectors, of which one is left.
	const auto at = [&](int32_t i) { return reinterpret_cast<__m512i>(vectors[i]); };
	const auto halves = [](__m512i a, __m512i b) {
		return _mm512_max_epi32(_mm512_shuffle_i32x4(a, b, 0x44), _mm512_shuffle_i32x4(a, b, 0xEE));
	};
	const auto quarters = [](__m512i a, __m512i b) {
		return _mm512_max_epi32(_mm512_shuffle_i32x4(a, b, 0x88), _mm512_shuffle_i32x4(a, b, 0xDD));
	};
	const __m512i even = quarters(halves(at(0), at(2)), halves(at(4), at(6)));
	const __m512i odd = quarters(halves(at(1), at(3)), halves(at(5), at(7)));
	const __m512i pairs =
		_mm512_max_epi32(_mm512_unpacklo_epi64(even, odd), _mm512_unpackhi_epi64(even, odd));
	const __m512i all = _mm512_max_epi32(pairs, _mm512_srli_epi64(pairs, 32));
	const __m256i low = _mm512_cvtepi64_epi32(all);
	std::memcpy(largest, &low, sizeof low);
#elif defined(__AVX2__)
	for (int32_t i = 0; i < 8; i++) {
		const auto all = reinterpret_cast<__m256i>(vectors[i]);
		__m128i most = _mm_max_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
		most = _mm_max_epi32(most, _mm_shuffle_epi32(most, 0x4E));
		most = _mm_max_epi32(most, _mm_shuffle_epi32(most, 0xB1));
		largest[i] = _mm_cvtsi128_si32(most);
	}
#else
	for (int32_t i = 0; i < 8; i++) {
		largest[i] = vmaxvq_s32(vectors[i]);
	}
#endif
}

/** Stores the low bytes of 16 integers from -128 to 127. */
static inline void storeBytes(int8_t* to, const IntLanes* lanes) {
#if defined(__AVX512F__)
	const __m128i bytes = _mm512_cvtepi32_epi8(reinterpret_cast<__m512i>(lanes[0]));
	std::memcpy(to, &bytes, sizeof bytes);
#elif defined(__AVX2__)
	const __m256i words = _mm256_permute4x64_epi64(
		_mm256_packs_epi32(reinterpret_cast<__m256i>(lanes[0]), reinterpret_cast<__m256i>(lanes[1])),
		0xD8
	);
	const __m128i bytes =
		_mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
	std::memcpy(to, &bytes, sizeof bytes);
#else
	const int16x8_t low = vcombine_s16(vmovn_s32(lanes[0]), vmovn_s32(lanes[1]));
	const int16x8_t high = vcombine_s16(vmovn_s32(lanes[2]), vmovn_s32(lanes[3]));
	vst1q_s8(to, vcombine_s8(vmovn_s16(low), vmovn_s16(high)));
#endif
}

} // namespace
} // namespace mote
