import { UserError } from "../../../src/base/userError.ts";
import { moteNotesKey } from "../../../src/importer/gguf/ggufCheckpoint.ts";
import type { DecoderPlan, ExpertsShape } from "../../../src/importer/decoderPlan.ts";
import { q4BlockSize, quantizeQ4 } from "../../../src/importer/q4.ts";
import { concatRows, type RowStream } from "../../../src/importer/rowStreams.ts";
import type { TensorSource } from "../../../src/importer/tensorSource.ts";
import { parseTokenizerFile, type TokenizerFile } from "../../../src/tokenizer/tokenizerFile.ts";
import { writeGguf, type GgufTensor, type GgufValue } from "./ggufFile.ts";
import { q4BlockBytes, toGgufQ4 } from "./q4Blocks.ts";

/** llama.cpp's names: `general.file_type` of "all F32" and of "mostly Q4_0", and the version of its quantization formats. */
const allFloat32 = 0;
const mostlyQ4 = 2;
const quantizationVersion = 2;

/** `tokenizer.ggml.token_type` of a token that stands for text, and of one that doesn't. */
const textToken = 1;
const controlToken = 3;

/** A plan of the type `qwen3_moe`, whose layers are all alike, as one record. */
export interface Qwen3MoeShape
	extends
		ExpertsShape,
		Pick<
			DecoderPlan,
			"vocabularySize" | "hiddenSize" | "contextLength" | "kvHeads" | "headDim" | "normEpsilon"
		> {
	readonly layers: number;
	readonly heads: number;
	readonly ropeTheta: number;
	readonly tiedEmbedding: boolean;
}

/** Throws a UserError for a plan of another type, and for one with scaled positions. */
export function qwen3MoeShape({
	architecture,
	layers,
	rotary,
	...plan
}: DecoderPlan): Qwen3MoeShape {
	const [first] = layers;
	const [rotation] = rotary;
	if (
		architecture !== "qwen3_moe" ||
		first?.attention.kind !== "grouped" ||
		first.feedForward.kind !== "experts" ||
		rotation?.scaling.kind !== "none"
	) {
		throw new UserError(
			"ggufUnsupported",
			'This writes plain checkpoints of the type "qwen3_moe" only; choose one of them.',
		);
	}
	const { experts, expertsPerToken, expertSize, normalizeRouting } = first.feedForward;
	return {
		...plan,
		...{ experts, expertsPerToken, expertSize, normalizeRouting },
		layers: layers.length,
		heads: first.attention.heads,
		ropeTheta: rotation.theta,
		tiedEmbedding: plan.outputLayer === undefined,
	};
}

/** A model with all that a GGUF file says of it. */
export interface Qwen3MoeModel {
	readonly config: Qwen3MoeShape;
	readonly tensors: TensorSource;
	/** The texts of a `tokenizer.json` and of a `mote.json`. */
	readonly tokenizerJson: string;
	readonly notes: string | undefined;
}

/** What matrices are written in; norms and routers are float32. */
export type MatrixFormat = "q4_0" | "float32";

/**
 * Writes a GGUF file. Its tokenizer has the same ids, but llama.cpp splits text its own way: give it tokens, not text.
 * Throws a UserError for a model that llama.cpp computes otherwise than we do.
 */
export async function writeQwen3MoeGguf(
	{ config, tensors, tokenizerJson, notes }: Qwen3MoeModel,
	path: string,
	format: MatrixFormat,
): Promise<void> {
	if (!config.normalizeRouting) {
		throw new UserError(
			"ggufUnsupported",
			"llama.cpp scales the weights of a token's experts to a sum of 1, and this checkpoint doesn't; compare with another one.",
		);
	}
	const metadata = new Map<string, GgufValue>([
		...metadataOf(config, parseTokenizerFile(tokenizerJson)),
		["general.file_type", { uint32: format === "q4_0" ? mostlyQ4 : allFloat32 }],
		["tokenizer.huggingface.json", { string: tokenizerJson }],
		...(notes === undefined ? [] : [[moteNotesKey, { string: notes }] as const]),
	]);
	await writeGguf(path, metadata, tensorsOf(config, tensors, matrixWriter(format)));
}

function metadataOf(
	config: Qwen3MoeShape,
	tokenizer: TokenizerFile,
): ReadonlyMap<string, GgufValue> {
	const architecture = "qwen3moe";
	const own = (name: string): string => `${architecture}.${name}`;
	return new Map<string, GgufValue>([
		["general.architecture", { string: architecture }],
		["general.quantization_version", { uint32: quantizationVersion }],
		[own("vocab_size"), { uint32: config.vocabularySize }],
		[own("context_length"), { uint32: config.contextLength }],
		[own("block_count"), { uint32: config.layers }],
		[own("embedding_length"), { uint32: config.hiddenSize }],
		[own("feed_forward_length"), { uint32: config.expertSize }],
		[own("attention.head_count"), { uint32: config.heads }],
		[own("attention.head_count_kv"), { uint32: config.kvHeads }],
		[own("attention.key_length"), { uint32: config.headDim }],
		[own("attention.value_length"), { uint32: config.headDim }],
		[own("attention.layer_norm_rms_epsilon"), { float32: config.normEpsilon }],
		[own("rope.freq_base"), { float32: config.ropeTheta }],
		[own("expert_count"), { uint32: config.experts }],
		[own("expert_used_count"), { uint32: config.expertsPerToken }],
		[own("expert_feed_forward_length"), { uint32: config.expertSize }],
		...tokenizerMetadata(config, tokenizer),
	]);
}

