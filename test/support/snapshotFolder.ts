import type { Logger } from "../../src/base/log.ts";
import { nullLogger } from "../../src/base/log.ts";
import type { Backend, KvCache } from "../../src/engine/backend.ts";
import type { SnapshotContent } from "../../src/engine/snapshots/snapshotFile.ts";
import { SavedPrefixes, type SnapshotLimits } from "../../src/engine/snapshots/savedPrefixes.ts";
import { snapshotKey, type SnapshotModel } from "../../src/engine/snapshots/snapshotHead.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";

/** What snapshots of a backend have to fit; `model` stands for the checksums of its files. */
export function snapshotModelOf(backend: Backend, model = "model"): SnapshotModel {
	const { kvLayout: layout, vocabularySize, contextLength } = backend;
	return { key: snapshotKey([model], layout), layout, vocabularySize, contextLength };
}

export interface OpenSavedOptions {
	readonly model?: string;
	readonly limits?: SnapshotLimits;
	readonly logger?: Logger;
	readonly wallTime?: () => number;
}

/** Opens the snapshots in a folder that can be used. */
export async function openSaved(
	folder: string,
	backend: Backend,
	{ model, ...options }: OpenSavedOptions = {},
): Promise<SavedPrefixes> {
	const saved = await SavedPrefixes.open({
		folder,
		model: snapshotModelOf(backend, model),
		logger: nullLogger,
		...options,
	});
	if (saved === undefined) {
		throw new Error("the folder can't be used");
	}
	return saved;
}

/** A cache that has read `tokens`. */
export async function filledCache(backend: Backend, tokens: readonly TokenId[]): Promise<KvCache> {
	const kv = backend.createKvCache(tokens.length);
	await backend.forward(kv, tokens, 0);
	return kv;
}

/** What is to be saved of a cache. */
export function contentOf(
	kv: KvCache,
	tokens: readonly TokenId[],
	logits?: Float32Array,
): SnapshotContent {
	return { tokens, kv, logits };
}

/** The bytes of a prefix, to compare. */
export function bytesOf(backend: Backend, kv: KvCache, length = kv.length): Uint8Array {
	const bytes = new Uint8Array(backend.kvLayout.prefixBytes(length));
	kv.readPrefix(length, 0, bytes);
	return bytes;
}
