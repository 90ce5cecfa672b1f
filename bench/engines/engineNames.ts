/** What can be compared. */
export const engineNames = ["native", "portable", "qmoe", "llama.cpp"] as const;
export type EngineName = (typeof engineNames)[number];

/**
 * "best" is everything that the processor has. "avx2" leaves AVX-512 and AMX out where an engine lets one
 * choose: llama.cpp and the native addon. ONNX Runtime's own kernels take what they find.
 */
export const instructionChoices = ["best", "avx2"] as const;
export type InstructionChoice = (typeof instructionChoices)[number];
