import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Logger } from "../base/log.ts";
import type { EnginePort } from "./port.ts";
import { processPort } from "./processPort.ts";

/** How a process of the engine ended. */
export interface ProcessExit {
	/** "unstartable": the operating system could not run the binary. */
	readonly kind: "exited" | "unstartable";
	/** For the log: exit code, signal or the system's message. */
	readonly description: string;
}

/** One process of the engine, from its start to its end. A seam: tests run one in memory. */
export interface EngineProcess {
	readonly port: EnginePort;
	/** Resolves when the process is gone; never rejects. */
	readonly exited: Promise<ProcessExit>;
	/** Ends it at once, whatever it is doing. */
	kill(): void;
}

export interface ForkOptions {
	/** The bundled child.ts. */
	readonly childPath: string;
	/** A Node binary; this process's own without it, made to run as Node where it is Electron's. */
	readonly execPath: string | undefined;
	readonly logger: Logger;
}

const maxLoggedLineLength = 2000;

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

export function forkEngineProcess({ childPath, execPath, logger }: ForkOptions): EngineProcess {
	const child = fork(childPath, [], {
		serialization: "advanced",
		silent: true,
		// Nothing of how this process was started: an inherited --inspect would ask for the same port again.
		execArgv: [`--max-semi-space-size=${youngGenerationMb}`],
		env: childEnvironment(process.env),
		...(execPath === undefined ? {} : { execPath }),
	});
	logLines(child.stdout, (line) => logger.info(`engine: ${line}`));
	logLines(child.stderr, (line) => logger.warn(`engine: ${line}`));
	const exited = new Promise<ProcessExit>((resolve) => {
		child.once("error", (error) => {
			// Also raised when a message or a signal could not be delivered; then the exit follows.
			if (child.pid === undefined) {
				resolve({ kind: "unstartable", description: error.message });
			} else {
				logger.warn(`engine: ${error.message}`);
			}
		});
		// Not "exit": what it wrote last, which may say why it died, belongs into the log before.
		child.once("close", (code, signal) => {
			resolve({ kind: "exited", description: signal ?? `exit code ${code ?? "unknown"}` });
		});
	});
	return {
		port: processPort(child),
		exited,
		kill: () => {
			child.kill("SIGKILL");
		},
	};
}

function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const kept: NodeJS.ProcessEnv = {
		...allocatorEnvironment,
		...environment,
		ELECTRON_RUN_AS_NODE: "1",
	};
	// Hooks that a debugger puts into terminals and children don't belong into the engine, and another
	// Node binary may not even know them.
	delete kept["NODE_OPTIONS"];
	return kept;
}

function logLines(stream: Readable | null, log: (line: string) => void): void {
	if (stream !== null) {
		createInterface({ input: stream }).on("line", (line) => {
			log(line.slice(0, maxLoggedLineLength));
		});
	}
}
