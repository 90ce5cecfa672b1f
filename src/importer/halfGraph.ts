import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { assert } from "../base/assert.ts";
import { deviceGraphContract } from "../model/graphContract.ts";
import { attribute, dataTypes } from "./onnx/graphBuilder.ts";
import { ModelProtoSchema, NodeProtoSchema, type NodeProto } from "./onnx/onnx_pb.ts";

/** What routes tokens to experts stays in float32: a rounding there sends a token to another expert. */
const routingOperators: ReadonlySet<string> = new Set([
	"FusedMatMul",
	"Softmax",
	"TopK",
	"ReduceSum",
]);

type FloatType = "float32" | "float16";

/** Outputs that are integers although there are floats among the inputs, by their index. */
const integerOutputs: Readonly<Record<string, number>> = { TopK: 1 };

/**
 * A graph of {@link deviceGraphContract} in float32, with each layer's experts as one operator, in float16: activations, KV
 * caches and what they are multiplied with. Routing stays in float32, and so does what the processor gets. Pure.
 *
 * The weights file stays the same: what it has in float32 is cast by nodes that have nothing but constants as inputs, which the
 * runtime computes once, when it loads the graph.
 */
export function withHalfActivations(model: Uint8Array): Uint8Array {
	const proto = fromBinary(ModelProtoSchema, model);
	const { graph } = proto;
	assert(graph !== undefined, "a model has a graph");
	const half = new HalfGraph();
	for (const { name, dataType } of graph.initializer) {
		if (dataType === dataTypes.float32) {
			half.declare(name, "float32");
		}
	}
	for (const { name, type } of graph.input) {
		if (type?.value.case === "tensorType" && type.value.value.elemType === dataTypes.float32) {
			type.value.value.elemType = dataTypes.float16;
			half.declare(name, "float16");
		}
	}
	for (const node of graph.node) {
		half.add(node);
	}
	const { logits, appended } = deviceGraphContract;
	for (const { name, type } of graph.output) {
		if (name === logits || name === appended) {
			half.returnAsFloat32(name);
		} else if (type?.value.case === "tensorType") {
			type.value.value.elemType = dataTypes.float16;
		}
	}
	graph.node = half.nodes;
	return toBinary(ModelProtoSchema, proto);
}

/** Nodes with casts where what computes in one type reads another. */
class HalfGraph {
	readonly nodes: NodeProto[] = [];
	readonly #types = new Map<string, FloatType>();
	readonly #casts = new Set<string>();

	declare(name: string, type: FloatType): void {
		this.#types.set(name, type);
	}

	add(node: NodeProto): void {
		const type = routingOperators.has(node.opType) ? "float32" : "float16";
		const hasFloats = node.input.some((name) => this.#types.has(name));
		node.input = node.input.map((name) => this.#as(name, type));
		if (node.opType === "QMoE") {
			// Else CUDA takes the weights for what it has packed itself, and computes something else.
			node.attribute.push(attribute("weights_prepacked", { int: 0 }));
		}
		this.nodes.push(node);
		if (hasFloats) {
			for (const [index, name] of node.output.entries()) {
				// An empty name leaves out an optional output.
				if (name !== "" && index !== integerOutputs[node.opType]) {
					this.declare(name, type);
				}
			}
		}
	}

	/** Renames an output where it is made, and casts it into its name. */
	returnAsFloat32(name: string): void {
		assert(this.#types.get(name) === "float16", "an output of the half graph");
		const inHalf = `${name}.half`;
		for (const node of this.nodes) {
			node.output = node.output.map((output) => (output === name ? inHalf : output));
		}
		this.nodes.push(castNode(inHalf, name, "float32"));
	}

	#as(name: string, type: FloatType): string {
		const found = this.#types.get(name);
		if (found === undefined || found === type) {
			return name;
		}
		const cast = `${name}.as_${type}`;
		if (!this.#casts.has(cast)) {
			this.#casts.add(cast);
			this.nodes.push(castNode(name, cast, type));
		}
		return cast;
	}
}

const castNode = (input: string, output: string, to: FloatType): NodeProto =>
	create(NodeProtoSchema, {
		name: `${output}/Cast`,
		opType: "Cast",
		input: [input],
		output: [output],
		attribute: [attribute("to", { int: dataTypes[to] })],
	});
