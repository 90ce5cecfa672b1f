import type { Logger } from "../base/log.ts";
import { forkProcess, type ForkedProcess } from "../base/process/forkProcess.ts";

export interface EngineForkOptions {
	/** The bundled child.ts. */
	readonly childPath: string;
	/** A Node binary; this process's own without it, made to run as Node where it is Electron's. */
	readonly execPath: string | undefined;
	readonly logger: Logger;
}

/**
 * Half of the memory that new JavaScript objects may take in the engine's process. What it allocates is short-lived and
 * small, since weights and KV caches lie outside; with V8's default of 16 MB the process was measured at 250 to 330 MB with
 * mote-base and 4,096 positions, with this at 225.
 */
const youngGenerationMb = 2;

/**
 * For glibc's allocator, which keeps what several threads freed for each of them: two pools, given back to the system
 * from 128 KiB on. With it the process takes 223 MB where it took 240 (mote-base, 4,096 positions). No other system
 * looks at them.
 */
const allocatorEnvironment = {
	MALLOC_ARENA_MAX: "2",
	MALLOC_TRIM_THRESHOLD_: "131072",
	MALLOC_TOP_PAD_: "0",
};

export function forkEngineProcess(options: EngineForkOptions): ForkedProcess {
	return forkProcess({
		...options,
		name: "engine",
		nodeArguments: [`--max-semi-space-size=${youngGenerationMb}`],
		environment: { ...allocatorEnvironment, ...process.env },
	});
}
