import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../../src/base/userError.ts";
import type { InstructionChoice } from "../engineNames.ts";
import { cacheFolder, makeOnce } from "../makeOnce.ts";

const run = promisify(execFile);

/** By which hideInstructions.c tells its process what is hidden from it. */
const toldBy = "MOTE_HIDDEN_INSTRUCTIONS";

/**
 * What a process has to be started with so that no library in it finds more instructions than `choice`. Throws a
 * UserError where this system has no such means; whether the processor has, {@link onnxRuntimeKernels} says in there.
 */
export async function instructionEnvironment(
	choice: InstructionChoice,
): Promise<Readonly<Record<string, string>>> {
	if (choice === "best") {
		return {};
	}
	if (process.platform !== "linux" || process.arch !== "x64") {
		throw new UserError(
			"noCpuidFaulting",
			"Instructions can be hidden from a process on Linux on x64 only; measure on a processor without AVX-512.",
		);
	}
	const source = join(import.meta.dirname, "hideInstructions.c");
	const hash = createHash("sha256").update(await readFile(source));
	const path = join(cacheFolder, `hide-${hash.digest("hex").slice(0, 16)}.so`);
	await makeOnce(path, async (partial) => {
		const flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"];
		await run("gcc", [...flags, source, "-o", partial]);
	});
	return { LD_PRELOAD: path };
}

/**
 * Which kernels ONNX Runtime takes in a process with this environment, for people. It can't be told, so it gets what
 * it finds. Throws a UserError where `choice` leaves out instructions that it still would find.
 */
export function onnxRuntimeKernels(
	choice: InstructionChoice,
	environment: Readonly<Record<string, string | undefined>>,
): string {
	if (choice === "best") {
		return "ONNX Runtime's own choice";
	}
	const hidden = environment[toldBy];
	if (hidden === undefined) {
		throw new UserError(
			"instructionsNotHidden",
			"This processor doesn't let instructions be hidden (CPUID faulting), and ONNX Runtime takes all that it finds; measure it on a processor without AVX-512.",
		);
	}
	return `ONNX Runtime's own choice, ${hidden} hidden from the process`;
}
