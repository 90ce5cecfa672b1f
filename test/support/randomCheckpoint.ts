import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tinyTokenizerJson } from "./tinyTokenizer.ts";

/** The fields of a qwen3_moe `config.json` that give its shape. */
export interface CheckpointShape {
	readonly vocab_size: number;
	readonly hidden_size: number;
	readonly num_hidden_layers: number;
	readonly num_attention_heads: number;
	readonly num_key_value_heads: number;
	readonly head_dim: number;
	readonly num_experts: number;
	readonly num_experts_per_tok: number;
	readonly moe_intermediate_size: number;
	readonly norm_topk_prob: boolean;
	readonly rms_norm_eps: number;
	readonly rope_theta: number;
	readonly max_position_embeddings: number;
	readonly tie_word_embeddings: boolean;
}

export const tinyShape: CheckpointShape = {
	vocab_size: 512,
	hidden_size: 64,
	num_hidden_layers: 2,
	num_attention_heads: 4,
	num_key_value_heads: 2,
	head_dim: 32,
	num_experts: 4,
	num_experts_per_tok: 2,
	moe_intermediate_size: 32,
	norm_topk_prob: true,
	rms_norm_eps: 1e-6,
	rope_theta: 10_000,
	max_position_embeddings: 256,
	tie_word_embeddings: true,
};

export interface RandomTensor {
	readonly shape: readonly number[];
	/** The values as they are stored, after rounding to the stored type. */
	readonly values: Float32Array;
}
export type StoredType = "F32" | "BF16" | "F16";

export interface RandomCheckpointOptions {
	readonly seed?: number;
	readonly shape?: Partial<CheckpointShape>;
	readonly storedType?: StoredType;
	/** More than one writes shards with an index. */
	readonly shards?: number;
	/** Tensors of these names hold zeros. */
	readonly zeros?: RegExp;
	/** Overrides and additions to `config.json`. */
	readonly config?: Readonly<Record<string, unknown>>;
	/** The content of `tokenizer_config.json`; none is written without. */
	readonly tokenizerConfig?: Readonly<Record<string, unknown>>;
	/** The content of `mote.json`; null writes none. */
	readonly notes?: Readonly<Record<string, unknown>> | null;
}

export interface RandomCheckpoint {
	readonly shape: CheckpointShape;
	readonly tensors: ReadonlyMap<string, RandomTensor>;
}

export const tinyNotes = {
	name: "tiny",
	license: "MIT",
	order: "spm",
	trainedContextTokens: 128,
	fim: {
		prefix: "<|fim_prefix|>",
		suffix: "<|fim_suffix|>",
		middle: "<|fim_middle|>",
		file: "<|file|>",
		endOfText: "<|endoftext|>",
	},
};

/**
 * Writes a small qwen3_moe checkpoint with random weights into `folder`, which is created: `config.json`,
 * safetensors, {@link tinyTokenizerJson} and `mote.json`. The same options give the same files.
 */
export async function writeRandomCheckpoint(
	folder: string,
	options: RandomCheckpointOptions = {},
): Promise<RandomCheckpoint> {
	const shape = { ...tinyShape, ...options.shape };
	const tensors = randomTensors(shape, options.seed ?? 1, options.storedType ?? "F32");
	for (const [name, { values }] of tensors) {
		if (options.zeros?.test(name) === true) {
			values.fill(0);
		}
	}
	await mkdir(folder, { recursive: true });
	const config = {
		architectures: ["Qwen3MoeForCausalLM"],
		model_type: "qwen3_moe",
		hidden_act: "silu",
		attention_bias: false,
		decoder_sparse_step: 1,
		mlp_only_layers: [],
		...shape,
		...options.config,
	};
	await writeFile(join(folder, "config.json"), JSON.stringify(config));
	await writeFile(join(folder, "tokenizer.json"), tinyTokenizerJson());
	if (options.tokenizerConfig !== undefined) {
		await writeFile(join(folder, "tokenizer_config.json"), JSON.stringify(options.tokenizerConfig));
	}
	if (options.notes !== null) {
		await writeFile(join(folder, "mote.json"), JSON.stringify(options.notes ?? tinyNotes));
	}
	await writeTensors(folder, tensors, options);
	return { shape, tensors };
}

/** One file of safetensors, or shards with an index. */
export async function writeTensors(
	folder: string,
	tensors: ReadonlyMap<string, RandomTensor>,
	{ shards = 1, storedType = "F32" }: Pick<RandomCheckpointOptions, "shards" | "storedType">,
): Promise<void> {
	if (shards === 1) {
		await writeFile(join(folder, "model.safetensors"), safetensorsFile([...tensors], storedType));
		return;
	}
	const weightMap: Record<string, string> = {};
	for (let shard = 0; shard < shards; shard++) {
		const name = `model-${shard + 1}-of-${shards}.safetensors`;
		const part = [...tensors].filter((_, index) => index % shards === shard);
		part.forEach(([tensor]) => (weightMap[tensor] = name));
		await writeFile(join(folder, name), safetensorsFile(part, storedType));
	}
	const index = { metadata: {}, weight_map: weightMap };
	await writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify(index));
}

