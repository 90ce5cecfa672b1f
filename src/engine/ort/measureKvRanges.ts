import type { KvRanges } from "../../model/kvRanges.ts";
import { tokenAt } from "../../tokenizer/tokenIds.ts";
import { openOrtBackend, type OrtBackendOptions } from "./ortBackend.ts";
import type { KvBuffer, OrtKvCache } from "./ortKvCache.ts";

/** Model of which to measure the ranges; its cache is float32. */
export interface MeasuredModel extends Omit<OrtBackendOptions["manifest"], "kvCache"> {
	readonly graphPath: string;
}

const chunkTokens = 128;

/**
 * Runs each of the sequences of token ids through a model from an empty cache, and returns for each layer
 * the largest magnitudes that came into the cache: what an importer needs for the scales of an int8 one.
 *
 * @throws EngineError "runtimeFailed"
 */
export async function measureKvRanges(
	model: MeasuredModel,
	sequences: readonly (readonly number[])[],
	threads: number,
): Promise<readonly KvRanges[]> {
	const { graphPath, ...manifest } = model;
	const backend = await openOrtBackend({
		graphPath,
		manifest: { ...manifest, kvCache: "float32" },
		threads,
	});
	const { layers, kvHeads, headDim } = model;
	const ranges = Array.from({ length: layers }, () => ({
		key: new Float32Array(kvHeads * headDim),
		value: new Float32Array(kvHeads * headDim),
	}));
	const longest = sequences.reduce((most, { length }) => Math.max(most, length), 0);
	const cache = backend.createKvCache(longest);
	try {
		for (const sequence of sequences) {
			cache.rewindTo(0);
			for (let start = 0; start < sequence.length; start += chunkTokens) {
				const chunk = sequence.slice(start, start + chunkTokens).map(tokenAt);
				await backend.forward(cache, chunk, 0);
			}
			ranges.forEach((range, layer) => {
				widen(range, cache, layer, model);
			});
		}
		return ranges;
	} finally {
		cache.dispose();
		await backend.dispose();
	}
}

/** Widens the ranges of one layer by what `cache` holds. */
function widen(
	ranges: KvRanges,
	cache: OrtKvCache,
	layer: number,
	{ kvHeads, headDim }: Pick<MeasuredModel, "kvHeads" | "headDim">,
): void {
	for (let head = 0; head < kvHeads; head++) {
		const start = head * headDim;
		const keys = ranges.key.subarray(start, start + headDim);
		widenByRadii(keys, cache.filled("key", layer, head));
		const values = ranges.value.subarray(start, start + headDim);
		cache.filled("value", layer, head).forEach((value, i) => {
			values[i % headDim] = Math.max(values[i % headDim] ?? 0, Math.abs(value));
		});
	}
}

/** Of elements i and i + headDim ÷ 2, which rotation turns into each other: see {@link KvRanges.key}. */
function widenByRadii(ranges: Float32Array, keys: KvBuffer): void {
	const half = ranges.length / 2;
	for (let position = 0; position < keys.length; position += ranges.length) {
		for (let i = 0; i < half; i++) {
			const radius = Math.hypot(keys[position + i] ?? 0, keys[position + i + half] ?? 0);
			ranges[i] = Math.max(ranges[i] ?? 0, radius);
			ranges[i + half] = ranges[i] ?? 0;
		}
	}
}
