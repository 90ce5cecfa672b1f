/**
 * Vectors of the width that the including file is compiled for. GCC's and clang's vector extensions, so that
 * one text serves every set of instructions; only products of int4 codes need intrinsics.
 *
 * Everything here has internal linkage: two files compiled for different instructions must not share an
 * inline function, or the linker would keep one of them for both.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace mote {
namespace {

#if defined(__AVX512F__)
constexpr int32_t kLanes = 16;
#elif defined(__AVX2__)
constexpr int32_t kLanes = 8;
#else
constexpr int32_t kLanes = 4;
#endif

typedef float Lanes __attribute__((vector_size(4 * kLanes)));
typedef int32_t IntLanes __attribute__((vector_size(4 * kLanes)));
typedef int8_t ByteLanes __attribute__((vector_size(kLanes)));

static inline Lanes loadLanes(const float* from) {
	Lanes lanes;
	std::memcpy(&lanes, from, sizeof lanes);
	return lanes;
}

static inline void storeLanes(float* to, Lanes lanes) { std::memcpy(to, &lanes, sizeof lanes); }

static inline Lanes allLanes(float value) {
	// Subtracting 0 keeps the sign of a zero, which adding would not.
	return value - Lanes{};
}

static inline Lanes largerOf(Lanes a, Lanes b) { return a > b ? a : b; }

static inline Lanes magnitudeOf(Lanes a) { return a < 0 ? -a : a; }

static inline float sumOf(Lanes lanes) {
#if defined(__AVX512F__)
	return _mm512_reduce_add_ps(lanes);
#else
	float parts[kLanes];
	std::memcpy(parts, &lanes, sizeof parts);
	for (int32_t width = kLanes / 2; width > 0; width /= 2) {
		for (int32_t i = 0; i < width; i++) {
			parts[i] += parts[i + width];
		}
	}
	return parts[0];
#endif
}

static inline float largestOf(Lanes lanes) {
#if defined(__AVX512F__)
	return _mm512_reduce_max_ps(lanes);
#else
	float parts[kLanes];
	std::memcpy(parts, &lanes, sizeof parts);
	for (int32_t width = kLanes / 2; width > 0; width /= 2) {
		for (int32_t i = 0; i < width; i++) {
			parts[i] = parts[i + width] > parts[i] ? parts[i + width] : parts[i];
		}
	}
	return parts[0];
#endif
}

/** As many bytes as there are lanes. GCC converts bytes one by one where it isn't told how. */
static inline Lanes bytesToLanes(const int8_t* from) {
#if defined(__AVX512F__)
	return _mm512_cvtepi32_ps(
		_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)))
	);
#elif defined(__AVX2__)
	return _mm256_cvtepi32_ps(
		_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)))
	);
#else
	ByteLanes bytes;
	std::memcpy(&bytes, from, sizeof bytes);
	return __builtin_convertvector(bytes, Lanes);
#endif
}

/** 1.5 · 2^23: added to a float of magnitude below 2^22, it rounds it and leaves it in the low mantissa bits. */
constexpr float kRounder = 12582912.0F;

/** The nearest integers, halves to even. Magnitudes stay below 2^22. */
static inline IntLanes roundedLanes(Lanes x) {
	const Lanes shifted = x + kRounder;
	IntLanes bits;
	std::memcpy(&bits, &shifted, sizeof bits);
	return bits - 0x4B400000;
}

/**
 * e^x to about 2 ulp: 2^n · 2^f with n integer and |f| ≤ ½, the latter by its Taylor series, whose first
 * term left out is 2^-17 · ln(2)^7 ÷ 7! ≈ 1.2e-7. Below -87 it is 0: numbers without a leading bit would slow down
 * what they are multiplied with by a hundred times. Above 88 it stays at e^88.
 */
static inline Lanes expLanes(Lanes x) {
	const Lanes high = allLanes(88.0F);
	const IntLanes vanishes = x < -87.0F;
	x = x > high ? high : x;
	const Lanes exponent = x * 1.44269504088896F;
	const Lanes shifted = exponent + kRounder;
	const Lanes fraction = exponent - (shifted - kRounder);
	Lanes power = fraction * 1.54035304e-4F + 1.33335581e-3F;
	power = power * fraction + 9.61812911e-3F;
	power = power * fraction + 5.55041087e-2F;
	power = power * fraction + 2.40226507e-1F;
	power = power * fraction + 6.93147181e-1F;
	power = power * fraction + 1.0F;
	IntLanes bits;
	std::memcpy(&bits, &shifted, sizeof bits);
	const IntLanes scaleBits = (bits - 0x4B400000 + 127) << 23;
	Lanes scale;
	std::memcpy(&scale, &scaleBits, sizeof scale);
	return vanishes ? Lanes{} : power * scale;
}

} // namespace
} // namespace mote
