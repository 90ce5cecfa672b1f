import type { InferenceSession } from "onnxruntime-node";
import { withoutTelemetry } from "../runtimeTelemetry.ts";

/** More threads than this do not make decoding faster: reading the weights from memory is the limit. */
const maxDefaultThreads = 8;

/**
 * Threads for a machine of so many logical cores: one for each physical core, for two threads on one core
 * wait for the same arithmetic units. x64 is taken to run two threads a core. At least two where there are
 * two, since a virtual machine's logical cores are often all it has.
 */
export function defaultThreads(logicalCores: number, architecture: string): number {
	const physical = architecture === "x64" ? Math.floor(logicalCores / 2) : logicalCores;
	return Math.max(1, Math.min(logicalCores, Math.max(physical, 2), maxDefaultThreads));
}

export function sessionOptions(threads: number): InferenceSession.SessionOptions {
	return {
		executionProviders: ["cpu"],
		graphOptimizationLevel: "all",
		// A decoder is one chain of operators: nothing to run side by side.
		executionMode: "sequential",
		interOpNumThreads: 1,
		intraOpNumThreads: threads,
		enableCpuMemArena: true,
		// Patterns are kept for every input shape, and every prefill chunk and draft has another one.
		enableMemPattern: false,
		logSeverityLevel: 3,
		// The threads of the pool spin while a pass runs, which halves its time, but not after it: an idle
		// engine must not heat the machine.
		extra: { session: { force_spinning_stop: "1" } },
	};
}

/**
 * Switches that the runtime reads from the environment, to be set before its library is loaded. Without
 * the first one, QMoE with int4 blocks dequantises every expert on every pass: a hundred times slower, and with
 * our scales (signed absmax / −8) not more exact.
 */
export const runtimeEnvironment = { ORT_USE_MLAS_Q4_GEMM_MOE: "1", ...withoutTelemetry } as const;
