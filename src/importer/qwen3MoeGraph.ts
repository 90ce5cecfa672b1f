import { graphContract } from "../model/graphContract.ts";
import type { CheckpointTensors } from "./checkpointTensors.ts";
import type { GraphWeights, Matrix } from "./graphWeights.ts";
import { microsoftDomain, type GraphBuilder } from "./onnx/graphBuilder.ts";
import type { WeightsFile } from "./onnx/weightsFile.ts";
import type { Qwen3MoeConfig } from "./qwen3MoeConfig.ts";
import { rotaryTables } from "./rotaryTables.ts";
import { concatRows, interleaveRows } from "./rowStreams.ts";

/**
 * Where a decoder graph is put together: the checkpoint it reads, the graph and the weights file it writes.
 */
export interface GraphTarget {
	readonly config: Qwen3MoeConfig;
	readonly tensors: CheckpointTensors;
	readonly graph: GraphBuilder;
	readonly file: WeightsFile;
	readonly weights: GraphWeights;
}

const embeddingName = "embed_tokens";
const maxInt64 = 2n ** 63n - 1n;

/**
 * Writes the decoder of a qwen3_moe checkpoint, with the inputs and outputs of {@link graphContract}.
 * `onLayer` hears how many of the layers are written.
 */
export async function writeQwen3MoeGraph(
	target: GraphTarget,
	onLayer: (layersDone: number) => void,
): Promise<void> {
	const { config, weights } = target;
	declareInputs(target);
	await writeConstants(target);
	await weights.embedding(
		embeddingName,
		matrix(target, "model.embed_tokens.weight", config.vocabularySize, config.hiddenSize),
		graphContract.inputIds,
		"hidden.0",
	);
	for (let layer = 0; layer < config.layers; layer++) {
		await writeLayer(target, layer);
		onLayer(layer + 1);
	}
	await writeHead(target);
}

function declareInputs({ config, graph }: GraphTarget): void {
	const { kvHeads, headDim } = config;
	graph.input(graphContract.inputIds, "int64", [1, "S"]);
	graph.input(graphContract.seqlensK, "int32", [1]);
	graph.input(graphContract.totalSequenceLength, "int32", []);
	graph.input(graphContract.logitsStart, "int64", [1]);
	for (let layer = 0; layer < config.layers; layer++) {
		const shape = [1, kvHeads, "capacity", headDim];
		graph.input(graphContract.pastKey(layer), "float32", shape);
		graph.input(graphContract.pastValue(layer), "float32", shape);
		graph.output(graphContract.presentKey(layer), "float32", shape);
		graph.output(graphContract.presentValue(layer), "float32", shape);
	}
}

async function writeConstants({ config, graph, file }: GraphTarget): Promise<void> {
	const { contextLength, headDim, heads, kvHeads, experts } = config;
	const tables = rotaryTables(contextLength, headDim, config.ropeTheta);
	const shape = [contextLength, headDim / 2];
	graph.externalConstant("rotary.cos", "float32", shape, await file.writeRegion([tables.cos]));
	graph.externalConstant("rotary.sin", "float32", shape, await file.writeRegion([tables.sin]));
	const int64s = (name: string, ...values: number[]): string =>
		graph.constant(name, BigInt64Array.from(values, BigInt), [values.length]);
	// A 0 in Reshape's shape keeps the dimension of the input.
	int64s("shape.q_heads", 0, 0, heads, headDim);
	int64s("shape.kv_heads", 0, 0, kvHeads, headDim);
	int64s("shape.q_flat", 0, 0, heads * headDim);
	int64s("shape.kv_flat", 0, 0, kvHeads * headDim);
	int64s("shape.router", -1, experts);
	int64s("split.qkv", heads * headDim, kvHeads * headDim, kvHeads * headDim);
	int64s("axis.sequence", 1);
	int64s("axis.last", -1);
	int64s("experts_per_token", config.expertsPerToken);
	graph.constant("sequence_end", BigInt64Array.of(maxInt64), [1]);
}

/**
 * Reads `hidden.{layer}`, and `residual.{layer}` from the second layer on; writes both for the next one.
 * `hidden` is what the layer before adds to the residual stream, which is folded into the norm.
 */
