import { assert } from "../base/assert.ts";
import {
	expertAttributes,
	type ExpertInputs,
	type Experts,
	type GraphWeights,
	type Matrix,
} from "./graphWeights.ts";
import { microsoftDomain, type GraphBuilder } from "./onnx/graphBuilder.ts";
import type { ExternalRegion, WeightsFile } from "./onnx/weightsFile.ts";
import { q4BlockSize, quantizeQ4 } from "./q4.ts";
import type { RowStream } from "./rowStreams.ts";

/**
 * The arithmetic of int4 linear layers. "int8" rounds the activations to 8 bits in blocks of 32, "fp32"
 * keeps them. Rounding changes logits by 0.3 to 0.7 %, which is a tenth of what int4 weights cost, and
 * takes 10 to 30 % off the time of a step.
 */
export type LinearArithmetic = "int8" | "fp32";

/** MatMulNBits' accuracy_level. */
const accuracyLevels = { int8: 4, fp32: 1 } as const;

interface Q4Regions {
	readonly packed: ExternalRegion;
	readonly scales: ExternalRegion;
}

/** Weights in {@link quantizeQ4}'s format. For every matrix, the number of columns must be a multiple of the block size. */
export class Int4Weights implements GraphWeights {
	readonly #graph: GraphBuilder;
	readonly #file: WeightsFile;
	readonly #arithmetic: LinearArithmetic;
	readonly #embeddings = new Map<string, Q4Regions>();

	constructor(graph: GraphBuilder, file: WeightsFile, arithmetic: LinearArithmetic) {
		this.#graph = graph;
		this.#file = file;
		this.#arithmetic = arithmetic;
	}

	async linear(name: string, weight: Matrix, input: string, output: string): Promise<void> {
		this.#linearOver(name, weight, await this.#store(weight), input, output);
	}

	async embedding(name: string, weight: Matrix, tokens: string, output: string): Promise<void> {
		const { rows, columns } = weight;
		const regions = await this.#store(weight);
		this.#embeddings.set(name, regions);
		const scalesShape = [rows, columns / q4BlockSize];
		this.#graph.node(
			"GatherBlockQuantized",
			[
				this.#graph.externalConstant(
					`${name}.gather.q4`,
					"uint8",
					[rows, columns / 2],
					regions.packed,
				),
				tokens,
				this.#graph.externalConstant(
					`${name}.gather.scales`,
					"float32",
					scalesShape,
					regions.scales,
				),
			],
			[output],
			{
				bits: { int: 4 },
				block_size: { int: q4BlockSize },
				gather_axis: { int: 0 },
				quantize_axis: { int: 1 },
			},
			microsoftDomain,
		);
	}

	tiedLinear(name: string, weight: Matrix, input: string, output: string): void {
		// The two operators want different shapes of the same bytes: two tensors over one region.
		const regions = this.#embeddings.get(name);
		assert(regions !== undefined, "the embedding is written before the layer that shares it");
		this.#linearOver(name, weight, regions, input, output);
	}

	async experts(
		name: string,
		experts: Experts,
		{ hidden, routerLogits }: ExpertInputs,
		output: string,
	): Promise<void> {
		const gateUp = await this.#storeExperts(`${name}.gate_up`, experts.count, experts.gateUp);
		const down = await this.#storeExperts(`${name}.down`, experts.count, experts.down);
		this.#graph.node(
			"QMoE",
			[hidden, routerLogits, gateUp.packed, gateUp.scales, "", down.packed, down.scales, ""],
			[output],
			{
				...expertAttributes(experts),
				expert_weight_bits: { int: 4 },
				block_size: { int: q4BlockSize },
			},
			microsoftDomain,
		);
	}

	#linearOver(
		name: string,
		{ rows, columns }: Matrix,
		regions: Q4Regions,
		input: string,
		output: string,
	): void {
		const blocks = columns / q4BlockSize;
		const packedShape = [rows, blocks, q4BlockSize / 2];
		this.#graph.node(
			"MatMulNBits",
			[
				input,
				this.#graph.externalConstant(`${name}.q4`, "uint8", packedShape, regions.packed),
				this.#graph.externalConstant(`${name}.scales`, "float32", [rows, blocks], regions.scales),
			],
			[output],
			{
				K: { int: columns },
				N: { int: rows },
				bits: { int: 4 },
				block_size: { int: q4BlockSize },
				accuracy_level: { int: accuracyLevels[this.#arithmetic] },
			},
			microsoftDomain,
		);
	}

	async #storeExperts(
		name: string,
		count: number,
		weight: Matrix,
	): Promise<{ packed: string; scales: string }> {
		const { rows, columns } = weight;
		const regions = await this.#store(weight);
		const packedShape = [count, rows, columns / 2];
		const scalesShape = [count, rows, columns / q4BlockSize];
		return {
			packed: this.#graph.externalConstant(`${name}.q4`, "uint8", packedShape, regions.packed),
			scales: this.#graph.externalConstant(
				`${name}.scales`,
				"float32",
				scalesShape,
				regions.scales,
			),
		};
	}

	async #store(weight: Matrix): Promise<Q4Regions> {
		// An eighth of the float32 weights: kept back until the packed weights are written.
		const scales: Float32Array[] = [];
		const packed = await this.#file.writeRegion(quantizeRows(weight.stream, scales));
		return { packed, scales: await this.#file.writeRegion(scales) };
	}
}

async function* quantizeRows(rows: RowStream, scales: Float32Array[]): AsyncGenerator<Uint8Array> {
	for await (const values of rows) {
		const quantized = quantizeQ4(values);
		scales.push(quantized.scales);
		yield quantized.packed;
	}
}
