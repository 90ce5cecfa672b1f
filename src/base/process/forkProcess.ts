import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Logger } from "../log.ts";
import type { ProcessPort } from "./port.ts";
import { processPort } from "./processPort.ts";

/** How a forked process ended. */
export interface ProcessExit {
	/** "unstartable": the operating system could not run the binary. */
	readonly kind: "exited" | "unstartable";
	/** For the log: exit code, signal or the system's message. */
	readonly description: string;
}

/** One forked process, from its start to its end. A seam: tests run one in memory. */
export interface ForkedProcess {
	readonly port: ProcessPort;
	/** Resolves when the process is gone; never rejects. */
	readonly exited: Promise<ProcessExit>;
	/** Ends it at once, whatever it is doing. */
	kill(): void;
}

export interface ForkOptions {
	/** A bundled entry point. */
	readonly childPath: string;
	/** A Node binary; this process's own without it, made to run as Node where it is Electron's. */
	readonly execPath: string | undefined;
	/** What stands in front of its lines in the log. */
	readonly name: string;
	readonly nodeArguments: readonly string[];
	/** Stands in for what this process has; what a debugger put there is taken away. */
	readonly environment: NodeJS.ProcessEnv;
	readonly logger: Logger;
}

const maxLoggedLineLength = 2000;

export function forkProcess({
	childPath,
	execPath,
	name,
	nodeArguments,
	environment,
	logger,
}: ForkOptions): ForkedProcess {
	const child = fork(childPath, [], {
		serialization: "advanced",
		silent: true,
		// Nothing of how this process was started: an inherited --inspect would ask for the same port again.
		execArgv: [...nodeArguments],
		env: childEnvironment(environment),
		...(execPath === undefined ? {} : { execPath }),
	});
	logLines(child.stdout, (line) => logger.info(`${name}: ${line}`));
	logLines(child.stderr, (line) => logger.warn(`${name}: ${line}`));
	const exited = new Promise<ProcessExit>((resolve) => {
		child.once("error", (error) => {
			// Also raised when a message or a signal could not be delivered; then the exit follows.
			if (child.pid === undefined) {
				resolve({ kind: "unstartable", description: error.message });
			} else {
				logger.warn(`${name}: ${error.message}`);
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
	const kept: NodeJS.ProcessEnv = { ...environment, ELECTRON_RUN_AS_NODE: "1" };
	// Hooks that a debugger puts into terminals and children don't belong into ours, and another
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
