import * as z from "zod";
import { once } from "../base/once.ts";

/** Layers by number: "past_key_values.%d.key". */
const layerPattern = once(() => z.string().regex(/^[^%]{0,200}%d[^%]{0,200}$/));
const tensorName = once(() => z.string().min(1).max(400));

/**
 * What a decoder graph that somebody else has exported calls its inputs and outputs. Where a manifest has none, its graphs
 * have Mote's own contracts (`graphContract.ts`).
 *
 * Inputs, of int64 or int32 where nothing else is said:
 * - `inputIds`: [1, S], the tokens to append.
 * - `attentionMask`: [1, past + S], ones.
 * - `positionIds`: [1, S], from `past` on.
 * - `logitsToKeep`: a scalar, how many of the last rows the logits are wanted of.
 * - `useCacheBranch`: bool [1], whether there is a past: the graph has a branch for each case.
 * - `pastKey`, `pastValue`: float32 [1, kvHeads, past, headDim] of each layer, without room behind.
 *
 * Outputs
 * - `logits`: float32 [1, R, vocabularySize], where R is S, or fewer of the last rows.
 * - `presentKey`, `presentValue`: float32 [1, kvHeads, past + S, headDim] of each layer, the past included.
 */
export const exportedGraphSchema = once(() =>
	z.strictObject({
		inputIds: tensorName(),
		attentionMask: tensorName().optional(),
		positionIds: tensorName().optional(),
		logitsToKeep: tensorName().optional(),
		useCacheBranch: tensorName().optional(),
		pastKey: layerPattern(),
		pastValue: layerPattern(),
		logits: tensorName(),
		/** Which rows the graph gives logits of; those of every token, unless it takes `logitsToKeep`. */
		logitRows: z.enum(["all", "last"]),
		presentKey: layerPattern(),
		presentValue: layerPattern(),
	}),
);

export type ExportedGraph = z.infer<ReturnType<typeof exportedGraphSchema>>;

/** The name of a layer's tensor. */
export function layerName(pattern: string, layer: number): string {
	return pattern.replace("%d", String(layer));
}
