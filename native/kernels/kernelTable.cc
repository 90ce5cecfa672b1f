#include "kernelTable.h"

#include <cstdlib>

#include "kernelSets.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace mote {

const char* nameOf(Instructions instructions) {
	switch (instructions) {
		case Instructions::reference: return "plain C++";
		case Instructions::avx2: return "AVX2";
		case Instructions::avxVnni: return "AVX-VNNI";
		case Instructions::avx512Vnni: return "AVX-512 VNNI";
		case Instructions::neonDot: return "NEON";
	}
	std::abort();
}

#if defined(__x86_64__)

bool isUsable(Instructions instructions) {
	// These ask the system too, which has to save the registers.
	const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
	switch (instructions) {
		case Instructions::reference: return true;
		case Instructions::avx2: return avx2;
		case Instructions::avxVnni: return avx2 && __builtin_cpu_supports("avxvnni");
		case Instructions::avx512Vnni:
			return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
				__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
				__builtin_cpu_supports("avx512vnni");
		case Instructions::neonDot: return false;
	}
	return false;
}

const KernelTable& kernelsFor(Instructions instructions) {
	switch (instructions) {
		case Instructions::avx2: return kernelsAvx2();
		case Instructions::avxVnni: return kernelsAvxVnni();
		case Instructions::avx512Vnni: return kernelsAvx512Vnni();
		case Instructions::reference:
		case Instructions::neonDot: break;
	}
	return referenceKernels();
}

#elif defined(__aarch64__)

bool isUsable(Instructions instructions) {
	switch (instructions) {
		case Instructions::reference: return true;
		case Instructions::neonDot:
#if defined(__linux__)
			return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#else
			// Every Mac with an ARM processor has it.
			return true;
#endif
		case Instructions::avx2:
		case Instructions::avxVnni:
		case Instructions::avx512Vnni: return false;
	}
	return false;
}

const KernelTable& kernelsFor(Instructions instructions) {
	return instructions == Instructions::neonDot ? kernelsNeonDot() : referenceKernels();
}

#else
#error "no kernels for this processor"
#endif

Instructions bestInstructions() {
	Instructions best = Instructions::reference;
	for (const Instructions instructions : kAllInstructions) {
		best = isUsable(instructions) ? instructions : best;
	}
	return best;
}

}  // namespace mote
