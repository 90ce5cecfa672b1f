import type { ArchitectureName } from "../model/architecture.ts";
import type { RotaryPlan } from "./rotaryTables.ts";

/**
 * What an architecture makes of a `config.json`: which tensors of the checkpoint a decoder consists of, in which
 * shapes, and how a pass uses them. Plain data; tensors are named as published checkpoints name them, wherever
 * they come from. A layer adds attention(norm(x)) and then feedForward(norm(x)) to its input.
 */
export interface DecoderPlan {
	readonly architecture: ArchitectureName;
	readonly vocabularySize: number;
	readonly hiddenSize: number;
	/** Positions of the rotary tables: what the checkpoint declares, up to {@link maxContextLength}. */
	readonly contextLength: number;
	/** Of the KV cache, the same in every layer. */
	readonly kvHeads: number;
	readonly headDim: number;
	readonly normEpsilon: number;
	/** vocabularySize × hiddenSize. */
	readonly embedding: string;
	/** Each table once; a layer's attention names one by its index. */
	readonly rotary: readonly RotaryPlan[];
	readonly layers: readonly LayerPlan[];
	/** hiddenSize. */
	readonly finalNorm: string;
	/** vocabularySize × hiddenSize; undefined where it is the embedding. */
	readonly outputLayer: string | undefined;
}

export interface LayerPlan {
	/** hiddenSize each. */
	readonly inputNorm: string;
	readonly postAttentionNorm: string;
	readonly attention: AttentionPlan;
	readonly feedForward: FeedForwardPlan;
}

export type AttentionPlan = GroupedAttentionPlan | LatentAttentionPlan;
export type FeedForwardPlan = DensePlan | ExpertsPlan;

/** Groups of query heads share a head of keys and values. */
export interface GroupedAttentionPlan {
	readonly kind: "grouped";
	readonly heads: number;
	/** Divides `heads`. */
	readonly kvHeads: number;
	readonly headDim: number;
	/** Index into {@link DecoderPlan.rotary}. */
	readonly rotary: number;
	/** How many positions a query sees, its own included, at least 2; undefined where it sees all before it. */
	readonly windowTokens: number | undefined;
	/** heads · headDim × hiddenSize, kvHeads · headDim × hiddenSize twice, hiddenSize × heads · headDim. */
	readonly weights: Readonly<Record<"query" | "key" | "value" | "output", string>>;
	/** What is added to each product, a value a row; undefined where nothing is. */
	readonly biases: Readonly<Record<"query" | "key" | "value", string>> | undefined;
	/** RMS norms over each head, headDim values, before the rotation; undefined where there are none. */
	readonly headNorms: Readonly<Record<"query" | "key", string>> | undefined;
}

/**
 * Multi-head latent attention (DeepSeek-V2, section 2.1). Keys and values of all heads come from one latent
 * vector a position, beside one rotated key that all heads share. Those two are what the KV cache holds, as one
 * head: what makes keys of latents is multiplied into the queries, and what makes values into the output.
 */
export interface LatentAttentionPlan {
	readonly kind: "latent";
	readonly heads: number;
	/** Of the latent vector. */
	readonly latentSize: number;
	/** Elements of queries and of the shared key that are rotated, pairs (2i, 2i + 1) of the checkpoint's order. */
	readonly rotaryDim: number;
	/** Elements of a query that aren't rotated. */
	readonly plainDim: number;
	readonly valueDim: number;
	/** Index into {@link DecoderPlan.rotary}. */
	readonly rotary: number;
	/** By which products of queries and keys are multiplied. */
	readonly scale: number;
	/** heads · (plainDim + rotaryDim) rows. */
	readonly query: LatentQueryPlan;
	/** latentSize + rotaryDim × hiddenSize. */
	readonly latent: string;
	/** latentSize. */
	readonly latentNorm: string;
	/** Head after head, plainDim rows of keys and valueDim rows of values: × latentSize. */
	readonly keysAndValues: string;
	/** hiddenSize × heads · valueDim. */
	readonly output: string;
}

/** Queries of the hidden state, or of a latent vector of their own: size × hiddenSize, normed, and rows × size. */
export type LatentQueryPlan =
	| { readonly kind: "direct"; readonly weight: string }
	| {
			readonly kind: "compressed";
			readonly size: number;
			readonly down: string;
			readonly norm: string;
			readonly weight: string;
	  };

/** down(silu(gate(x)) · up(x)), for every token. */
export interface DensePlan {
	readonly kind: "dense";
	readonly size: number;
	readonly weights: SwiGluWeights;
}

/** Of a SwiGLU of some size: size × hiddenSize twice, hiddenSize × size. */
export type SwiGluWeights = Readonly<Record<"gate" | "up" | "down", string>>;

/** Each token goes through some of many small SwiGLUs. */
export interface ExpertsPlan extends ExpertsShape {
	readonly kind: "experts";
	/** experts × hiddenSize. */
	readonly router: string;
	/** By which the sum of the chosen experts is multiplied. */
	readonly outputScale: number;
	/** Added to it for every token; undefined where there is none. */
	readonly shared: DensePlan | undefined;
	/** Of the expert of that number. A function, since a config may declare millions. */
	readonly weights: (expert: number) => SwiGluWeights;
}

/** What graphs have to know of a layer's experts. */
export interface ExpertsShape {
	readonly experts: number;
	/** At most `experts`. */
	readonly expertsPerToken: number;
	readonly expertSize: number;
	/** Whether the weights of the chosen experts are scaled to a sum of 1. */
	readonly normalizeRouting: boolean;
}

/**
 * Bounds the rotary tables of models that declare hundreds of thousands of positions: they take
 * 4 · headDim bytes a position, so 33.5 MB at a head dimension of 64 and this many.
 */
export const maxContextLength = 131_072;

/** The lengths of the rows of all matrices that can be quantized. */
export function matrixColumns({ hiddenSize, layers }: DecoderPlan): readonly number[] {
	return [
		hiddenSize,
		...layers.flatMap(({ attention, feedForward }) => [
			...attentionColumns(attention),
			...feedForwardColumns(feedForward),
		]),
	];
}

function attentionColumns(attention: AttentionPlan): readonly number[] {
	if (attention.kind === "grouped") {
		return [attention.heads * attention.headDim];
	}
	const { heads, latentSize, plainDim, valueDim, query } = attention;
	const sizes = [latentSize, plainDim, heads * valueDim];
	return query.kind === "compressed" ? [...sizes, query.size] : sizes;
}

function feedForwardColumns(feedForward: FeedForwardPlan): readonly number[] {
	if (feedForward.kind === "dense") {
		return [feedForward.size];
	}
	const { expertSize, shared } = feedForward;
	return shared === undefined ? [expertSize] : [expertSize, shared.size];
}
