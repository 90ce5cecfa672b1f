import { expect, test } from "vitest";
import { exportedDecoder } from "../../../../src/importer/exported/decoderSignature.ts";
import type { GraphValue, OnnxSignature } from "../../../../src/importer/exported/onnxSignature.ts";
import { dataTypes } from "../../../../src/importer/onnx/graphBuilder.ts";

const config = {
	modelType: "llama",
	contextLength: 64,
	vocabularySize: 100,
	kvHeads: 3,
	headDim: 8,
};

const integers = (name: string): GraphValue => ({
	name,
	elementType: dataTypes.int64,
	dims: [undefined, undefined],
});
const floats = (name: string, ...dims: readonly (number | undefined)[]): GraphValue => ({
	name,
	elementType: dataTypes.float32,
	dims,
});

/** One layer; its caches are said to have those shapes. */
function signature(operators: readonly string[], shapes: GraphValue["dims"][]): OnnxSignature {
	const [pastKey = [], pastValue = [], presentKey = [], presentValue = []] = shapes;
	return {
		inputs: [
			integers("input_ids"),
			integers("attention_mask"),
			floats("past_key_values.0.key", ...pastKey),
			floats("past_key_values.0.value", ...pastValue),
		],
		outputs: [
			floats("logits"),
			floats("present.0.key", ...presentKey),
			floats("present.0.value", ...presentValue),
		],
		externalData: new Map(),
		operators: new Set(operators),
	};
}

test.each([
	[["MatMul", "MatMulNBits"], "int4"],
	[["MatMul", "QMoE"], "int4"],
	[["MatMul", "DynamicQuantizeLinear", "MatMulInteger"], "int8"],
	[["MatMul", "DynamicQuantizeMatMul"], "int8"],
	[["MatMul", "Softmax"], "fp32"],
])("a graph with %j has weights in %s", (operators, quantization) => {
	expect(exportedDecoder(signature(operators, []), config, undefined).quantization).toBe(
		quantization,
	);
});

test("sizes that a graph leaves open are those of the config, and others those of the graph", () => {
	const open = exportedDecoder(signature([], []), config, undefined);
	expect([open.kvHeads, open.headDim, open.vocabularySize]).toEqual([3, 8, 100]);
	const said = signature([], [[undefined, 5, undefined, undefined], [], [], [1, 5, undefined, 16]]);
	const { kvHeads, headDim, names } = exportedDecoder(said, config, undefined);
	expect([kvHeads, headDim, names.logitRows]).toEqual([5, 16, "all"]);
});

test.each([
	[
		"keys of another size than values",
		[
			[1, 2, undefined, 16],
			[1, 2, undefined, 8],
		],
		"of 16 and of 8",
	],
	["a negative size", [[1, -2, undefined, 16]], "has -2 heads"],
] as const)("%s are refused", (_, shapes, part) => {
	expect(() => exportedDecoder(signature([], [...shapes]), config, undefined)).toThrow(part);
});

test("a size that nobody says is asked for", () => {
	const unknown = { ...config, headDim: undefined };
	expect(() => exportedDecoder(signature([], []), unknown, undefined)).toThrow(
		"doesn't say how many elements a head there are",
	);
});
