import { exportedDecoder } from "../../../src/importer/exported/decoderSignature.ts";
import { onnxSignature } from "../../../src/importer/exported/onnxSignature.ts";
import { ProtobufFault } from "../../../src/importer/exported/protobufFile.ts";
import { ImportError } from "../../../src/importer/importError.ts";
import { GraphBuilder } from "../../../src/importer/onnx/graphBuilder.ts";
import { message, text } from "../protobufBytes.ts";
import type { Draw } from "./draw.ts";
import { demand, type FuzzFormat, type Reading } from "./fuzzFormat.ts";
import { mutatedBytes } from "./mutatedBytes.ts";

/** A decoder of one layer, as far as its graph is read. */
function sampleModel(): Buffer {
	const graph = new GraphBuilder("model.onnx_data");
	for (const name of ["input_ids", "attention_mask", "position_ids"]) {
		graph.input(name, "int64", ["batch", "rows"]);
	}
	graph.output("logits", "float32", ["batch", "rows", 300]);
	for (const part of ["key", "value"]) {
		graph.input(`past_key_values.0.${part}`, "float32", ["batch", 2, "past", 16]);
		graph.output(`present.0.${part}`, "float32", ["batch", 2, "all", 16]);
	}
	const weight = graph.externalConstant("embed", "float32", [300, 8], { offset: 64, length: 9600 });
	const scale = graph.constant("scale", Float32Array.of(1, 2), [2]);
	graph.node("Gather", [weight, "input_ids"], ["states"], { axis: { int: 0 } });
	graph.node("Mul", ["states", scale], ["logits"], { name: { string: "value" } });
	return Buffer.from(graph.toModel("decoder"));
}
const sample = sampleModel();

const config = {
	modelType: "llama",
	contextLength: 64,
	vocabularySize: 300,
	kvHeads: 2,
	headDim: 16,
};

/** Fields of onnx.proto that lead to a name, to weights, or into one another. */
const numbers = [1, 2, 4, 5, 6, 7, 8, 10, 11, 12, 13, 15, 22, 23, 25] as const;
const oneGrownIn = 1000;

/** Messages within messages, as the format has them or not. */
function randomMessage(draw: Draw, depth: number): Buffer {
	const number = draw.pick<number>(numbers);
	if (depth === 0 || draw.once(4)) {
		return text(number, draw.pick(["", "a", "location", "offset", "9999999", "x".repeat(900)]));
	}
	const parts = Array.from({ length: 1 + draw.below(3) }, () => randomMessage(draw, depth - 1));
	return message(number, ...parts);
}

/** So many of the same input, tensor or node. */
function grownModel(draw: Draw): Buffer {
	const part = draw.pick([
		randomMessage(draw, 3),
		message(11, text(1, "x".repeat(900))),
		message(5, text(8, "x".repeat(900))),
		message(11, message(2, message(1, message(2, ...new Array<Buffer>(2000).fill(message(1)))))),
	]);
	const times = Math.ceil(3_000_000 / part.length);
	return message(7, Buffer.concat(Array.from({ length: times }, () => part)));
}

export const onnxFormat: FuzzFormat = {
	draw: (draw) => {
		if (draw.once(oneGrownIn)) {
			return Buffer.concat([grownModel(draw), sample]);
		}
		return draw.once(4)
			? Buffer.concat([sample, message(7, randomMessage(draw, 8))])
			: mutatedBytes(sample, draw);
	},
	read: async (bytes, draw): Promise<Reading> => {
		const size = bytes.length + (draw.once(10) ? draw.below(1_000_000_000) : 0);
		let bytesRead = 0;
		const read = (position: number, count: number): Promise<Buffer> => {
			const stretch = Buffer.from(bytes.subarray(position, position + count));
			bytesRead += stretch.length;
			return Promise.resolve(stretch);
		};
		try {
			const decoder = exportedDecoder(await onnxSignature({ size, read }), config, undefined);
			const { layers, kvHeads, headDim, vocabularySize } = decoder;
			demand(layers > 0 && kvHeads > 0 && headDim > 0 && vocabularySize > 0, "sizes are sizes");
			return "taken";
		} catch (error) {
			throw error instanceof ProtobufFault
				? new ImportError("checkpointInvalid", `It can't be used because ${error.message}; x.`)
				: error;
		} finally {
			// Once to find where the parts of a message are, and once for those that are kept.
			demand(bytesRead <= 3 * bytes.length + 1000, `${bytesRead} bytes were read of ${size}`);
		}
	},
};
