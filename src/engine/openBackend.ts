import type { Logger } from "../base/log.ts";
import type { ModelFile } from "../model/manifest.ts";
import type { ModelFolder } from "../model/modelStore.ts";
import type { Backend } from "./backend.ts";
import { EngineError } from "./errors.ts";
import { loadAddon } from "./native/addon.ts";
import { openNativeBackend } from "./native/nativeBackend.ts";
import { openOrtBackend } from "./ort/ortBackend.ts";

export interface OpenedBackend {
	readonly backend: Backend;
	/** For people. */
	readonly name: string;
	/** The graph that it runs. */
	readonly graph: ModelFile;
}

type NativeResult =
	| { readonly kind: "opened"; readonly opened: OpenedBackend }
	/** `reason` is the rest of a sentence after "because". */
	| { readonly kind: "unavailable"; readonly reason: string };

/**
 * Loads a model into Mote's own addon, and where that can't be into onnxruntime-node, which runs every model on every
 * platform, but more slowly.
 *
 * @throws EngineError "runtimeFailed"
 */
export async function openBackend(
	model: ModelFolder,
	threads: number,
	logger: Logger,
): Promise<OpenedBackend> {
	const native = await openNative(model, threads);
	if (native.kind === "opened") {
		return native.opened;
	}
	logger.info(`Mote's own addon is not used, because ${native.reason}.`);
	const { manifest, graphPath } = model;
	return {
		backend: await openOrtBackend({ graphPath, manifest, threads }),
		name: `ONNX Runtime, CPU, ${threadsInWords(threads)} (without Mote's own addon, because ${native.reason})`,
		graph: manifest.files.graph,
	};
}

async function openNative(
	{ manifest, nativeGraphPath: graphPath }: ModelFolder,
	threads: number,
): Promise<NativeResult> {
	const graph = manifest.files.nativeGraph;
	if (graph === undefined || graphPath === undefined) {
		return { kind: "unavailable", reason: "the model was imported without a graph for it" };
	}
	const loaded = loadAddon();
	if (loaded.kind === "unavailable") {
		return loaded;
	}
	const { addon, instructions } = loaded;
	try {
		const backend = await openNativeBackend({ addon, instructions, graphPath, manifest, threads });
		const name = `Mote's addon on ONNX Runtime, CPU with ${instructions}, ${threadsInWords(threads)}`;
		return { kind: "opened", opened: { backend, name, graph } };
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
