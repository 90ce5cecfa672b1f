import * as z from "zod";

/** What can be compared. */
export const engineNames = ["native", "portable", "qmoe", "llama.cpp"] as const;
export type EngineName = (typeof engineNames)[number];

/**
 * "best" is everything that the processor has. "avx2" leaves AVX-512, AVX-VNNI and AMX out: llama.cpp and the
 * native addon are told, and from ONNX Runtime, which takes what it finds, they are hidden.
 */
export const instructionChoices = ["best", "avx2"] as const;
export type InstructionChoice = (typeof instructionChoices)[number];

/** Some of `names`, with commas between them, as an option of a program. */
export function nameList<Name extends string>(
	names: readonly [Name, ...Name[]],
): z.ZodType<Name[]> {
	return z
		.string()
		.transform((text) => text.split(","))
		.pipe(z.array(z.enum(names)).min(1));
}