async function writeLayer(target: GraphTarget, layer: number): Promise<void> {
	const { config, graph } = target;
	const prefix = `model.layers.${layer}`;
	const name = `layers.${layer}`;
	const { normed, residual } = await writeNorm(target, {
		tensor: `${prefix}.input_layernorm.weight`,
		name: `${name}.input_norm`,
		added: `hidden.${layer}`,
		residual: layer === 0 ? undefined : `residual.${layer}`,
		sum: `${name}.residual`,
	});
	const attention = await writeAttention(target, layer, normed);
	const wanted =
		layer === config.layers - 1 && canSkipRows(config)
			? { attention: slice(graph, attention), residual: slice(graph, residual) }
			: { attention, residual };
	await target.weights.linear(
		`${name}.o_proj`,
		matrix(
			target,
			`${prefix}.self_attn.o_proj.weight`,
			config.hiddenSize,
			config.heads * config.headDim,
		),
		wanted.attention,
		`${name}.attention_output`,
	);
	const beforeExperts = await writeNorm(target, {
		tensor: `${prefix}.post_attention_layernorm.weight`,
		name: `${name}.post_attention_norm`,
		added: `${name}.attention_output`,
		residual: wanted.residual,
		sum: `residual.${layer + 1}`,
	});
	await writeExperts(target, layer, beforeExperts.normed);
}

/** RMS norm of `added` plus `residual`. The sum is the new residual, and gets the name `sum`. */
async function writeNorm(
	{ config, tensors, graph }: GraphTarget,
	norm: {
		readonly tensor: string;
		readonly name: string;
		readonly added: string;
		readonly residual: string | undefined;
		readonly sum: string;
	},
): Promise<{ readonly normed: string; readonly residual: string }> {
	const values = await tensors.read(norm.tensor, [config.hiddenSize]);
	const scale = graph.constant(`${norm.name}.weight`, values, [config.hiddenSize]);
	const epsilon = { float: config.normEpsilon };
	if (norm.residual === undefined) {
		const normed = graph.node("SimplifiedLayerNormalization", [norm.added, scale], [norm.name], {
			axis: { int: -1 },
			epsilon,
		});
		return { normed, residual: norm.added };
	}
	const normed = graph.node(
		"SkipSimplifiedLayerNormalization",
		[norm.residual, norm.added, scale],
		[norm.name, "", "", norm.sum],
		{ epsilon },
		microsoftDomain,
	);
	return { normed, residual: norm.sum };
}

async function writeAttention(target: GraphTarget, layer: number, input: string): Promise<string> {
	const { config, graph } = target;
	const { heads, kvHeads, headDim, hiddenSize } = config;
	const prefix = `model.layers.${layer}.self_attn`;
	const name = `layers.${layer}`;
	const projections = (["q", "k", "v"] as const).map((part) =>
		matrix(
			target,
			`${prefix}.${part}_proj.weight`,
			(part === "q" ? heads : kvHeads) * headDim,
			hiddenSize,
		),
	);
	// One product instead of three: the activations are quantized once and the threads meet once.
	await target.weights.linear(
		`${name}.qkv_proj`,
		{
			rows: projections.reduce((sum, { rows }) => sum + rows, 0),
			columns: hiddenSize,
			stream: concatRows(projections.map(({ stream }) => stream)),
		},
		input,
		`${name}.qkv`,
	);
	graph.node("Split", [`${name}.qkv`, "split.qkv"], [`${name}.q`, `${name}.k`, `${name}.v`], {
		axis: { int: -1 },
	});
	const q = await writeHeadNorm(target, `${prefix}.q_norm.weight`, `${name}.q`, "q");
	const k = await writeHeadNorm(target, `${prefix}.k_norm.weight`, `${name}.k`, "kv");
	return graph.node(
		"GroupQueryAttention",
		[
			q,
			k,
			`${name}.v`,
			graphContract.pastKey(layer),
			graphContract.pastValue(layer),
			graphContract.seqlensK,
			graphContract.totalSequenceLength,
			"rotary.cos",
			"rotary.sin",
		],
		[`${name}.attention`, graphContract.presentKey(layer), graphContract.presentValue(layer)],
		{
			num_heads: { int: heads },
			kv_num_heads: { int: kvHeads },
			do_rotary: { int: 1 },
			rotary_interleaved: { int: 0 },
		},
		microsoftDomain,
	);
}

/** RMS norm over each head of `input`, which comes before the rotation and so can't be left to attention. */
async function writeHeadNorm(
	{ config, tensors, graph }: GraphTarget,
	tensor: string,
	input: string,
	kind: "q" | "kv",
): Promise<string> {
	const values = await tensors.read(tensor, [config.headDim]);
	const scale = graph.constant(`${input}_norm.weight`, values, [config.headDim]);
	const split = graph.node("Reshape", [input, `shape.${kind}_heads`], [`${input}.heads`]);
	const normed = graph.node("SimplifiedLayerNormalization", [split, scale], [`${input}_norm`], {
		axis: { int: -1 },
		epsilon: { float: config.normEpsilon },
	});
	return graph.node("Reshape", [normed, `shape.${kind}_flat`], [`${input}.normed`]);
}

