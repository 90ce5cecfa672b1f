import { assert } from "../../base/assert.ts";
import type { KvCacheFormat, ModelManifest } from "../../model/manifest.ts";
import type { RowSummary } from "../../tokenizer/rowSummary.ts";
import { tokenAt } from "../../tokenizer/tokenIds.ts";
import { EngineError } from "../errors.ts";
import { runtimeError } from "../runtimeError.ts";
import type { NativeAddon, NativeSession } from "./addon.ts";
import { AddonBackend, type Summaries } from "./addonBackend.ts";
import { makingRoom, nativeKvBytes, NativeKvCache } from "./nativeKvCache.ts";
import { runtimeLibraryPath } from "./runtimeLibrary.ts";

export interface NativeBackendOptions {
	readonly addon: NativeAddon;
	/** One of the addon's sets of instructions. */
	readonly instructions: string;
	/** Path of the graph in the addon's operators; its external data lies beside it. */
	readonly graphPath: string;
	readonly manifest: Pick<
		ModelManifest,
		"vocabularySize" | "contextLength" | "layers" | "kvHeads" | "headDim"
	>;
	readonly threads: number;
	/** {@link nativeKvFormat} unless given. */
	readonly kvCache?: KvCacheFormat;
}

/**
 * What the addon keeps keys and values in, whatever the other graphs do. Measured on mote-base over 70,110 tokens of
 * real code (`bench/kvCacheLoss.ts`), attention with products of integers included: 4.7882 bits a token instead of
 * 4.7874 with float32, 42.1 % of the likeliest tokens right with both; for a fourth of the memory, and less time the
 * longer the context is.
 */
export const nativeKvFormat: KvCacheFormat = "int8";

/**
 * Loads a model into ONNX Runtime's CPU provider with the addon's operators. Passes run on threads of their own and
 * can be stopped.
 *
 * @throws EngineError "runtimeFailed"
 */
export async function openNativeBackend(options: NativeBackendOptions): Promise<NativeBackend> {
	const { addon, instructions, graphPath, manifest, threads } = options;
	const { layers, kvHeads, headDim, contextLength, vocabularySize } = manifest;
	const kvCache = options.kvCache ?? nativeKvFormat;
	try {
		const session = await addon.openSession({
			libraryPath: runtimeLibraryPath(),
			...{ graphPath, threads, instructions },
			...{ layers, kvHeads, headDim, contextLength, vocabularySize, kvCache },
		});
		return new NativeBackend(session, { ...options, kvCache });
	} catch (error) {
		throw runtimeError("Mote's own runtime could not load the model", error);
	}
}

export class NativeBackend extends AddonBackend<NativeSession, NativeKvCache> {
	constructor(
		session: NativeSession,
		{ manifest, addon, kvCache }: NativeBackendOptions & { readonly kvCache: KvCacheFormat },
	) {
		const { layers, kvHeads, headDim, vocabularySize, contextLength } = manifest;
		super(session, NativeKvCache, {
			vocabularySize,
			contextLength,
			kvLayout: {
				id: `mote ${addon.abi}, ONNX Runtime ${session.runtimeVersion}, ${kvCache} ${layers}x2xBx${kvHeads}x16x${headDim}`,
				prefixBytes: (length) => nativeKvBytes({ ...manifest, kvCache }, length),
			},
		});
	}

	createKvCache(capacity: number): NativeKvCache {
		assert(capacity <= this.contextLength, "a cache is no longer than the context");
		return makingRoom(capacity, () => new NativeKvCache(this.session.createKvCache(capacity)));
	}

	protected runSession(
		cache: NativeKvCache,
		tokens: Int32Array,
		logitRows: number,
	): Promise<boolean> {
		return this.session.run(cache.native, tokens, logitRows);
	}

	protected faultOf(error: unknown, tokens: number): EngineError {
		return passError(tokens, error);
	}

	protected summaries(rows: number): Summaries {
		const best = new Int32Array(rows);
		const bestLogits = new Float32Array(rows);
		const logSums = new Float32Array(rows);
		this.session.readSummaries(best, bestLogits, logSums);
		return (index) => summaryAt(best, bestLogits, logSums, index);
	}
}

/** How the addon, its operators, ONNX Runtime and JavaScript say that memory was refused. */
const refusals = [
	/this machine doesn't have the memory free/,
	/bad_alloc|bad allocation|failed to allocate memory/i,
	/array buffer allocation failed/i,
];

/** The cache keeps its length, and whoever gets this gives it back. */
function passError(tokens: number, error: unknown): EngineError {
	const message = error instanceof Error ? error.message : "";
	return refusals.some((refusal) => refusal.test(message))
		? new EngineError(
				"runtimeFailed",
				`There is no memory for a pass over ${tokens} tokens on this machine; close other programs, or ask with less context.`,
				{ cause: error },
			)
		: runtimeError("Mote's own runtime could not run the model", error);
}

function summaryAt(
	best: Int32Array,
	bestLogits: Float32Array,
	logSums: Float32Array,
	index: number,
): RowSummary {
	const token = best[index];
	assert(token !== undefined, "a row that was asked for");
	return {
		best: tokenAt(Math.max(token, 0)),
		bestLogit: bestLogits[index] ?? NaN,
		logSum: logSums[index] ?? NaN,
	};
}
