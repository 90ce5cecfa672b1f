import { layerName, type ExportedGraph } from "../../model/exportedGraph.ts";
import { ImportError } from "../importError.ts";
import { dataTypes } from "../onnx/graphBuilder.ts";
import type { ExportedConfig } from "./exportedConfig.ts";
import type { GenaiConfig } from "./genaiConfig.ts";
import type { GraphValue, OnnxSignature } from "./onnxSignature.ts";

/** A decoder as its graph and its config describe it. */
export interface ExportedDecoder {
	readonly names: ExportedGraph;
	readonly layers: number;
	readonly kvHeads: number;
	readonly headDim: number;
	readonly vocabularySize: number;
	readonly quantization: "int4" | "int8" | "fp32";
}

/** More than any published model, and as many as a manifest takes. */
const maxLayers = 1000;

/**
 * Finds out how a decoder is to be run. Everything that a pass needs has to be known, and nothing may be left over: what an
 * input that nobody knows is given would be a guess. Pure.
 *
 * @throws ImportError
 */
export function exportedDecoder(
	signature: OnnxSignature,
	config: ExportedConfig,
	genai: Pick<GenaiConfig, "inputs" | "outputs"> | undefined,
): ExportedDecoder {
	const inputs = new Map(signature.inputs.map((value) => [value.name, value]));
	const outputs = new Map(signature.outputs.map((value) => [value.name, value]));
	const given = (word: string): string => genai?.inputs[word] ?? word;
	const optional = (word: string): string | undefined =>
		inputs.has(given(word)) ? given(word) : undefined;
	const patterns = {
		pastKey: genai?.inputs["past_key_names"] ?? "past_key_values.%d.key",
		pastValue: genai?.inputs["past_value_names"] ?? "past_key_values.%d.value",
		presentKey: genai?.outputs["present_key_names"] ?? "present.%d.key",
		presentValue: genai?.outputs["present_value_names"] ?? "present.%d.value",
	};
	for (const pattern of Object.values(patterns)) {
		if (!/^[^%]*%d[^%]*$/.test(pattern)) {
			throw unsupported(`calls its KV cache ${JSON.stringify(pattern.slice(0, 80))}`);
		}
	}
	const layers = countLayers(inputs, patterns.pastKey);
	const inputIds = given("input_ids");
	const logits = genai?.outputs["logits"] ?? "logits";
	const known = {
		inputIds,
		attentionMask: optional("attention_mask"),
		positionIds: optional("position_ids"),
		logitsToKeep: optional("num_logits_to_keep"),
		useCacheBranch: optional("use_cache_branch"),
	};
	const plain = Object.values(known).filter((name) => name !== undefined);
	const pasts = namesOf(layers, patterns.pastKey, patterns.pastValue);
	const presents = namesOf(layers, patterns.presentKey, patterns.presentValue);
	refuseUnknownInputs([...inputs.keys()], new Set([...plain, ...pasts]));
	const missing =
		[inputIds, ...pasts].find((name) => !inputs.has(name)) ??
		[logits, ...presents].find((name) => !outputs.has(name));
	if (missing !== undefined || layers === 0) {
		throw unsupported(`has no ${quoted(missing ?? layerName(patterns.pastKey, 0))}`);
	}
	refuseOtherTypes(inputs, plain, known.useCacheBranch);
	const logitsValue = outputs.get(logits);
	const cacheValues = [
		...pasts.map((name) => inputs.get(name)),
		...presents.map((name) => outputs.get(name)),
	];
	for (const value of [...cacheValues, logitsValue]) {
		refuseOtherFloats(value);
	}
	for (const name of [inputIds, known.attentionMask, known.positionIds]) {
		// Of three dimensions positions are those of images.
		refuseOtherRanks(name === undefined ? [] : [inputs.get(name)], 2);
	}
	refuseOtherRanks(cacheValues, 4);
	refuseOtherRanks([logitsValue], 3);
	return {
		names: {
			...omitUndefined(known),
			inputIds,
			...patterns,
			logits,
			logitRows: logitsValue?.dims[1] === 1 ? "last" : "all",
		},
		layers,
		kvHeads: oneSize(cacheValues, 1, config.kvHeads, "heads", 1000),
		headDim: oneSize(cacheValues, 3, config.headDim, "elements a head", 1024),
		vocabularySize: oneSize([logitsValue], 2, config.vocabularySize, "tokens", 1_000_000),
		quantization: quantizationOf(signature.operators),
	};
}

