import { systemClock } from "../base/clock.ts";
import { processPort } from "../base/process/processPort.ts";
import type { EngineProcessHost } from "./runEngineProcess.ts";

/** This process, forked by a supervisor, which puts what is written to the standard streams into its log. */
export function processHost(): EngineProcessHost {
	const write = (stream: NodeJS.WriteStream) => (message: string) => {
		stream.write(`${message}\n`);
	};
	return {
		port: processPort(process),
		clock: systemClock,
		logger: {
			debug: () => undefined,
			info: write(process.stdout),
			warn: write(process.stderr),
			error: write(process.stderr),
		},
		exit: (code) => {
			process.exit(code);
		},
		kill: () => {
			process.kill(process.pid, "SIGKILL");
		},
	};
}
