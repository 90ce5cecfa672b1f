import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import {
	AttributeProtoSchema,
	GraphProtoSchema,
	ModelProtoSchema,
	NodeProtoSchema,
	TensorProtoSchema,
	ValueInfoProtoSchema,
	type AttributeProto,
	type NodeProto,
	type TensorProto,
	type ValueInfoProto,
} from "./onnx_pb.ts";
import type { ExternalRegion } from "./weightsFile.ts";

/** TensorProto.DataType of onnx.proto. */
export const dataTypes = {
	float32: 1,
	uint8: 2,
	int8: 3,
	int32: 6,
	int64: 7,
	bool: 9,
	float16: 10,
} as const;
export type ElementType = keyof typeof dataTypes;

/** TensorProto.DataLocation.EXTERNAL of onnx.proto. */
const externalDataLocation = 1;

/** AttributeProto.AttributeType of onnx.proto. */
const attributeTypes = { float: 1, int: 2, string: 3 } as const;
export type Attribute =
	{ readonly int: number } | { readonly float: number } | { readonly string: string };

/** A fixed dimension, or the name of one that is known only at run time. */
export type Dimension = number | string;

/** The operator set of ONNX Runtime's own operators. */
export const microsoftDomain = "com.microsoft";
/** The operator set of Mote's own addon. */
export const moteDomain = "mote";

/** IR version 10 and operator set 21 belong to ONNX 1.16: the oldest that every supported runtime has. */
const irVersion = 10n;
const operatorSets = [
	{ domain: "", version: 21n },
	{ domain: microsoftDomain, version: 1n },
	{ domain: moteDomain, version: 1n },
] as const;

/** Collects a graph, node after node in topological order, and encodes it as an ONNX model. */
export class GraphBuilder {
	readonly #nodes: NodeProto[] = [];
	readonly #initializers: TensorProto[] = [];
	readonly #inputs: ValueInfoProto[] = [];
	readonly #outputs: ValueInfoProto[] = [];
	readonly #weightsFileName: string;

	/** `weightsFileName` is the file with the external data, relative to the model. */
	constructor(weightsFileName: string) {
		this.#weightsFileName = weightsFileName;
	}

	input(name: string, type: ElementType, shape: readonly Dimension[]): string {
		this.#inputs.push(create(ValueInfoProtoSchema, valueInfo(name, type, shape)));
		return name;
	}

	output(name: string, type: ElementType, shape: readonly Dimension[]): void {
		this.#outputs.push(create(ValueInfoProtoSchema, valueInfo(name, type, shape)));
	}

	/** A constant stored inside of the model file: for small ones only. Returns `name`. */
	constant(name: string, data: Float32Array | BigInt64Array, shape: readonly number[]): string {
		this.#initializers.push(
			create(TensorProtoSchema, {
				name,
				dims: shape.map(BigInt),
				dataType: data instanceof Float32Array ? dataTypes.float32 : dataTypes.int64,
				rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
			}),
		);
		return name;
	}

	/** A constant in the external data; two may share one region. Returns `name`. */
	externalConstant(
		name: string,
		type: ElementType,
		shape: readonly number[],
		region: ExternalRegion,
	): string {
		this.#initializers.push(
			create(TensorProtoSchema, {
				name,
				dims: shape.map(BigInt),
				dataType: dataTypes[type],
				dataLocation: externalDataLocation,
				externalData: [
					{ key: "location", value: this.#weightsFileName },
					{ key: "offset", value: String(region.offset) },
					{ key: "length", value: String(region.length) },
				],
			}),
		);
		return name;
	}

	/**
	 * Adds a node named after its first output, and returns that output. An empty name among inputs or
	 * outputs leaves out an optional one.
	 */
	node(
		opType: string,
		inputs: readonly string[],
		outputs: readonly [string, ...string[]],
		attributes: Readonly<Record<string, Attribute>> = {},
		domain = "",
	): string {
		this.#nodes.push(
			create(NodeProtoSchema, {
				name: `${outputs[0]}/${opType}`,
				opType,
				domain,
				input: [...inputs],
				output: [...outputs],
				attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
			}),
		);
		return outputs[0];
	}

	/** The bytes of the `.onnx` file. */
	toModel(name: string): Uint8Array {
		const model = create(ModelProtoSchema, {
			irVersion,
			producerName: "mote",
			// Only what is used: a runtime has to know every set that a model names.
			opsetImport: operatorSets.filter(({ domain }) =>
				this.#nodes.some((node) => node.domain === domain),
			),
			graph: create(GraphProtoSchema, {
				name,
				node: this.#nodes,
				initializer: this.#initializers,
				input: this.#inputs,
				output: this.#outputs,
			}),
		});
		return toBinary(ModelProtoSchema, model);
	}
}

function valueInfo(
	name: string,
	type: ElementType,
	shape: readonly Dimension[],
): MessageInitShape<typeof ValueInfoProtoSchema> {
	const dim = shape.map((size) => ({
		value:
			typeof size === "number"
				? { case: "dimValue" as const, value: BigInt(size) }
				: { case: "dimParam" as const, value: size },
	}));
	return {
		name,
		type: {
			value: { case: "tensorType", value: { elemType: dataTypes[type], shape: { dim } } },
		},
	};
}

export function attribute(name: string, value: Attribute): AttributeProto {
	if ("int" in value) {
		return create(AttributeProtoSchema, {
			name,
			type: attributeTypes.int,
			i: BigInt(value.int),
		});
	}
	if ("float" in value) {
		return create(AttributeProtoSchema, { name, type: attributeTypes.float, f: value.float });
	}
	return create(AttributeProtoSchema, {
		name,
		type: attributeTypes.string,
		s: new TextEncoder().encode(value.string),
	});
}
