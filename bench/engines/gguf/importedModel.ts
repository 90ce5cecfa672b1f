import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { UserError } from "../../../src/base/userError.ts";
import {
	ModelProtoSchema,
	type GraphProto,
	type TensorProto,
} from "../../../src/importer/onnx/onnx_pb.ts";
import { q4BlockSize } from "../../../src/importer/q4.ts";
import { rotaryTables } from "../../../src/importer/rotaryTables.ts";
import type { RowStream } from "../../../src/importer/rowStreams.ts";
import type { MatrixShape, RowRange, TensorSource } from "../../../src/importer/tensorSource.ts";
import type { ModelManifest } from "../../../src/model/manifest.ts";
import { openModel } from "../../../src/model/modelStore.ts";
import type { Qwen3MoeShape } from "./qwen3MoeGguf.ts";

/** A model folder that `mote import` has written with int4 weights, as a checkpoint again. */
export interface ImportedModel {
	readonly manifest: ModelManifest;
	readonly config: Qwen3MoeShape;
	readonly tensors: TensorSource;
	readonly tokenizerJson: string;
}

/** Reads the graph for the addon, which has each weight once, and all weights into memory. */
export async function openImportedModel(folder: string): Promise<ImportedModel> {
	const { manifest, graphPath } = await openModel(folder);
	const { nativeGraph, weights, tokenizer } = manifest.files;
	const beside = (name: string): string => join(dirname(graphPath), name);
	if (nativeGraph === undefined) {
		throw new UserError(
			"ggufUnsupported",
			"The model has no int4 weights; import it without --fp32.",
		);
	}
	const { graph } = fromBinary(ModelProtoSchema, await readFile(beside(nativeGraph.name)));
	if (graph === undefined) {
		throw new UserError("ggufUnsupported", "The model has an empty graph; import it anew.");
	}
	const tensors = new ImportedTensors(graph, await readFile(beside(weights.name)));
	return {
		manifest,
		config: configOf(manifest, graph, tensors),
		tensors,
		tokenizerJson: await readFile(beside(tokenizer.name), "utf8"),
	};
}

function configOf(
	manifest: ModelManifest,
	graph: GraphProto,
	tensors: ImportedTensors,
): Qwen3MoeShape {
	const { vocabularySize, contextLength, layers, kvHeads, headDim } = manifest;
	const attribute = (name: string): { readonly f: number; readonly i: bigint } => {
		const node = graph.node.find(({ opType }) => opType === "Experts");
		return node?.attribute.find((found) => found.name === name) ?? { f: NaN, i: 0n };
	};
	const [experts = 0, , halfExpert = 0] = tensors.dims("layers.0.experts.down.q4");
	const tables = [tensors.floats("rotary.cos"), tensors.floats("rotary.sin")] as const;
	return {
		vocabularySize,
		contextLength,
		layers,
		kvHeads,
		headDim,
		hiddenSize: (tensors.dims("embed_tokens.q4").at(-1) ?? 0) * 2,
		heads: ((tensors.dims("layers.0.o_proj.q4").at(-1) ?? 0) * 2) / headDim,
		experts,
		expertsPerToken: Number(attribute("k").i),
		expertSize: halfExpert * 2,
		normalizeRouting: attribute("normalize").i === 1n,
		normEpsilon: attribute("epsilon").f,
		ropeTheta: thetaOf(tables, contextLength, headDim),
		tiedEmbedding: !tensors.has("lm_head.q4"),
	};
}

/** The graph has the rotary tables only: the round number that they come from, exactly. */
function thetaOf(
	[cos, sin]: readonly [Float32Array, Float32Array],
	positions: number,
	headDim: number,
): number {
	const angle = Math.acos(cos[headDim / 2 + 1] ?? NaN);
	const theta = Number((angle ** (-headDim / 2)).toPrecision(3));
	const tables = rotaryTables(positions, { dim: headDim, theta, scaling: { kind: "none" } });
	const differs = (a: Float32Array, b: Float32Array): boolean =>
		a.some((value, i) => value !== b[i]);
	if (differs(tables.cos, cos) || differs(tables.sin, sin)) {
		throw new UserError(
			"ggufUnsupported",
			"The model's rotary positions are scaled, which isn't exported; export another one.",
		);
	}
	return theta;
}