/** A whole safetensors file. */
export function safetensorsFile(
	tensors: readonly (readonly [string, RandomTensor])[],
	storedType: StoredType,
): Buffer {
	const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
	const parts: Buffer[] = [];
	let offset = 0;
	for (const [name, { shape, values }] of tensors) {
		const bytes = encodeElements(values, storedType);
		header[name] = { dtype: storedType, shape, data_offsets: [offset, offset + bytes.length] };
		parts.push(bytes);
		offset += bytes.length;
	}
	const headerBytes = Buffer.from(JSON.stringify(header));
	const prefix = Buffer.alloc(8);
	prefix.writeBigUInt64LE(BigInt(headerBytes.length));
	return Buffer.concat([prefix, headerBytes, ...parts]);
}

function randomTensors(
	shape: CheckpointShape,
	seed: number,
	storedType: StoredType,
): ReadonlyMap<string, RandomTensor> {
	const random = gaussian(seed);
	const tensors = new Map<string, RandomTensor>();
	const add = (name: string, dims: readonly number[], mean: number, deviation: number): void => {
		const count = dims.reduce((product, size) => product * size, 1);
		const values = Float32Array.from({ length: count }, () =>
			roundTo(storedType, mean + deviation * random()),
		);
		tensors.set(name, { shape: dims, values });
	};
	// Every linear layer keeps the size of its input, so that no part of the model drowns another.
	const addLinear = (name: string, rows: number, columns: number, gain = 1): void =>
		add(name, [rows, columns], 0, gain / Math.sqrt(columns));
	const hidden = shape.hidden_size;
	const queries = shape.num_attention_heads * shape.head_dim;
	const keys = shape.num_key_value_heads * shape.head_dim;
	add("model.embed_tokens.weight", [shape.vocab_size, hidden], 0, 1);
	for (let layer = 0; layer < shape.num_hidden_layers; layer++) {
		const prefix = `model.layers.${layer}`;
		add(`${prefix}.input_layernorm.weight`, [hidden], 1, 0.2);
		addLinear(`${prefix}.self_attn.q_proj.weight`, queries, hidden);
		addLinear(`${prefix}.self_attn.k_proj.weight`, keys, hidden);
		addLinear(`${prefix}.self_attn.v_proj.weight`, keys, hidden);
		addLinear(`${prefix}.self_attn.o_proj.weight`, hidden, queries);
		add(`${prefix}.self_attn.q_norm.weight`, [shape.head_dim], 1, 0.2);
		add(`${prefix}.self_attn.k_norm.weight`, [shape.head_dim], 1, 0.2);
		add(`${prefix}.post_attention_layernorm.weight`, [hidden], 1, 0.2);
		addLinear(`${prefix}.mlp.gate.weight`, shape.num_experts, hidden, 2);
		for (let expert = 0; expert < shape.num_experts; expert++) {
			const experts = `${prefix}.mlp.experts.${expert}`;
			addLinear(`${experts}.gate_proj.weight`, shape.moe_intermediate_size, hidden);
			addLinear(`${experts}.up_proj.weight`, shape.moe_intermediate_size, hidden);
			addLinear(`${experts}.down_proj.weight`, hidden, shape.moe_intermediate_size, 2);
		}
	}
	add("model.norm.weight", [hidden], 1, 0.2);
	if (!shape.tie_word_embeddings) {
		addLinear("lm_head.weight", shape.vocab_size, hidden, 4);
	}
	return tensors;
}

/** Normally distributed numbers: mulberry32 and the Box–Muller transform. */
export function gaussian(seed: number): () => number {
	let state = seed >>> 0;
	const uniform = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

export function roundTo(storedType: StoredType, value: number): number {
	const [float] = new Float32Array([value]);
	const bits = new DataView(new ArrayBuffer(4));
	switch (storedType) {
		case "F32":
			return float ?? 0;
		case "BF16":
			bits.setFloat32(0, value);
			bits.setUint16(2, 0);
			return bits.getFloat32(0);
		case "F16": {
			// Half precision has 10 fraction bits, and 2^-14 is its smallest normal number.
			const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value) || 1)));
			const step = 2 ** (exponent - 10);
			return Math.trunc(value / step) * step;
		}
	}
}

function encodeElements(values: Float32Array, storedType: StoredType): Buffer {
	const bytes = Buffer.alloc(values.length * (storedType === "F32" ? 4 : 2));
	values.forEach((value, index) => {
		switch (storedType) {
			case "F32":
				bytes.writeFloatLE(value, index * 4);
				break;
			case "BF16": {
				const float = Buffer.alloc(4);
				float.writeFloatBE(value);
				bytes.writeUInt16LE(float.readUInt16BE(0), index * 2);
				break;
			}
			case "F16":
				bytes.writeUInt16LE(halfBits(value), index * 2);
				break;
		}
	});
	return bytes;
}

/** The bits of a value that half precision holds exactly. */
function halfBits(value: number): number {
	const sign = Object.is(Math.sign(value), -1) || Object.is(value, -0) ? 0x8000 : 0;
	const magnitude = Math.abs(value);
	if (magnitude < 2 ** -14) {
		return sign | Math.round(magnitude * 2 ** 24);
	}
	const exponent = Math.floor(Math.log2(magnitude));
	return sign | ((exponent + 15) << 10) | Math.round((magnitude / 2 ** exponent - 1) * 1024);
}
