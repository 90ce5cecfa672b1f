import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { isBuiltForAddon } from "../model/architecture.ts";
import type { ModelFolder } from "../model/modelStore.ts";
import type { Backend } from "./backend.ts";
import { backendNameOf } from "./backendName.ts";
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
	/** Of {@link backendNameOf}. */
	readonly backendName: string;
}

type NativeResult =
	| { readonly kind: "opened"; readonly opened: OpenedBackend }
	/** `reason` is the rest of a sentence after "because"; the user can do something about a `fault`. */
	| { readonly kind: "unavailable" | "fault"; readonly reason: string };

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
	const sentence = `Mote's addon is not used, because ${native.reason}.`;
	if (native.kind === "fault") {
		logger.warn(sentence);
	} else {
		logger.info(sentence);
	}
	const { backend, graphDescription: choice } = await openFasterBackend(options);
	const parts = { runtime: "ONNX Runtime", threads, choice, withoutAddonReason: native.reason };
	return { backend, backendName: backendNameOf(parts) };
}

async function openNative({ model, threads }: OpenBackendOptions): Promise<NativeResult> {
	const { manifest, nativeGraphPath: graphPath } = model;
	if (manifest.exportedGraph !== undefined) {
		return { kind: "unavailable", reason: "the model's graph was made for ONNX Runtime alone" };
	}
	if (manifest.quantization === "fp32") {
		return { kind: "unavailable", reason: "the model keeps its weights in float32" };
	}
	if (graphPath === undefined) {
		return isBuiltForAddon(manifest.architecture)
			? {
					kind: "fault",
					reason: "the model was imported without a graph for it and has to be imported again",
				}
			: {
					kind: "unavailable",
					reason: `it has no operators for models of the type ${manifest.architecture}`,
				};
	}
	const loaded = loadAddon();
	if (loaded.kind === "unavailable") {
		return { kind: "fault", reason: loaded.reason };
	}
	const { addon, instructions } = loaded;
	try {
		const backend = await openNativeBackend({ addon, instructions, graphPath, manifest, threads });
		const parts = { runtime: "Mote's addon on ONNX Runtime", threads, choice: instructions };
		return { kind: "opened", opened: { backend, backendName: backendNameOf(parts) } };
	} catch (error) {
		if (error instanceof EngineError) {
			const detail = error.cause instanceof Error ? error.cause.message : error.message;
			return { kind: "fault", reason: `it could not load the model (${detail})` };
		}
		throw error;
	}
}
