import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { KvCacheFormat } from "../../model/manifest.ts";
import { withoutTelemetry } from "../runtimeTelemetry.ts";

/** What native/addon.cc exports. Arguments of the wrong kind or out of range throw a TypeError. */
export interface NativeAddon {
	readonly abi: number;
	/** As `process.platform` and `process.arch` say it: "linux-x64". */
	readonly platform: string;
	/** The sets of instructions that there are kernels for and that this machine runs, by names for people. */
	readonly instructions: readonly string[];
	/** The fastest of them; undefined where there are only plain kernels, which are for tests. */
	readonly bestInstructions: string | undefined;
	/** Whether their kernels compute here what plain ones do. Takes a millisecond. */
	selfTest(instructions: string): boolean;
	/** Rejects with an Error where the library or the graph can't be used. */
	openSession(options: NativeSessionOptions): Promise<NativeSession>;
	/** The same for a model on a GPU. */
	openDeviceSession(options: NativeDeviceOptions): Promise<NativeDeviceSession>;
}

export interface NativeDeviceOptions {
	/** Of ONNX Runtime; what runs on the device lies beside it. */
	readonly libraryPath: string;
	/** A graph for GPUs in float16; its weights lie beside it. */
	readonly graphPath: string;
	/** The processor's is for comparisons. */
	readonly provider: "cuda" | "cpu";
	readonly threads: number;
	readonly layers: number;
	readonly kvHeads: number;
	readonly headDim: number;
	readonly contextLength: number;
	readonly vocabularySize: number;
}

/** One loaded model. Its memory is freed when it is disposed of and all of its caches are released, or collected. */
export interface NativeDeviceSession {
	/** Of ONNX Runtime. */
	readonly runtimeVersion: string;
	createCache(): NativeDeviceCache;
	/**
	 * Appends tokens to a cache on a thread of its own; one pass at a time. Resolves to whether it was done, and not stopped;
	 * where not, or where it rejects, the device has nothing of the cache any more.
	 */
	run(cache: NativeDeviceCache, pass: NativeDevicePass): Promise<boolean>;
	/** Has a pass that runs end between two operators. */
	stop(): void;
	/** Copies one row of the logits of the last pass into `target`, which has the size of the vocabulary. */
	readLogits(row: number, target: Float32Array): void;
	/** Copies what the last pass has added: as the graph's contract says. */
	readAppended(target: Float32Array): void;
	dispose(): void;
}

export interface NativeDevicePass {
	/** Positions that are filled. */
	readonly length: number;
	/** Room that a cache gets whose `past` is given. */
	readonly capacity: number;
	/**
	 * Keys and values of layer 0, of layer 1, …: [kvHeads, capacity, headDim] each. Without it the device has the first `length`
	 * positions already.
	 */
	readonly past?: readonly Float32Array[];
	readonly tokens: Int32Array;
	/** At least 1. */
	readonly logitRows: number;
}

/** What the device has of one sequence, until it is released. */
export interface NativeDeviceCache {
	/** Positions that it has room for; 0 where it has nothing. */
	readonly capacity: number;
	/** Gives its memory back, and no pass takes it any more. Throws while one does. */
	release(): void;
}

export interface NativeSessionOptions {
	/** Of ONNX Runtime's library. */
	readonly libraryPath: string;
	/** A graph in the addon's operators; its weights lie beside it. */
	readonly graphPath: string;
	readonly threads: number;
	readonly instructions: string;
	readonly layers: number;
	readonly kvHeads: number;
	readonly headDim: number;
	readonly contextLength: number;
	readonly vocabularySize: number;
	readonly kvCache: KvCacheFormat;
}

/** One loaded model. Its memory is freed when it and all of its caches are disposed of or collected. */
export interface NativeSession {
	/** Of ONNX Runtime. */
	readonly runtimeVersion: string;
	createKvCache(capacity: number): NativeCache;
	/**
	 * Appends tokens to a cache on a thread of its own; one pass at a time. Resolves to whether it was done, and not
	 * stopped; where not, or where it rejects, the cache keeps its length.
	 */
	run(cache: NativeCache, tokens: Int32Array, logitRows: number): Promise<boolean>;
	/** Has a pass that runs end within an operator. */
	stop(): void;
	/** Copies one row of the logits of the last pass into `target`, which has the size of the vocabulary. */
	readLogits(row: number, target: Float32Array): void;
	/**
	 * For each row of the last pass: the token with the largest logit (the lowest id among equals), that logit, and
	 * the logarithm of the sum of e^logit.
	 */
	readSummaries(best: Int32Array, bestLogits: Float32Array, logSums: Float32Array): void;
	dispose(): void;
}

/** Keys and values of one sequence. Nothing but its numbers can be used while a pass fills it. */
export interface NativeCache {
	readonly length: number;
	readonly capacity: number;
	/** Memory that was touched so far and not given back. */
	readonly bytes: number;
	rewindTo(length: number): void;
	/** Neither copies nor moves anything. */
	grow(capacity: number): void;
	copyPrefix(length: number, capacity: number): NativeCache;
	/**
	 * Copies bytes of the first `length` positions, from byte `start` on. They are those of 2 × layers buffers: keys
	 * and values of layer 0, 1, …, each in whole blocks of 16 positions of all heads.
	 */
	readPrefix(length: number, start: number, target: Uint8Array): void;
	/** The reverse, into an empty cache with room for them. */
	writePrefix(length: number, start: number, source: Uint8Array): void;
	/** An empty cache now holds positions that were written. */
	markFilled(length: number): void;
	dispose(): void;
}

export type AddonResult =
	| { readonly kind: "loaded"; readonly addon: NativeAddon; readonly instructions: string }
	/** `reason` is the rest of a sentence after "because". */
	| { readonly kind: "unavailable"; readonly reason: string };

/** Of the interface above, as native/addon.cc counts it: a build may have left an older addon behind. */
const expectedAbi = 3;

/** Beside the bundle that this is part of, or where the build puts it for what runs from src. */
function addonPath(): string {
	const here = dirname(fileURLToPath(import.meta.url));
	const beside = join(here, "native/mote.node");
	return existsSync(beside) ? beside : join(here, "../../../dist/native/mote.node");
}

/** Loads the addon and lets it compute something that is known. The runtime below it sends no telemetry then. Never throws. */
export function loadAddon(path: string = addonPath()): AddonResult {
	Object.assign(process.env, withoutTelemetry);
	if (!existsSync(path)) {
		return unavailable("this build of Mote has none");
	}
	let addon: unknown;
	try {
		addon = createRequire(import.meta.url)(path);
	} catch (error) {
		const detail = error instanceof Error ? error.message.slice(0, 300) : String(error);
		return unavailable(`it can't be loaded (${detail})`);
	}
	if (!isAddon(addon)) {
		return unavailable("it belongs to another version of Mote");
	}
	const platform = `${process.platform}-${process.arch}`;
	if (addon.platform !== platform) {
		return unavailable(`it was built for ${addon.platform} instead of ${platform}`);
	}
	const { bestInstructions: instructions } = addon;
	if (instructions === undefined) {
		return unavailable("this processor lacks the instructions that it is written for");
	}
	if (!addon.selfTest(instructions)) {
		return unavailable(`it computes wrong results with the ${instructions} of this processor`);
	}
	return { kind: "loaded", addon, instructions };
}

function unavailable(reason: string): AddonResult {
	return { kind: "unavailable", reason };
}

/** The number vouches for the rest. */
function isAddon(value: unknown): value is NativeAddon {
	return typeof value === "object" && value !== null && "abi" in value && value.abi === expectedAbi;
}
