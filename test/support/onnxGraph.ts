import { readFile } from "node:fs/promises";
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "../../src/importer/onnx/onnx_pb.ts";

/** A node as a test reads it. */
export interface OnnxNode {
	readonly operator: string;
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
	readonly attributes: Readonly<Record<string, number | string>>;
}

/** A constant: its shape, and where the file with the weights has it; undefined where the graph itself does. */
export interface OnnxConstant {
	readonly type: number;
	readonly shape: readonly number[];
	readonly region: string | undefined;
}

export interface OnnxGraph {
	readonly operatorSets: readonly string[];
	/** Name to type and dimensions. */
	readonly inputs: Readonly<Record<string, string>>;
	readonly outputs: Readonly<Record<string, string>>;
	readonly nodes: readonly OnnxNode[];
	readonly constants: ReadonlyMap<string, OnnxConstant>;
}

const typeNames: Readonly<Record<number, string>> = {
	1: "float32",
	2: "uint8",
	3: "int8",
	6: "int32",
	7: "int64",
	10: "float16",
};

/** What stands in a `.onnx` file. */
export async function readOnnxGraph(path: string): Promise<OnnxGraph> {
	const { graph, opsetImport } = fromBinary(ModelProtoSchema, await readFile(path));
	if (graph === undefined) {
		throw new Error(`${path} has no graph`);
	}
	const values = (infos: typeof graph.input): Record<string, string> =>
		Object.fromEntries(
			infos.map(({ name, type }) => {
				const tensor = type?.value.value;
				const dims = (tensor?.shape?.dim ?? []).map(({ value }) => String(value.value));
				return [name, `${typeNames[tensor?.elemType ?? 0] ?? "?"} [${dims.join(", ")}]`];
			}),
		);
	return {
		operatorSets: opsetImport.map(({ domain, version }) => `${domain} ${version}`),
		inputs: values(graph.input),
		outputs: values(graph.output),
		nodes: graph.node.map(({ domain, opType, input, output, attribute }) => ({
			operator: domain === "" ? opType : `${domain}.${opType}`,
			inputs: input,
			outputs: output,
			attributes: Object.fromEntries(
				attribute.map(({ name, type, f, i, s }) => [
					name,
					type === 1 ? f : type === 2 ? Number(i) : new TextDecoder().decode(s),
				]),
			),
		})),
		constants: new Map(
			graph.initializer.map(({ name, dims, dataType, externalData }) => {
				const region = externalData.map(({ key, value }) => `${key} ${value}`).join(", ");
				return [
					name,
					{ type: dataType, shape: dims.map(Number), region: region === "" ? undefined : region },
				];
			}),
		),
	};
}