/** Which rows of a stored matrix are those of a tensor: every `step`-th from `first` on. */
interface Rows {
	readonly matrix: string;
	readonly first: number;
	readonly step: number;
}

class ImportedTensors implements TensorSource {
	readonly #constants: ReadonlyMap<string, TensorProto>;
	readonly #weights: Buffer;

	constructor(graph: GraphProto, weights: Buffer) {
		this.#constants = new Map(graph.initializer.map((constant) => [constant.name, constant]));
		this.#weights = weights;
	}

	has(name: string): boolean {
		return this.#constants.has(name);
	}

	dims(name: string): readonly number[] {
		return this.#constant(name).dims.map(Number);
	}

	floats(name: string): Float32Array {
		return new Float32Array(new Uint8Array(this.#bytes(name)).buffer);
	}

	read(name: string): Promise<Float32Array> {
		return Promise.resolve(this.floats(normName(name)));
	}

	async *readRows(name: string, [rows, columns]: MatrixShape, range?: RowRange): RowStream {
		await Promise.resolve();
		const { start, end } = range ?? { start: 0, end: rows };
		const [, layer] = /^model\.layers\.(\d+)\.mlp\.gate\.weight$/.exec(name) ?? [];
		if (layer !== undefined) {
			yield this.floats(`layers.${layer}.router.weight`).subarray(start * columns, end * columns);
			return;
		}
		const { matrix, first, step } = this.#rows(name, rows);
		const packed = this.#bytes(`${matrix}.q4`);
		const scales = this.floats(`${matrix}.scales`);
		const values = new Float32Array((end - start) * columns);
		for (let i = 0; i < values.length; i++) {
			const row = first + step * (start + Math.floor(i / columns));
			const at = row * columns + (i % columns);
			const pair = packed[at >> 1] ?? 0;
			const code = at % 2 === 0 ? pair & 15 : pair >> 4;
			values[i] = (scales[Math.floor(at / q4BlockSize)] ?? NaN) * (code - 8);
		}
		yield values;
	}

	#rows(name: string, rows: number): Rows {
		const [, layer = "", part = ""] = /^model\.layers\.(\d+)\.(.+)_proj\.weight$/.exec(name) ?? [];
		const whole = (matrix: string): Rows => ({ matrix, first: 0, step: 1 });
		const [, expertText, projection] = /^mlp\.experts\.(\d+)\.(.+)$/.exec(part) ?? [];
		const expert = Number(expertText);
		const qkv = `layers.${layer}.qkv_proj`;
		const allRows = (matrix: string): number => this.dims(`${matrix}.q4`)[0] ?? 0;
		switch (projection ?? part) {
			case "":
				return whole(name === "lm_head.weight" ? "lm_head" : "embed_tokens");
			case "self_attn.q":
				return whole(qkv);
			case "self_attn.k":
				return { matrix: qkv, first: allRows(qkv) - 2 * rows, step: 1 };
			case "self_attn.v":
				return { matrix: qkv, first: allRows(qkv) - rows, step: 1 };
			case "self_attn.o":
				return whole(`layers.${layer}.o_proj`);
			case "down":
				return { matrix: `layers.${layer}.experts.down`, first: expert * rows, step: 1 };
			default:
				return {
					matrix: `layers.${layer}.experts.gate_up`,
					first: expert * 2 * rows + (projection === "up" ? 1 : 0),
					step: 2,
				};
		}
	}

	#constant(name: string): TensorProto {
		const constant = this.#constants.get(name);
		if (constant === undefined) {
			throw new UserError("ggufUnsupported", `The model has no ${name}; import it anew.`);
		}
		return constant;
	}

	#bytes(name: string): Uint8Array {
		const { rawData, externalData } = this.#constant(name);
		const entry = (key: string): number =>
			Number(externalData.find((found) => found.key === key)?.value);
		return externalData.length === 0
			? rawData
			: this.#weights.subarray(entry("offset"), entry("offset") + entry("length"));
	}
}

const normName = (name: string): string =>
	name
		.replace("model.norm.", "final_norm.")
		.replace("model.layers", "layers")
		.replace("input_layernorm", "input_norm")
		.replace("post_attention_layernorm", "post_attention_norm")
		.replace("self_attn.", "");
