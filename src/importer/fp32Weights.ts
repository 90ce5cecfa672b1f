import {
	expertAttributes,
	type ExpertInputs,
	type Experts,
	type GraphWeights,
	type Matrix,
} from "./graphWeights.ts";
import { microsoftDomain, type GraphBuilder } from "./onnx/graphBuilder.ts";
import type { WeightsFile } from "./onnx/weightsFile.ts";

/** The weights as they are: the exact counterpart that the graph itself is checked with. */
export class Fp32Weights implements GraphWeights {
	readonly #graph: GraphBuilder;
	readonly #file: WeightsFile;

	constructor(graph: GraphBuilder, file: WeightsFile) {
		this.#graph = graph;
		this.#file = file;
	}

	async linear(name: string, weight: Matrix, input: string, output: string): Promise<void> {
		await this.#store(`${name}.weight`, weight, [weight.rows, weight.columns]);
		this.tiedLinear(name, weight, input, output);
	}

	async embedding(name: string, weight: Matrix, tokens: string, output: string): Promise<void> {
		const table = await this.#store(`${name}.weight`, weight, [weight.rows, weight.columns]);
		this.#graph.node("Gather", [table, tokens], [output], { axis: { int: 0 } });
	}

	tiedLinear(name: string, _weight: Matrix, input: string, output: string): void {
		this.#graph.node(
			"FusedMatMul",
			[input, `${name}.weight`],
			[output],
			{ transB: { int: 1 } },
			microsoftDomain,
		);
	}

	async experts(
		name: string,
		experts: Experts,
		{ hidden, routerLogits }: ExpertInputs,
		output: string,
	): Promise<void> {
		const { count, gateUp, down } = experts;
		const gateUpShape = [count, gateUp.rows, gateUp.columns];
		const stored = [
			await this.#store(`${name}.gate_up.weight`, gateUp, gateUpShape),
			await this.#store(`${name}.down.weight`, down, [count, down.rows, down.columns]),
		] as const;
		this.#graph.node(
			"MoE",
			[hidden, routerLogits, stored[0], "", stored[1], ""],
			[output],
			expertAttributes(experts),
			microsoftDomain,
		);
	}

	async #store(name: string, weight: Matrix, shape: readonly number[]): Promise<string> {
		const region = await this.#file.writeRegion(weight.stream);
		return this.#graph.externalConstant(name, "float32", shape, region);
	}
}
