import { readFile } from "node:fs/promises";
import { arch, availableParallelism, cpus } from "node:os";
import type { Clock } from "../base/clock.ts";
import { nullLogger, type Logger } from "../base/log.ts";
import { UserError } from "../base/userError.ts";
import { freeMemoryBytes } from "../model/freeMemory.ts";
import { machineMemoryBytes } from "../model/machineMemory.ts";
import type { ModelManifest } from "../model/manifest.ts";
import { preflight } from "../model/memoryNeeds.ts";
import { openModel } from "../model/modelStore.ts";
import { createTokenizer } from "../tokenizer/bpeTokenizer.ts";
import type { VocabularyIndex } from "../tokenizer/vocabularyIndex.ts";
import type { Backend } from "./backend.ts";
import type { Engine } from "./engine.ts";
import type { Learner } from "../adaptation/learning.ts";
import { EngineError } from "./errors.ts";
import { checkFirstTokenTime } from "./firstTokenTime.ts";
import type { GpuSetting } from "./gpu/gpuProviders.ts";
import { keepLimitsFor } from "./keepLimits.ts";
import { LocalEngine } from "./localEngine.ts";
import { ceilingOf } from "./memoryCeiling.ts";
import { openFastestBackend, type OpenFastestOptions } from "./openFastestBackend.ts";
import { SavedPrefixes } from "./snapshots/savedPrefixes.ts";
import { snapshotKey } from "./snapshots/snapshotHead.ts";
import { NgramDrafter } from "./speculative/ngramDrafter.ts";
import { defaultThreads } from "./ort/sessionOptions.ts";

export interface OpenLocalEngineOptions {
	readonly modelFolder: string;
	/** Threads of the runtime; chosen for this machine without it. */
	readonly threads?: number | undefined;
	readonly clock: Clock;
	/**
	 * Where KV caches are kept for the next start, of requests that allow it; a folder for nothing else. Without it
	 * none are.
	 */
	readonly snapshotFolder?: string | undefined;
	/** Refuses a model whose first token after a typed character takes longer on this machine; without it none. */
	readonly maxFirstTokenMs?: number | undefined;
	/** Where what was found out about this machine is kept for the next start, such as the graph that is faster on it. */
	readonly cacheFolder?: string | undefined;
	/** Which GPU may run the model; without it none. */
	readonly gpu?: GpuSetting | undefined;
	/** A folder with libraries for GPUs that don't come with Mote. */
	readonly gpuLibraries?: string | undefined;
	/** See {@link OpenFastestOptions}. */
	readonly startDeviceProcess?: OpenFastestOptions["startDeviceProcess"];
	/** See {@link OpenFastestOptions}. */
	readonly beforeEnd?: OpenFastestOptions["beforeEnd"];
	readonly logger?: Logger;
	/** For comparisons: what drafts where decoding learns; the engine's own choice without it. */
	readonly drafter?: "promptLookup" | undefined;
	/** Measures the memory that is free now, in bytes; undefined where nobody knows. This machine's by default. */
	readonly freeBytes?: () => number | undefined;
}

export interface OpenedLocalEngine {
	readonly engine: Engine & Learner;
	readonly modelName: string;
	/** For people: what runs the model, and why that. */
	readonly backendName: string;
}

/**
 * Checks the model in a folder, loads it into what runs it fastest here and puts an engine before it.
 *
 * @throws EngineError "modelUnusable" for whatever is wrong with the folder, "notEnoughMemory" for a large model that
 *   the machine has no memory for now, "runtimeFailed" when the runtime can't load it, "modelTooSlow" where that was to
 *   be refused.
 */
export async function openLocalEngine({
	modelFolder,
	threads = defaultThreads(availableParallelism(), arch()),
	clock,
	snapshotFolder,
	maxFirstTokenMs,
	cacheFolder,
	gpu = "off",
	gpuLibraries,
	startDeviceProcess,
	beforeEnd,
	logger = nullLogger,
	drafter,
	freeBytes = freeMemoryBytes,
}: OpenLocalEngineOptions): Promise<OpenedLocalEngine> {
	const { model, vocabulary } = await readModel(modelFolder, freeBytes);
	const { manifest } = model;
	const { backend, backendName } = await openFastestBackend({
		model,
		gpu,
		gpuLibraries,
		startDeviceProcess,
		beforeEnd,
		threads,
		clock,
		cacheFolder,
		logger,
	});
	if (maxFirstTokenMs !== undefined) {
		const key = {
			processor: cpus()[0]?.model ?? "unknown",
			runtime: backend.kvLayout.id,
			threads,
			weights: manifest.files.weights.sha256,
		};
		const limit = { backend, key, modelName: manifest.name, maxFirstTokenMs };
		try {
			await checkFirstTokenTime({ ...limit, clock, cacheFolder, logger });
		} catch (error) {
			await backend.dispose();
			throw error;
		}
	}
	const bytesPerPosition =
		backend.kvLayout.prefixBytes(manifest.contextLength) / manifest.contextLength;
	const saved =
		snapshotFolder === undefined
			? undefined
			: await openSaved(snapshotFolder, backend, manifest, logger);
	return {
		engine: new LocalEngine({
			backend,
			vocabulary,
			clock,
			saved,
			keep: keepLimitsFor(bytesPerPosition, manifest.contextLength, machineMemoryBytes()),
			ceiling: ceilingOf(freeBytes),
			...(drafter === "promptLookup" && { createDrafter: () => new NgramDrafter() }),
			vocabularyChecksum: manifest.files.tokenizer.sha256,
		}),
		modelName: manifest.name,
		backendName,
	};
}

function openSaved(
	folder: string,
	backend: Backend,
	{ files }: ModelManifest,
	logger: Logger,
): Promise<SavedPrefixes | undefined> {
	const { kvLayout: layout, vocabularySize, contextLength } = backend;
	// Of all graphs: which of them runs is in the layout, as far as it makes a difference.
	const checksums = Object.values(files)
		.flat()
		.map((file) => file?.sha256 ?? "");
	const model = { key: snapshotKey(checksums, layout), layout, vocabularySize, contextLength };
	return SavedPrefixes.open({ folder, model, logger });
}

/** Hears of too little memory before every byte is read and checked, which takes long with the models that it is about. */
async function readModel(
	modelFolder: string,
	freeBytes: () => number | undefined,
): Promise<{ model: Awaited<ReturnType<typeof openModel>>; vocabulary: VocabularyIndex }> {
	try {
		const { manifest } = await openModel(modelFolder, { verify: "sizes" });
		const room = preflight(manifest, freeBytes());
		if (room.kind === "notEnough") {
			throw new EngineError("notEnoughMemory", room.sentence);
		}
		const model = await openModel(modelFolder);
		const tokenizer = createTokenizer(await readFile(model.tokenizerPath, "utf8"));
		return { model, vocabulary: tokenizer.vocabulary };
	} catch (error) {
		if (error instanceof UserError && !(error instanceof EngineError)) {
			throw new EngineError("modelUnusable", error.message, { cause: error });
		}
		throw error;
	}
}
