import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { ModelFolder } from "../model/modelStore.ts";
import type { Backend } from "./backend.ts";
import { openFasterBackend } from "./ort/openFasterBackend.ts";

export interface OpenBackendOptions {
	readonly model: ModelFolder;
	readonly threads: number;
	readonly clock: Clock;
	/** Where what was found out about this machine is kept for the next start; without it nothing is. */
	readonly cacheFolder: string | undefined;
	readonly logger: Logger;
}

export interface OpenedBackend {
	readonly backend: Backend;
	/** For people, in one line: what runs the model, and why that. */
	readonly backendName: string;
}

/**
 * Loads a model into the backend that runs it fastest on this machine.
 *
 * @throws EngineError "runtimeFailed"
 */
export async function openBackend(options: OpenBackendOptions): Promise<OpenedBackend> {
	const { threads } = options;
	const { backend, graphDescription } = await openFasterBackend(options);
	const parts = ["ONNX Runtime", "CPU", threads === 1 ? "1 thread" : `${threads} threads`];
	return {
		backend,
		backendName: [...parts, ...(graphDescription === undefined ? [] : [graphDescription])].join(
			", ",
		),
	};
}