function countLayers(inputs: ReadonlyMap<string, GraphValue>, pastKey: string): number {
	let layers = 0;
	while (layers < maxLayers && inputs.has(layerName(pastKey, layers))) {
		layers++;
	}
	return layers;
}

const namesOf = (layers: number, ...patterns: readonly string[]): readonly string[] =>
	Array.from({ length: layers }, (_, layer) =>
		patterns.map((pattern) => layerName(pattern, layer)),
	).flat();

function refuseUnknownInputs(inputs: readonly string[], known: ReadonlySet<string>): void {
	const unknown = inputs.find((name) => !known.has(name));
	if (unknown !== undefined) {
		throw unsupported(`wants the input ${quoted(unknown)}, which Mote doesn't know`);
	}
}

function refuseOtherTypes(
	inputs: ReadonlyMap<string, GraphValue>,
	names: readonly string[],
	flag: string | undefined,
): void {
	for (const name of names) {
		const type = inputs.get(name)?.elementType;
		const isRight =
			name === flag
				? type === dataTypes.bool
				: type === dataTypes.int64 || type === dataTypes.int32;
		if (!isRight) {
			throw unsupported(`wants another type of number for ${quoted(name)}`);
		}
	}
}

function refuseOtherFloats(value: GraphValue | undefined): void {
	if (value?.elementType === dataTypes.float16) {
		throw unsupported(
			`has 16-bit floats for ${quoted(value.name)}, which the runtime can't be given on a CPU`,
		);
	}
	if (value?.elementType !== dataTypes.float32) {
		throw unsupported(`has no 32-bit floats for ${quoted(value?.name ?? "")}`);
	}
}

/** Some old exports keep heads and batch, or keys and values, in one dimension. A graph needn't say its shapes. */
function refuseOtherRanks(values: readonly (GraphValue | undefined)[], rank: number): void {
	const other = values.find((value) => value?.dims.length !== rank && value?.dims.length !== 0);
	if (other !== undefined) {
		throw unsupported(`has ${other.dims.length} dimensions for ${quoted(other.name)}`);
	}
}

/** A size that all of the values have where they say it, else what the config says. */
function oneSize(
	values: readonly (GraphValue | undefined)[],
	dimension: number,
	declared: number | undefined,
	what: string,
	most: number,
): number {
	const sizes = new Set(
		values.map((value) => value?.dims[dimension]).filter((size) => size !== undefined),
	);
	const [size = declared, another] = sizes;
	if (another !== undefined) {
		throw unsupported(`has layers of ${size ?? 0} and of ${another} ${what}`);
	}
	if (size === undefined) {
		throw unsupported(`doesn't say how many ${what} there are, nor does its config.json`);
	}
	if (!Number.isInteger(size) || size < 1 || size > most) {
		throw unsupported(`has ${size} ${what}`);
	}
	return size;
}

/** By the operators that multiply: what the weights are stored in, as far as most of them go. */
function quantizationOf(operators: ReadonlySet<string>): ExportedDecoder["quantization"] {
	const hasAny = (...names: readonly string[]): boolean =>
		names.some((name) => operators.has(name));
	if (hasAny("MatMulNBits", "QMoE")) {
		return "int4";
	}
	return hasAny("MatMulInteger", "DynamicQuantizeLinear", "DynamicQuantizeMatMul", "QLinearMatMul")
		? "int8"
		: "fp32";
}

type Names = Pick<
	ExportedGraph,
	"attentionMask" | "positionIds" | "logitsToKeep" | "useCacheBranch"
>;

function omitUndefined(names: Names): Names {
	return Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));
}

const quoted = (name: string): string => JSON.stringify(name.slice(0, 80));

/** `what` is what the graph has or wants. */
function unsupported(what: string): ImportError {
	return new ImportError(
		"checkpointUnsupported",
		`The graph ${what}; take another export, such as onnx/model_q4.onnx, or the checkpoint itself.`,
	);
}
