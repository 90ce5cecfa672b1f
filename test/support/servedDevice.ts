import type { ForkedProcess, ProcessExit } from "../../src/base/process/forkProcess.ts";
import type { ProcessPort } from "../../src/base/process/port.ts";
import {
	openDeviceProcess,
	type DeviceProcessBackend,
} from "../../src/engine/deviceProcess/deviceProcessBackend.ts";
import { serveDevice, type OpenedDevice } from "../../src/engine/deviceProcess/serveDevice.ts";
import type { ModelManifest } from "../../src/model/manifest.ts";
import { FakeClock } from "./fakeClock.ts";
import { pairedPorts } from "./pairedPorts.ts";

/** The real life of a device's process, in memory, with a death on request. */
export class FakeDeviceProcess implements ForkedProcess {
	readonly #ports = pairedPorts();
	readonly #exit = Promise.withResolvers<ProcessExit>();
	#isDead = false;

	/** Without `open` the process never listens, as one that hangs. */
	constructor(open?: () => Promise<OpenedDevice>) {
		if (open !== undefined) {
			serveDevice({
				port: this.#ports.child,
				open,
				exit: (code) => this.die(`exit code ${code}`),
				kill: () => this.kill(),
			});
		}
	}

	get port(): ProcessPort {
		return this.#ports.parent;
	}

	/** The child's end, to send what a broken process might. */
	get childPort(): ProcessPort {
		return this.#ports.child;
	}

	get exited(): Promise<ProcessExit> {
		return this.#exit.promise;
	}

	get isDead(): boolean {
		return this.#isDead;
	}

	die(description = "SIGSEGV"): void {
		if (!this.#isDead) {
			this.#isDead = true;
			this.#ports.close();
			setImmediate(() => this.#exit.resolve({ kind: "exited", description }));
		}
	}

	kill(): void {
		this.die("SIGKILL");
	}
}

/** The model of `manifest` on a device's process. */
export function openFrom(
	process: ForkedProcess,
	manifest: ModelManifest,
	signal: AbortSignal = new AbortController().signal,
	modelFolder = "/models/tiny",
): Promise<DeviceProcessBackend> {
	return openDeviceProcess({
		process,
		request: { provider: "webgpu", modelFolder, threads: 1 },
		manifest,
		clock: new FakeClock(),
		signal,
	});
}
