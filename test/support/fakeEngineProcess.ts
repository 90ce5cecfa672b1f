import { nullLogger } from "../../src/base/log.ts";
import type { EngineProcess, ProcessExit } from "../../src/engineProcess/engineProcess.ts";
import type { EnginePort } from "../../src/engineProcess/port.ts";
import { runEngineProcess, type OpenEngine } from "../../src/engineProcess/runEngineProcess.ts";
import { pairedPorts, type PairedPorts } from "./pairedPorts.ts";

/** The real life of an engine's process, in memory, with a death on request. */
export class FakeEngineProcess implements EngineProcess {
	readonly exited: Promise<ProcessExit>;
	readonly #ports: PairedPorts = pairedPorts();
	#resolveExit: (exit: ProcessExit) => void = () => undefined;

	/** Without `open` the process never listens, as one that hangs. */
	constructor(open?: OpenEngine) {
		this.exited = new Promise((resolve) => {
			this.#resolveExit = resolve;
		});
		if (open !== undefined) {
			runEngineProcess(
				{
					port: this.#ports.child,
					logger: nullLogger,
					exit: (code) => {
						this.die({ kind: "exited", description: `exit code ${code}` });
					},
				},
				open,
			);
		}
	}

	get port(): EnginePort {
		return this.#ports.parent;
	}

	/** The child's end, to send what a broken process might. */
	get childPort(): EnginePort {
		return this.#ports.child;
	}

	/** As with a real process, the channel closes first and the exit is heard of later. */
	die(exit: ProcessExit = { kind: "exited", description: "SIGSEGV" }): void {
		this.#ports.close();
		setImmediate(() => this.#resolveExit(exit));
	}

	kill(): void {
		this.die({ kind: "exited", description: "SIGKILL" });
	}
}
