import { nullLogger } from "../../src/base/log.ts";
import type { ForkedProcess, ProcessExit } from "../../src/base/process/forkProcess.ts";
import type { ProcessPort } from "../../src/base/process/port.ts";
import { runEngineProcess, type OpenEngine } from "../../src/engineProcess/runEngineProcess.ts";
import { FakeClock } from "./fakeClock.ts";
import { pairedPorts, type PairedPorts } from "./pairedPorts.ts";

/** The real life of an engine's process, in memory, with a death on request. */
export class FakeEngineProcess implements ForkedProcess {
	readonly #ports: PairedPorts = pairedPorts();
	#isDead = false;
	readonly #exit = Promise.withResolvers<ProcessExit>();

	/** Without `open` the process never listens, as one that hangs. */
	constructor(open?: OpenEngine) {
		if (open !== undefined) {
			runEngineProcess(
				{
					port: this.#ports.child,
					logger: nullLogger,
					clock: new FakeClock(),
					exit: (code) => {
						this.die({ kind: "exited", description: `exit code ${code}` });
					},
					kill: () => this.kill(),
				},
				open,
			);
		}
	}

	get exited(): Promise<ProcessExit> {
		return this.#exit.promise;
	}

	get port(): ProcessPort {
		return this.#ports.parent;
	}

	/** The child's end, to send what a broken process might. */
	get childPort(): ProcessPort {
		return this.#ports.child;
	}

	/**
	 * As with a real process, the channel closes first, the exit is heard of later, and what is dead can't be
	 * killed.
	 */
	die(exit: ProcessExit = { kind: "exited", description: "SIGSEGV" }): void {
		if (!this.#isDead) {
			this.#isDead = true;
			this.#ports.close();
			setImmediate(() => this.#exit.resolve(exit));
		}
	}

	kill(): void {
		this.die({ kind: "exited", description: "SIGKILL" });
	}
}
