import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { linearQ4 } from "../../src/importer/graphs/q4Operators.ts";
import {
	dataTypes,
	GraphBuilder,
	microsoftDomain,
	type ElementType,
} from "../../src/importer/onnx/graphBuilder.ts";
import type { ExternalRegion } from "../../src/importer/onnx/weightsFile.ts";
import { quantizeQ4 } from "../../src/importer/q4.ts";
import type { RandomTensor } from "./randomCheckpoint.ts";
import { writeRandomDecoder, type DecoderTensors } from "./randomDecoder.ts";
import type { ReferenceConfig } from "./referenceDecoder.ts";

/** How somebody else exports a decoder. */
export interface ExportOptions {
	/** Of the graph, in its folder. */
	readonly path: string;
	/** Whether attention is GroupQueryAttention, as onnxruntime-genai has it, or plain operators, as Optimum has it. */
	readonly attention: "grouped" | "plain";
	readonly weights: "inline" | "external" | "external int4";
	readonly logits?: "all" | "last" | "wanted";
	/** Two branches, of which the one for a past was traced with one token: it has no causal mask. */
	readonly isMerged?: boolean;
	readonly integers?: "int64" | "int32";
	readonly pastName?: (layer: number, part: "key" | "value") => string;
	readonly presentName?: (layer: number, part: "key" | "value") => string;
	readonly cacheType?: ElementType;
	/** What the graph says of the shape of its caches, in place of the truth. */
	readonly cacheShape?: readonly (number | string)[];
	readonly positionsShape?: readonly (number | string)[];
	/** What the graph calls the file with its weights, in place of its true name. */
	readonly dataName?: string;
	/** Inputs beside the usual ones, which do nothing. */
	readonly moreInputs?: readonly string[];
}

/**
 * A folder with a random decoder of that config as somebody else would publish it: `config.json`, tokenizer, notes, and
 * graphs, no safetensors. All graphs have the weights that are returned.
 */
export async function writeExportedDecoder(
	folder: string,
	config: ReferenceConfig,
	exports: readonly ExportOptions[],
	seed = 1,
): Promise<DecoderTensors> {
	const tensors = await writeRandomDecoder(folder, config, { seed });
	await rm(join(folder, "model.safetensors"));
	for (const options of exports) {
		await writeGraph(folder, config, tensors, options);
	}
	return tensors;
}

/** A graph over those weights, written into the folder of a model. */
export async function writeGraph(
	folder: string,
	config: ReferenceConfig,
	tensors: DecoderTensors,
	options: ExportOptions,
): Promise<void> {
	const path = join(folder, options.path);
	await mkdir(dirname(path), { recursive: true });
	const writer = new ExportWriter(config, tensors, options);
	await writeFile(path, writer.model());
	if (options.weights !== "inline") {
		await writeFile(`${path}_data`, writer.data());
	}
}

class ExportWriter {
	readonly #config: ReferenceConfig;
	readonly #tensors: DecoderTensors;
	readonly #options: ExportOptions;
	readonly #graph: GraphBuilder;
	readonly #parts: Uint8Array[] = [];
	#length = 0;

	constructor(config: ReferenceConfig, tensors: DecoderTensors, options: ExportOptions) {
		this.#config = config;
		this.#tensors = tensors;
		this.#options = options;
		this.#graph = new GraphBuilder(options.dataName ?? `${basename(options.path)}_data`);
	}

