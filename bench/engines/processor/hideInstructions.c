/*
 * Preloaded into a process (LD_PRELOAD), hides AVX-512, AVX-VNNI, AMX and AVX10 from it, so that every library that
 * asks the processor itself takes its kernels for AVX2. Linux on x86-64, on processors that can trap CPUID.
 *
 * CPUID is made to fault (arch_prctl(2), ARCH_CPUID_SET); the handler of the fault executes it and clears bits of the
 * answer. The process is told by the environment variable below, in words; where nothing can be hidden it is not set.
 * What ran before this library keeps what it chose: the loader, and through it libc's copying of memory.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

static const char told[] = "MOTE_HIDDEN_INSTRUCTIONS";
static const char hidden[] = "AVX-512, AVX-VNNI and AMX";

/* From asm/prctl.h, which not every system has. Allows CPUID in this thread, or makes it fault. */
enum { archCpuidSet = 0x1012 };

static bool allowCpuid(bool isAllowed) {
	return syscall(SYS_arch_prctl, archCpuidSet, isAllowed ? 1UL : 0UL) == 0;
}

struct Answer {
	uint32_t eax, ebx, ecx, edx;
};

static struct Answer cpuid(uint32_t leaf, uint32_t subleaf) {
	struct Answer answer;
	__asm__ volatile("cpuid"
	                 : "=a"(answer.eax), "=b"(answer.ebx), "=c"(answer.ecx), "=d"(answer.edx)
	                 : "a"(leaf), "c"(subleaf));
	return answer;
}

enum { extendedFeatures = 7 };

#define BIT(n) (UINT32_C(1) << (n))

/* The bits to clear, as Intel's manual numbers them: volume 2A, CPUID, leaf 7. */
static struct Answer bitsToHide(uint32_t leaf, uint32_t subleaf) {
	struct Answer bits = {0, 0, 0, 0};
	if (leaf == extendedFeatures && subleaf == 0) {
		/* AVX-512: F, DQ, IFMA, PF, ER, CD, BW, VL */
		bits.ebx = BIT(16) | BIT(17) | BIT(21) | BIT(26) | BIT(27) | BIT(28) | BIT(30) | BIT(31);
		/* AVX-512: VBMI, VBMI2, VNNI, BITALG, VPOPCNTDQ */
		bits.ecx = BIT(1) | BIT(6) | BIT(11) | BIT(12) | BIT(14);
		/* AVX-512: 4VNNIW, 4FMAPS, VP2INTERSECT; AMX-BF16, AVX512-FP16, AMX-TILE, AMX-INT8 */
		bits.edx = BIT(2) | BIT(3) | BIT(8) | BIT(22) | BIT(23) | BIT(24) | BIT(25);
	} else if (leaf == extendedFeatures && subleaf == 1) {
		/* AVX-VNNI, AVX512-BF16, AMX-FP16, AVX-IFMA */
		bits.eax = BIT(4) | BIT(5) | BIT(21) | BIT(23);
		/* AVX-VNNI-INT8, AVX-NE-CONVERT, AMX-COMPLEX, AVX-VNNI-INT16, AVX10 */
		bits.edx = BIT(4) | BIT(5) | BIT(8) | BIT(10) | BIT(19);
	}
	return bits;
}

static bool showsWhatIsHidden(uint32_t subleaf) {
	const struct Answer bits = bitsToHide(extendedFeatures, subleaf);
	const struct Answer found = cpuid(extendedFeatures, subleaf);
	return ((found.eax & bits.eax) | (found.ebx & bits.ebx) | (found.ecx & bits.ecx) |
	        (found.edx & bits.edx)) != 0;
}

typedef int (*SigactionFunction)(int, const struct sigaction*, struct sigaction*);
static SigactionFunction nextSigaction;
/* What others want done about SIGSEGV: V8 has a handler for WebAssembly. Faults that aren't ours go there. */
static struct sigaction others;

static void handleFault(int number, siginfo_t* information, void* context) {
	greg_t* registers = ((ucontext_t*)context)->uc_mcontext.gregs;
	/* A fault of CPUID comes from the kernel; where a fetch of code failed, there is nothing to be read. */
	const uint8_t* code = (const uint8_t*)registers[REG_RIP];
	if (information->si_code == SI_KERNEL && code[0] == 0x0f && code[1] == 0xa2) {
		const uint32_t leaf = (uint32_t)registers[REG_RAX];
		const uint32_t subleaf = (uint32_t)registers[REG_RCX];
		allowCpuid(true);
		const struct Answer answer = cpuid(leaf, subleaf);
		allowCpuid(false);
		const struct Answer bits = bitsToHide(leaf, subleaf);
		registers[REG_RAX] = answer.eax & ~bits.eax;
		registers[REG_RBX] = answer.ebx & ~bits.ebx;
		registers[REG_RCX] = answer.ecx & ~bits.ecx;
		registers[REG_RDX] = answer.edx & ~bits.edx;
		registers[REG_RIP] += 2;
	} else if ((others.sa_flags & SA_SIGINFO) != 0) {
		others.sa_sigaction(number, information, context);
	} else if (others.sa_handler != SIG_DFL && others.sa_handler != SIG_IGN) {
		others.sa_handler(number);
	} else {
		/* The instruction runs again, and the process ends as it would have. */
		nextSigaction(number, &others, NULL);
	}
}

static void findNextSigaction(void) {
	if (nextSigaction == NULL) {
		nextSigaction = (SigactionFunction)dlsym(RTLD_NEXT, "sigaction");
	}
}

/* In place of libc's, so that nobody takes the handler away. */
int sigaction(int number, const struct sigaction* action, struct sigaction* before) {
	findNextSigaction();
	if (number != SIGSEGV) {
		return nextSigaction(number, action, before);
	}
	const struct sigaction previous = others;
	if (action != NULL) {
		others = *action;
	}
	if (before != NULL) {
		*before = previous;
	}
	return 0;
}

__attribute__((constructor)) static void hideInstructions(void) {
	unsetenv(told);
	if (!showsWhatIsHidden(0) && !showsWhatIsHidden(1)) {
		setenv(told, hidden, 1);
		return;
	}
	findNextSigaction();
	struct sigaction own = {.sa_sigaction = handleFault, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
	sigemptyset(&own.sa_mask);
	if (nextSigaction(SIGSEGV, &own, NULL) == 0 && allowCpuid(false) && !showsWhatIsHidden(0) &&
	    !showsWhatIsHidden(1)) {
		setenv(told, hidden, 1);
	}
}
