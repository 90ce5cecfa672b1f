/**
 * Names of the inputs and outputs of a decoder graph in ONNX Runtime's own operators (`files.graph` and
 * `files.portableGraph` of a manifest): what src/importer writes and src/engine/ort runs.
 *
 * Inputs
 * - `input_ids`: int64 [1, S], the tokens to append.
 * - `seqlens_k`: int32 [1], past + S − 1 (GroupQueryAttention's convention).
 * - `total_sequence_length`: int32 scalar, past + S.
 * - `past_length`: int64 [1], past.
 * - `logits_start`: int64 [1], first of the S rows whose logits are wanted; S means none.
 * - `past_key_values.{layer}.key|value`: float32 or int8 (the manifest's `kvCache`)
 *   [1, kvHeads, capacity, headDim], of which the first `past` positions are read. int8 values stand for
 *   themselves times a scale for each head and channel, a constant of the graph.
 *
 * Outputs
 * - `logits`: float32 [1, S − logits_start, vocabularySize].
 * - `appended_key_values`: of the past's type, [2 · layers, kvHeads, S, headDim], what the caller has to put
 *   behind the past: keys of layer 0, its values, keys of layer 1, … Not the whole caches: onnxruntime-node
 *   copies every output, preallocated or not.
 */
export const graphContract = {
	inputIds: "input_ids",
	seqlensK: "seqlens_k",
	totalSequenceLength: "total_sequence_length",
	pastLength: "past_length",
	logitsStart: "logits_start",
	logits: "logits",
	pastKey: (layer: number) => `past_key_values.${layer}.key`,
	pastValue: (layer: number) => `past_key_values.${layer}.value`,
	appended: "appended_key_values",
} as const;

/**
 * The same for the decoder graph in the operators of Mote's addon (`files.nativeGraph`): what src/importer
 * writes and the addon runs.
 *
 * Inputs
 * - `input_ids`, `total_sequence_length`, `logits_start`: as above.
 * - `past_key_values.{layer}.key|value`: uint8 [blocks, kvHeads, block_bytes], one shared buffer for past and
 *   present, written in place from position `total_sequence_length` − S on. A block holds 16 positions of one
 *   head; its size says in which format, so that whoever runs the graph chooses it:
 *   - float32, block_bytes = 64 · headDim: a key block is [headDim][16] (transposed), a value block
 *     [16][headDim].
 *   - int8, block_bytes = 16 · headDim + 64: the same orders in int8, then 16 float32 scales, one a position.
 *
 * Outputs
 * - `logits`: float32 [1, R, vocabularySize] with R = S − logits_start, which may be 0.
 * - `log_sum`: float32 [1, R], the logarithm of the sum of e^logit over a row.
 * - `best`: int32 [1, R], the largest logit's token, the lowest id among equals.
 * - `present.{layer}.key|value`: same shape and same buffer as the past.
 *
 * Operators of the domain `mote`, version 1. `u8` weights are packed as src/importer/q4.ts says, with one
 * float32 scale for 32 of a row. N × K is rows × columns, h the hidden size, D headDim, H and KV the numbers
 * of heads, E the number of experts, I the size of one.
 * - `Linear`(x f32 [1, S, K], weight u8 [N, K/2], scales f32 [N, K/32], norm f32 [K] or none, residual f32
 *   [1, S, N] or none) {epsilon} → f32 [1, S, N]. With `norm`, x is RMS-normed first; `residual` is added.
 * - `Attention`(qkv f32 [1, S, (H + 2·KV)·D], past_key, past_value, total_sequence_length, cos f32 [P, D/2],
 *   sin f32 [P, D/2], q_norm f32 [D], k_norm f32 [D]) {num_heads, kv_num_heads, epsilon} → f32 [1, S, H·D],
 *   present_key, present_value. Norms and rotates (half-split) each head of q and k, appends, attends causally.
 * - `Experts`(x f32 [1, S, h], norm f32 [h], router f32 [E, h], gate_up u8 [E, 2·I, h/2], gate_up_scales f32
 *   [E, 2·I, h/32], down u8 [E, h, I/2], down_scales f32 [E, h, I/32]) {k, normalize, epsilon} →
 *   f32 [1, S, h] = x + experts(norm(x)). Rows of gate and up by turns. The weights of the k chosen experts
 *   are their softmax over all experts, scaled to a sum of 1 where `normalize` is 1.
 * - `OutputLayer`(x f32 [1, R, h], norm f32 [h], weight u8 [V, h/2], scales f32 [V, h/32]) {epsilon} →
 *   logits, log_sum, best.
 */
export const nativeGraphContract = {
	inputIds: graphContract.inputIds,
	totalSequenceLength: graphContract.totalSequenceLength,
	logitsStart: graphContract.logitsStart,
	logits: graphContract.logits,
	logSum: "log_sum",
	best: "best",
	pastKey: graphContract.pastKey,
	pastValue: graphContract.pastValue,
	presentKey: (layer: number) => `present.${layer}.key`,
	presentValue: (layer: number) => `present.${layer}.value`,
} as const;

/**
 * The same for decoder graphs that run on a GPU (`files.denseGraph` and `files.halfGraph`). Inputs and outputs are those of
 * {@link graphContract}, with these differences:
 * - `past_key_values.{layer}.key|value` are float32 in the dense graph and float16 in the half one, whatever the manifest's
 *   `kvCache` says of the other graphs.
 * - `logits` and `appended_key_values` are float32 in both: they are for the processor.
 * - `present.{layer}.key|value`: of the past's type, [1, kvHeads, max(capacity, past + S), headDim], the past with what the
 *   pass adds behind it. They stay on the device and are the past of the next pass.
 */
export const deviceGraphContract = {
	...graphContract,
	presentKey: nativeGraphContract.presentKey,
	presentValue: nativeGraphContract.presentValue,
} as const;