	data(): Uint8Array {
		return Buffer.concat(this.#parts);
	}

	model(): Uint8Array {
		const { num_hidden_layers: layers, tie_word_embeddings: isTied } = this.#config;
		this.#declare();
		let hidden = this.#node("Gather", [this.#weight("model.embed_tokens.weight"), "input_ids"]);
		for (let layer = 0; layer < layers; layer++) {
			const prefix = `model.layers.${layer}`;
			const normed = this.#norm(`${prefix}.input_layernorm.weight`, hidden);
			hidden = this.#node("Add", [hidden, this.#attention(prefix, layer, normed)]);
			const middle = this.#norm(`${prefix}.post_attention_layernorm.weight`, hidden);
			hidden = this.#node("Add", [hidden, this.#feedForward(`${prefix}.mlp`, middle)]);
		}
		const states = this.#wanted(this.#norm("model.norm.weight", hidden));
		this.#linear(isTied ? "model.embed_tokens" : "lm_head", states, "logits");
		const { logits = "all" } = this.#options;
		const rows = logits === "last" ? 1 : "rows";
		this.#graph.output("logits", "float32", ["batch", rows, this.#config.vocab_size]);
		return this.#graph.toModel("main_graph");
	}

	get #shape(): { heads: number; kvHeads: number; headDim: number } {
		const { num_attention_heads: heads, hidden_size: hidden } = this.#config;
		const kvHeads = this.#config.num_key_value_heads ?? heads;
		return { heads, kvHeads, headDim: this.#config.head_dim ?? hidden / heads };
	}

	#past(layer: number, part: "key" | "value"): string {
		return this.#options.pastName?.(layer, part) ?? `past_key_values.${layer}.${part}`;
	}

