/**
 * Names of the inputs and outputs of a decoder graph: what src/importer writes and src/engine/ort runs.
 *
 * Inputs
 * - `input_ids`: int64 [1, S], the tokens to append.
 * - `seqlens_k`: int32 [1], past + S − 1 (GroupQueryAttention's convention).
 * - `total_sequence_length`: int32 scalar, past + S.
 * - `logits_start`: int64 [1], first of the S rows whose logits are wanted; S means none.
 * - `past_key_values.{layer}.key|value`: float32 or int8 (the manifest's `kvCache`)
 *   [1, kvHeads, capacity, headDim], one shared buffer for past and present, written in place from position
 *   `past` on. int8 values stand for themselves times a scale for each head and channel, a constant of the graph.
 *
 * Outputs
 * - `logits`: float32 [1, S − logits_start, vocabularySize].
 * - `present.{layer}.key|value`: same shape and same buffer as the past.
 */
export const graphContract = {
	inputIds: "input_ids",
	seqlensK: "seqlens_k",
	totalSequenceLength: "total_sequence_length",
	logitsStart: "logits_start",
	logits: "logits",
	pastKey: (layer: number) => `past_key_values.${layer}.key`,
	pastValue: (layer: number) => `past_key_values.${layer}.value`,
	presentKey: (layer: number) => `present.${layer}.key`,
	presentValue: (layer: number) => `present.${layer}.value`,
} as const;
