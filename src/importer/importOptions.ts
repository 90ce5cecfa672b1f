import type { KvRanges } from "../model/kvRanges.ts";
import type { ChatFormat } from "../model/manifest.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { LinearArithmetic } from "./graphs/q4Operators.ts";

export interface ImportOptions {
	readonly quantization: "int4" | "fp32";
	/** How int4 linear layers compute; "int8" unless given. */
	readonly linearArithmetic?: LinearArithmetic;
	/** "float32" unless given. */
	readonly kvCache?: KvCacheOption;
	/** Positions that the model takes at most, for smaller rotary tables; what the checkpoint declares without it. */
	readonly contextLength?: number;
	/**
	 * Throws a UserError where the chat template of the checkpoint can't be used; the model is then imported
	 * without it. Whoever runs templates has to say: this folder doesn't.
	 */
	readonly checkChat?: (chat: ChatFormat, tokenizer: Tokenizer, modelName: string) => void;
	/** Hears, in a sentence, what of the checkpoint was left out. */
	readonly onNotice?: (sentence: string) => void;
	/** Hears how much is done, from 0 to 1. */
	readonly onProgress?: (fraction: number) => void;
	/** Ends the import between two pieces of a tensor; it then rejects with the signal's reason. The next one goes on from there. */
	readonly signal?: AbortSignal;
	/** Bytes that can be written in a folder; what the file system says unless given. */
	readonly freeBytes?: (folder: string) => Promise<number>;
}

/**
 * int8 takes a quarter of float32's memory. Its scales are constants of the graph, so somebody who can run
 * the model has to measure what it puts into its cache; this folder doesn't know the runtime.
 */
export type KvCacheOption =
	{ readonly kind: "float32" } | { readonly kind: "int8"; readonly measure: KvMeasurement };

/** Runs each sequence from an empty cache, and returns the ranges of each layer over all of them. */
export type KvMeasurement = (
	model: UnfinishedModel,
	sequences: readonly (readonly number[])[],
) => Promise<readonly KvRanges[]>;

/** A model with a float32 KV cache on its way to int8. */
export interface UnfinishedModel {
	/** Its weights lie beside it. */
	readonly graphPath: string;
	readonly vocabularySize: number;
	readonly contextLength: number;
	readonly layers: number;
	readonly kvHeads: number;
	readonly headDim: number;
}
