import { readFile } from "node:fs/promises";
import { arch, cpus, loadavg, platform } from "node:os";

/** The machine that a result is of; results of different machines are not compared. */
export interface Machine {
	readonly processor: string;
	/** See {@link instructionSetsIn}. */
	readonly instructionSets: readonly string[];
	readonly logicalCores: number;
	readonly platform: string;
}

/** The sets of instructions that decide how fast int8 products are, as Linux calls them. */
const tellingInstructions = [
	...["avx", "f16c", "fma", "avx2", "avx_vnni"],
	...["avx512f", "avx512bw", "avx512vl", "avx512_vnni", "avx512_bf16", "avx512_fp16"],
	...["amx_int8", "amx_bf16"],
	...["asimd", "asimddp", "i8mm", "sve"],
] as const;

export async function describeMachine(): Promise<Machine> {
	return {
		processor: cpus()[0]?.model.trim() ?? "unknown",
		instructionSets: instructionSetsIn(await readFile("/proc/cpuinfo", "utf8").catch(() => "")),
		logicalCores: cpus().length,
		platform: `${platform()}/${arch()}`,
	};
}

/**
 * Of {@link tellingInstructions}, those that the first processor in the text of `/proc/cpuinfo` has; empty where the
 * system doesn't list them.
 */
export function instructionSetsIn(cpuInfo: string): readonly string[] {
	const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuInfo)?.[1] ?? "";
	const all = new Set(flags.split(" "));
	return tellingInstructions.filter((name) => all.has(name));
}

/** Of the last minute: processes that ran or wanted to. */
export function currentLoad(): number {
	return loadavg()[0] ?? Number.NaN;
}