function tokenizerMetadata(
	{ vocabularySize }: Qwen3MoeShape,
	{ vocabulary, specialTokens, merges }: TokenizerFile,
): readonly (readonly [string, GgufValue])[] {
	const tokens = Array.from({ length: vocabularySize }, (_, id) => `<|unused_${id}|>`);
	const types = new Array<number>(vocabularySize).fill(controlToken);
	for (const [token, id] of vocabulary) {
		tokens[id] = token;
		types[id] = textToken;
	}
	for (const [token, id] of specialTokens) {
		tokens[id] = token;
	}
	return [
		["tokenizer.ggml.model", { string: "gpt2" }],
		["tokenizer.ggml.pre", { string: "gpt-2" }],
		["tokenizer.ggml.tokens", { strings: tokens }],
		["tokenizer.ggml.token_type", { int32s: types }],
		["tokenizer.ggml.merges", { strings: merges.map((pair) => pair.join(" ")) }],
		["tokenizer.ggml.add_bos_token", { boolean: false }],
	];
}

function tensorsOf(
	config: Qwen3MoeShape,
	tensors: TensorSource,
	write: WriteMatrix,
): readonly GgufTensor[] {
	const { vocabularySize, hiddenSize } = config;
	return [
		matrix(
			write,
			tensors,
			"token_embd.weight",
			"model.embed_tokens.weight",
			vocabularySize,
			hiddenSize,
		),
		...[...Array(config.layers).keys()].flatMap((layer) =>
			layerTensors(config, tensors, layer, write),
		),
		vector(tensors, "output_norm.weight", "model.norm.weight", hiddenSize),
		...(config.tiedEmbedding
			? []
			: [matrix(write, tensors, "output.weight", "lm_head.weight", vocabularySize, hiddenSize)]),
	];
}

function layerTensors(
	config: Qwen3MoeShape,
	tensors: TensorSource,
	layer: number,
	write: WriteMatrix,
): readonly GgufTensor[] {
	const { hiddenSize, heads, kvHeads, headDim, experts, expertSize } = config;
	const from = (name: string): string => `model.layers.${layer}.${name}.weight`;
	const to = (name: string): string => `blk.${layer}.${name}.weight`;
	const allExperts = (part: "gate" | "up" | "down", rows: number, columns: number): GgufTensor => {
		const names = Array.from({ length: experts }, (_, expert) =>
			from(`mlp.experts.${expert}.${part}_proj`),
		);
		const stream = concatRows(names.map((name) => tensors.readRows(name, [rows, columns])));
		return write(to(`ffn_${part}_exps`), [columns, rows, experts], stream);
	};
	return [
		vector(tensors, to("attn_norm"), from("input_layernorm"), hiddenSize),
		matrix(write, tensors, to("attn_q"), from("self_attn.q_proj"), heads * headDim, hiddenSize),
		matrix(write, tensors, to("attn_k"), from("self_attn.k_proj"), kvHeads * headDim, hiddenSize),
		matrix(write, tensors, to("attn_v"), from("self_attn.v_proj"), kvHeads * headDim, hiddenSize),
		matrix(
			write,
			tensors,
			to("attn_output"),
			from("self_attn.o_proj"),
			hiddenSize,
			heads * headDim,
		),
		vector(tensors, to("attn_q_norm"), from("self_attn.q_norm"), headDim),
		vector(tensors, to("attn_k_norm"), from("self_attn.k_norm"), headDim),
		vector(tensors, to("ffn_norm"), from("post_attention_layernorm"), hiddenSize),
		{
			name: to("ffn_gate_inp"),
			type: "float32",
			dimensions: [hiddenSize, experts],
			bytes: 4 * experts * hiddenSize,
			content: float32Bytes(tensors.readRows(from("mlp.gate"), [experts, hiddenSize])),
		},
		allExperts("gate", expertSize, hiddenSize),
		allExperts("up", expertSize, hiddenSize),
		allExperts("down", hiddenSize, expertSize),
	];
}

function matrix(
	write: WriteMatrix,
	tensors: TensorSource,
	name: string,
	checkpointName: string,
	rows: number,
	columns: number,
): GgufTensor {
	return write(name, [columns, rows], tensors.readRows(checkpointName, [rows, columns]));
}

function vector(
	tensors: TensorSource,
	name: string,
	checkpointName: string,
	length: number,
): GgufTensor {
	const content = async function* (): AsyncGenerator<Float32Array> {
		yield await tensors.read(checkpointName, [length]);
	};
	return {
		name,
		type: "float32",
		dimensions: [length],
		bytes: 4 * length,
		content: float32Bytes(content()),
	};
}

type WriteMatrix = (name: string, dimensions: readonly number[], stream: RowStream) => GgufTensor;

const matrixWriter =
	(format: MatrixFormat): WriteMatrix =>
	(name, dimensions, stream) => {
		const elements = dimensions.reduce((product, dimension) => product * dimension, 1);
		return format === "q4_0"
			? {
					name,
					type: format,
					dimensions,
					bytes: (elements / q4BlockSize) * q4BlockBytes,
					content: q4Bytes(stream),
				}
			: { name, type: format, dimensions, bytes: 4 * elements, content: float32Bytes(stream) };
	};

async function* q4Bytes(stream: RowStream): AsyncGenerator<Uint8Array> {
	for await (const values of stream) {
		yield toGgufQ4(quantizeQ4(values));
	}
}

async function* float32Bytes(stream: RowStream): AsyncGenerator<Uint8Array> {
	for await (const values of stream) {
		yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
	}
}
