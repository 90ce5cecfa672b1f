import { EngineError } from "../engine/errors.ts";
import type { GpuSetting } from "../engine/gpu/gpuProviders.ts";
import type { ProcessPort } from "../base/process/port.ts";
import { parseFromEngine, protocolVersion, type ToEngineMessage } from "./protocol.ts";

export interface OpenRequest {
	readonly modelFolder: string;
	/** Of the runtime; the engine chooses without it. */
	readonly threads: number | undefined;
	/** Refuses a model whose first token after a typed character takes longer on this machine; without it none. */
	readonly maxFirstTokenMs: number | undefined;
	/** Where the engine keeps KV caches for its next start; without it none are. */
	readonly snapshotFolder: string | undefined;
	/** Where the engine keeps what it finds out about this machine; without it nothing is kept. */
	readonly cacheFolder: string | undefined;
	/** Which GPU may run the model; without it none. */
	readonly gpu: GpuSetting | undefined;
	/** Absolute; a folder with libraries for GPUs that don't come with Mote. */
	readonly gpuLibraries: string | undefined;
}

/** What is asked of a process by the options of its engine. */
export const openRequestOf = ({
	modelFolder,
	threads,
	maxFirstTokenMs,
	snapshotFolder,
	cacheFolder,
	gpu,
	gpuLibraries,
}: Partial<OpenRequest> & Pick<OpenRequest, "modelFolder">): OpenRequest => ({
	...{ modelFolder, threads, maxFirstTokenMs, snapshotFolder, cacheFolder },
	...{ gpu, gpuLibraries },
});

export type OpenOutcome =
	| { readonly kind: "ready"; readonly modelName: string; readonly backendName: string }
	| { readonly kind: "unusable"; readonly error: EngineError };

/**
 * Asks a process that has just started to load a model. The message may be sent before the process
 * listens: it waits in the pipe. Resolves with its answer, and never when the process ends before it.
 */
export function openModel(
	port: ProcessPort,
	{
		modelFolder,
		threads,
		maxFirstTokenMs,
		snapshotFolder,
		cacheFolder,
		gpu,
		gpuLibraries,
	}: OpenRequest,
): Promise<OpenOutcome> {
	return new Promise((resolve) => {
		const stop = port.onMessage((raw) => {
			stop();
			resolve(outcomeOf(raw));
		});
		const message: ToEngineMessage = {
			kind: "open",
			protocolVersion,
			modelFolder,
			...(threads === undefined ? {} : { threads }),
			...(maxFirstTokenMs === undefined ? {} : { maxFirstTokenMs }),
			...(snapshotFolder === undefined ? {} : { snapshotFolder }),
			...(cacheFolder === undefined ? {} : { cacheFolder }),
			...(gpu === undefined ? {} : { gpu }),
			...(gpuLibraries === undefined ? {} : { gpuLibraries }),
		};
		port.send(message);
	});
}

function outcomeOf(raw: unknown): OpenOutcome {
	const parsed = parseFromEngine(raw);
	if (parsed.kind === "ok" && parsed.message.kind === "ready") {
		const { modelName, backendName } = parsed.message;
		return { kind: "ready", modelName, backendName };
	}
	if (parsed.kind === "ok" && parsed.message.kind === "unusable") {
		const { code, message } = parsed.message;
		return { kind: "unusable", error: new EngineError(code, message) };
	}
	return {
		kind: "unusable",
		error: new EngineError(
			"runtimeFailed",
			"The engine's process does not speak this version's protocol; reload the window if Mote was just updated.",
		),
	};
}