	#present(layer: number, part: "key" | "value"): string {
		return this.#options.presentName?.(layer, part) ?? `present.${layer}.${part}`;
	}

	#declare(): void {
		const { integers = "int64", cacheType = "float32", attention, logits } = this.#options;
		const { kvHeads, headDim } = this.#shape;
		const graph = this.#graph;
		graph.input("input_ids", integers, ["batch", "rows"]);
		graph.input("attention_mask", integers, ["batch", "total"]);
		if (attention === "plain") {
			const { positionsShape = ["batch", "rows"] } = this.#options;
			graph.input("position_ids", integers, positionsShape);
		}
		if (this.#options.isMerged === true) {
			graph.input("use_cache_branch", "bool", [1]);
		}
		if (logits === "wanted") {
			graph.input("num_logits_to_keep", "int64", []);
		}
		for (const name of this.#options.moreInputs ?? []) {
			graph.input(name, "float32", [1]);
		}
		for (let layer = 0; layer < this.#config.num_hidden_layers; layer++) {
			for (const part of ["key", "value"] as const) {
				const { cacheShape } = this.#options;
				const shape = (length: string): readonly (number | string)[] =>
					cacheShape ?? ["batch", kvHeads, length, headDim];
				graph.input(this.#past(layer, part), cacheType, shape("past"));
				graph.output(this.#present(layer, part), cacheType, shape("all"));
			}
		}
		this.#declareTables();
		if (attention === "plain") {
			this.#declareMask();
		} else {
			const lengths = this.#node("ReduceSum", ["attention_mask", this.#ints("axis.1", 1)]);
			const last = this.#node("Sub", [this.#cast(lengths, "int64"), this.#ints("one", 1)]);
			this.#node("Cast", [last], { to: { int: dataTypes.int32 } }, "seqlens_k");
			const total = this.#node("Gather", [
				this.#node("Shape", ["attention_mask"]),
				this.#graph.constant("one.scalar", BigInt64Array.of(1n), []),
			]);
			this.#node("Cast", [total], { to: { int: dataTypes.int32 } }, "total_sequence_length");
		}
	}

	/** Angles of plain rotation by position, [positions, headDim ÷ 2]. */
	#declareTables(): void {
		const { max_position_embeddings: positions, rope_theta: theta = NaN } = this.#config;
		const { headDim } = this.#shape;
		const half = headDim / 2;
		const angles = Float64Array.from(
			{ length: positions * half },
			(_, i) => Math.floor(i / half) / theta ** ((2 * (i % half)) / headDim),
		);
		const shape = [positions, half];
		this.#graph.constant("cos", Float32Array.from(angles, Math.cos), shape);
		this.#graph.constant("sin", Float32Array.from(angles, Math.sin), shape);
		if (this.#options.attention === "plain") {
			for (const name of ["cos", "sin"]) {
				const rows = this.#node("Gather", [name, "position_ids"]);
				this.#node("Unsqueeze", [rows, this.#ints(`axis.${name}`, 1)], {}, `${name}.rows`);
			}
		}
	}

	/** `mask` [rows, total]: what is added to the scores. */
	#declareMask(): void {
		const scalar = (name: string, value: bigint): string =>
			this.#graph.constant(name, BigInt64Array.of(value), []);
		const zero = scalar("scalar.0", 0n);
		const one = scalar("scalar.1", 1n);
		const length = (name: string): string =>
			this.#node("Gather", [this.#node("Shape", [name]), one]);
		const total = length("attention_mask");
		const past = this.#node("Sub", [total, length("input_ids")]);
		const rows = this.#node("Unsqueeze", [
			this.#node("Range", [past, total, one]),
			this.#ints("axis.last", 1),
		]);
		const isLater = this.#node("Greater", [this.#node("Range", [zero, total, one]), rows]);
		const low = this.#graph.constant("low", Float32Array.of(-1e9), []);
		const none = this.#graph.constant("none", Float32Array.of(0), []);
		const causal = this.#node("Where", [isLater, low, none]);
		if (this.#options.isMerged === true) {
			this.#node("Where", ["use_cache_branch", none, causal], {}, "mask");
		} else {
			this.#node("Identity", [causal], {}, "mask");
		}
	}

	#attention(prefix: string, layer: number, input: string): string {
		const part = (name: "q" | "k" | "v"): string =>
			this.#linear(`${prefix}.self_attn.${name}_proj`, input);
		const joined =
			this.#options.attention === "grouped"
				? this.#groupedAttention(layer, part("q"), part("k"), part("v"))
				: this.#plainAttention(layer, part("q"), part("k"), part("v"));
		return this.#linear(`${prefix}.self_attn.o_proj`, joined);
	}

	#groupedAttention(layer: number, query: string, key: string, value: string): string {
		const { heads, kvHeads } = this.#shape;
		const pasts = [this.#past(layer, "key"), this.#past(layer, "value")];
		const inputs = [query, key, value, ...pasts, "seqlens_k", "total_sequence_length"];
		return this.#graph.node(
			"GroupQueryAttention",
			[...inputs, "cos", "sin"],
			[`attention.${layer}`, this.#present(layer, "key"), this.#present(layer, "value")],
			{ num_heads: { int: heads }, kv_num_heads: { int: kvHeads }, do_rotary: { int: 1 } },
			microsoftDomain,
		);
	}

	#plainAttention(layer: number, query: string, key: string, value: string): string {
		const { heads, kvHeads, headDim } = this.#shape;
		const split = (input: string, count: number, name: string): string => {
			const shape = this.#ints(`shape.${name}.${layer}`, 0, 0, count, headDim);
			const parts = this.#node("Reshape", [input, shape]);
			return this.#node("Einsum", [parts], { equation: { string: "bshd->bhsd" } });
		};
		const queries = this.#rotated(split(query, heads, "q"));
		const groups = this.#ints(`shape.groups.${layer}`, 0, kvHeads, heads / kvHeads, -1, headDim);
		const grouped = this.#node("Reshape", [queries, groups]);
		const append = (part: "key" | "value", rows: string): string =>
			this.#node(
				"Concat",
				[this.#past(layer, part), rows],
				{ axis: { int: 2 } },
				this.#present(layer, part),
			);
		const keys = append("key", this.#rotated(split(key, kvHeads, "k")));
		const values = append("value", split(value, kvHeads, "v"));
		const products = this.#node("Einsum", [grouped, keys], {
			equation: { string: "bkgsd,bktd->bkgst" },
		});
		const scale = this.#graph.constant(`scale.${layer}`, Float32Array.of(headDim ** -0.5), []);
		const scores = this.#node("Add", [this.#node("Mul", [products, scale]), "mask"]);
		const weights = this.#node("Softmax", [scores], { axis: { int: -1 } });
		const mixed = this.#node("Einsum", [weights, values], {
			equation: { string: "bkgst,bktd->bskgd" },
		});
		return this.#node("Reshape", [mixed, this.#ints(`shape.joined.${layer}`, 0, 0, -1)]);
	}

	/** `input` [1, heads, rows, headDim], its halves turned. */
	#rotated(input: string): string {
		const half = this.#shape.headDim / 2;
		const [first, second] = [`${input}.first`, `${input}.second`] as const;
		const sizes = this.#ints(`${input}.sizes`, half, half);
		this.#graph.node("Split", [input, sizes], [first, second], { axis: { int: -1 } });
		const times = (a: string, b: string): string => this.#node("Mul", [a, b]);
		return this.#node(
			"Concat",
			[
				this.#node("Sub", [times(first, "cos.rows"), times(second, "sin.rows")]),
				this.#node("Add", [times(second, "cos.rows"), times(first, "sin.rows")]),
			],
			{ axis: { int: -1 } },
		);
	}

	#feedForward(prefix: string, input: string): string {
		const gate = this.#linear(`${prefix}.gate_proj`, input);
		const active = this.#node("Mul", [gate, this.#node("Sigmoid", [gate])]);
		const inner = this.#node("Mul", [active, this.#linear(`${prefix}.up_proj`, input)]);
		return this.#linear(`${prefix}.down_proj`, inner);
	}

	#norm(name: string, input: string): string {
		const epsilon = this.#graph.constant(
			`${name}.epsilon`,
			Float32Array.of(this.#config.rms_norm_eps),
			[],
		);
		const square = this.#node("Mul", [input, input]);
		const mean = this.#node("ReduceMean", [square, this.#ints(`${name}.axis`, -1)]);
		const size = this.#node("Sqrt", [this.#node("Add", [mean, epsilon])]);
		return this.#node("Mul", [this.#node("Div", [input, size]), this.#weight(name)]);
	}

	/** The rows whose logits the graph gives. */
	#wanted(states: string): string {
		const { logits = "all" } = this.#options;
		if (logits === "all") {
			return states;
		}
		const count =
			logits === "last"
				? this.#ints("kept", 1)
				: this.#node("Unsqueeze", ["num_logits_to_keep", this.#ints("axis.kept", 0)]);
		const start = this.#node("Neg", [count]);
		const end = this.#ints("end", 2 ** 31);
		return this.#node("Slice", [states, start, end, this.#ints("axis.rows", 1)]);
	}

	#linear(name: string, input: string, output = `${name}.output`): string {
		const { shape, values } = this.#tensor(`${name}.weight`);
		const [rows = 0, columns = 0] = shape;
		const bias = this.#tensors.get(`${name}.bias`);
		const product = bias === undefined ? output : `${output}.unbiased`;
		if (this.#options.weights === "external int4") {
			const { packed, scales } = quantizeQ4(values);
			const regions = { packed: this.#region(packed), scales: this.#region(scales) };
			linearQ4(this.#graph, "fp32", name, { rows, columns, ...regions }, input, product);
		} else {
			const turned = Float32Array.from(
				{ length: values.length },
				(_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? NaN,
			);
			const weight = this.#constant(`${name}.turned`, turned, [columns, rows]);
			this.#node("MatMul", [input, weight], {}, product);
		}
		if (bias !== undefined) {
			const added = this.#constant(`${name}.bias`, bias.values, bias.shape);
			this.#node("Add", [product, added], {}, output);
		}
		return output;
	}

	#weight(name: string): string {
		const { shape, values } = this.#tensor(name);
		return this.#constant(name, values, shape);
	}

	#tensor(name: string): RandomTensor {
		const tensor = this.#tensors.get(name);
		if (tensor === undefined) {
			throw new Error(`the decoder has no ${name}`);
		}
		return tensor;
	}

	#constant(name: string, values: Float32Array, shape: readonly number[]): string {
		return this.#options.weights === "inline"
			? this.#graph.constant(name, values, shape)
			: this.#graph.externalConstant(name, "float32", shape, this.#region(values));
	}

	#region(values: Float32Array | Uint8Array): ExternalRegion {
		const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
		const region = { offset: this.#length, length: bytes.length };
		this.#parts.push(bytes);
		this.#length += bytes.length;
		return region;
	}

	#ints(name: string, ...values: readonly number[]): string {
		return this.#graph.constant(name, BigInt64Array.from(values, BigInt), [values.length]);
	}

	#cast(input: string, to: "int64"): string {
		return this.#node("Cast", [input], { to: { int: dataTypes[to] } });
	}

	#nodes = 0;
	#node(
		operator: string,
		inputs: readonly string[],
		attributes: Parameters<GraphBuilder["node"]>[3] = {},
		output = `node.${this.#nodes++}`,
	): string {
		return this.#graph.node(operator, inputs, [output], attributes);
	}
}