async function writeExperts(target: GraphTarget, layer: number, hidden: string): Promise<void> {
	const { config, tensors, graph, file } = target;
	const { experts, expertSize, hiddenSize } = config;
	const prefix = `model.layers.${layer}.mlp`;
	const name = `layers.${layer}`;
	const output = `hidden.${layer + 1}`;
	// The router stays in float32: it is small, and a rounding there sends a token to another expert.
	const routerShape = [experts, hiddenSize] as const;
	const router = await file.writeRegion(tensors.readRows(`${prefix}.gate.weight`, routerShape));
	graph.externalConstant(`${name}.router.weight`, "float32", routerShape, router);
	graph.node(
		"FusedMatMul",
		[hidden, `${name}.router.weight`],
		[`${name}.router`],
		{ transB: { int: 1 } },
		microsoftDomain,
	);
	const routerLogits = graph.node(
		"Reshape",
		[`${name}.router`, "shape.router"],
		[`${name}.router_logits`],
	);
	const part = (expert: number, projection: string, rows: number, columns: number): Matrix =>
		matrix(target, `${prefix}.experts.${expert}.${projection}_proj.weight`, rows, columns);
	const indices = [...Array(experts).keys()];
	await target.weights.experts(
		`${name}.experts`,
		{
			count: experts,
			perToken: config.expertsPerToken,
			gateUp: {
				rows: 2 * expertSize,
				columns: hiddenSize,
				stream: concatRows(
					indices.map((expert) =>
						interleaveRows(
							part(expert, "gate", expertSize, hiddenSize).stream,
							part(expert, "up", expertSize, hiddenSize).stream,
							hiddenSize,
						),
					),
				),
			},
			down: {
				rows: hiddenSize,
				columns: expertSize,
				stream: concatRows(
					indices.map((expert) => part(expert, "down", hiddenSize, expertSize).stream),
				),
			},
		},
		{ hidden, routerLogits },
		config.normalizeRouting ? output : `${name}.normalized_output`,
	);
	if (!config.normalizeRouting) {
		const share = writeChosenShare(graph, `${name}.router`);
		graph.node("Mul", [`${name}.normalized_output`, share], [output]);
	}
}

/**
 * The probability of the chosen experts together: [1, S, 1]. The runtime scales their weights to a sum of
 * 1 whatever its attribute `normalize_routing_weights` says, and this undoes it.
 */
function writeChosenShare(graph: GraphBuilder, router: string): string {
	graph.node("Softmax", [router], [`${router}.probabilities`], { axis: { int: -1 } });
	graph.node(
		"TopK",
		[`${router}.probabilities`, "experts_per_token"],
		[`${router}.chosen`, `${router}.chosen_indices`],
		{ axis: { int: -1 } },
	);
	return graph.node("ReduceSum", [`${router}.chosen`, "axis.last"], [`${router}.chosen_share`]);
}

async function writeHead(target: GraphTarget): Promise<void> {
	const { config, graph, weights } = target;
	const { layers, vocabularySize, hiddenSize, tiedEmbedding } = config;
	const { normed: states } = await writeNorm(target, {
		tensor: "model.norm.weight",
		name: "final_norm",
		added: `hidden.${layers}`,
		residual: `residual.${layers}`,
		sum: "",
	});
	const normed = canSkipRows(config) ? states : slice(graph, states);
	if (tiedEmbedding) {
		const shared = matrix(target, "model.embed_tokens.weight", vocabularySize, hiddenSize);
		weights.tiedLinear(embeddingName, shared, normed, graphContract.logits);
	} else {
		const head = matrix(target, "lm_head.weight", vocabularySize, hiddenSize);
		await weights.linear("lm_head", head, normed, graphContract.logits);
	}
	graph.output(graphContract.logits, "float32", [1, "logit_rows", vocabularySize]);
}

/**
 * Whether the rows whose logits aren't wanted are left out from the last layer's keys and values on, as no
 * later row depends on them: a prefill chunk without logits skips most of that layer. Otherwise they are
 * left out before the output layer: the runtime's TopK kills the process when it is given no rows.
 */
function canSkipRows(config: Qwen3MoeConfig): boolean {
	return config.normalizeRouting;
}

/** The rows whose logits are wanted. */
function slice(graph: GraphBuilder, input: string): string {
	return graph.node(
		"Slice",
		[input, graphContract.logitsStart, "sequence_end", "axis.sequence"],
		[`${input}.wanted`],
	);
}

function matrix({ tensors }: GraphTarget, name: string, rows: number, columns: number): Matrix {
	return { rows, columns, stream: tensors.readRows(name, [rows, columns]) };
}
