import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { ModelFolder } from "../model/modelStore.ts";
import type { Backend } from "./backend.ts";
import { EngineError } from "./errors.ts";
import { loadAddon } from "./native/addon.ts";
import { openNativeBackend } from "./native/nativeBackend.ts";
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

type NativeResult =
	| { readonly kind: "opened"; readonly opened: OpenedBackend }
	/** `reason` is the rest of a sentence after "because". */
	| { readonly kind: "unavailable"; readonly reason: string };

/**
 * Loads a model into the backend that runs it fastest on this machine: Mote's own addon, and where that can't be
 * onnxruntime-node, which runs every model on every platform.
 *
 * @throws EngineError "runtimeFailed"
 */
export async function openBackend(options: OpenBackendOptions): Promise<OpenedBackend> {
	const native = await openNative(options);
	if (native.kind === "opened") {
		return native.opened;
	}
	const { threads, logger } = options;
	logger.warn(`Mote's addon is not used, because ${native.reason}.`);
	const { backend, graphDescription } = await openFasterBackend(options);
	const parts = ["ONNX Runtime", "CPU", threadsInWords(threads)];
	const name = [...parts, ...(graphDescription === undefined ? [] : [graphDescription])].join(", ");
	return { backend, backendName: `${name} — without Mote's addon, because ${native.reason}` };
}

async function openNative({ model, threads }: OpenBackendOptions): Promise<NativeResult> {
	const { manifest, nativeGraphPath: graphPath } = model;
	if (graphPath === undefined) {
		return {
			kind: "unavailable",
			reason: "the model was imported without a graph for it and has to be imported again",
		};
	}
	const loaded = loadAddon();
	if (loaded.kind === "unavailable") {
		return loaded;
	}
	const { addon, instructions } = loaded;
	try {
		const backend = await openNativeBackend({ addon, instructions, graphPath, manifest, threads });
		const parts = ["Mote's addon on ONNX Runtime", "CPU", threadsInWords(threads), instructions];
		return { kind: "opened", opened: { backend, backendName: parts.join(", ") } };
	} catch (error) {
		if (error instanceof EngineError) {
			const detail = error.cause instanceof Error ? error.cause.message : error.message;
			return { kind: "unavailable", reason: `it could not load the model (${detail})` };
		}
		throw error;
	}
}

function threadsInWords(threads: number): string {
	return threads === 1 ? "1 thread" : `${threads} threads`;
}
