import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { assert } from "../base/assert.ts";
import { graphContract } from "../model/graphContract.ts";
import type { KvRanges } from "../model/kvRanges.ts";
import { attribute, dataTypes } from "./onnx/graphBuilder.ts";
import { ModelProtoSchema, TensorProtoSchema, type TensorProto } from "./onnx/onnx_pb.ts";

/**
 * What was measured is exceeded by a few values of other texts. They saturate, which costs more than the
 * tenth of a step that everything else pays for the room.
 */
const headroom = 1.1;

/** Of int8, used symmetrically. */
const largestLevel = 127;

/** A channel that is always zero needs a scale that can be divided by. */
const leastRange = 1e-6;

/** GroupQueryAttention's inputs, by position: the scales stand behind its optional masks, sinks and norms. */
const scaleInputs = { key: 12, value: 13 } as const;

/**
 * The model with int8 in place of float32 in its KV cache: keys after rotation and values, symmetric, one
 * scale for each head and channel. `ranges` has one entry a layer. Pure.
 */
export function withInt8KvCache(model: Uint8Array, ranges: readonly KvRanges[]): Uint8Array {
	const proto = fromBinary(ModelProtoSchema, model);
	const { graph } = proto;
	assert(graph !== undefined, "a model has a graph");
	const cacheNames = new Set([
		graphContract.appended,
		...ranges.flatMap((_, layer) => [graphContract.pastKey(layer), graphContract.pastValue(layer)]),
	]);
	for (const { name, type } of [...graph.input, ...graph.output]) {
		if (cacheNames.has(name) && type?.value.case === "tensorType") {
			type.value.value.elemType = dataTypes.int8;
		}
	}
	for (const [layer, { key, value }] of ranges.entries()) {
		const node = graph.node.find(({ input }) => input.includes(graphContract.pastKey(layer)));
		assert(node?.opType === "GroupQueryAttention", "attention reads the cache");
		const keyScale = scales(`layers.${layer}.key_scale`, key);
		const valueScale = scales(`layers.${layer}.value_scale`, value);
		graph.initializer.push(keyScale, valueScale);
		// An empty name leaves out an optional input.
		node.input = Array.from({ length: scaleInputs.key }, (_, i) => node.input[i] ?? "");
		node.input[scaleInputs.key] = keyScale.name;
		node.input[scaleInputs.value] = valueScale.name;
		node.attribute.push(
			attribute("k_quant_type", { string: "PER_CHANNEL" }),
			attribute("v_quant_type", { string: "PER_CHANNEL" }),
			attribute("kv_cache_bit_width", { int: 8 }),
		);
	}
	return toBinary(ModelProtoSchema, proto);
}

function scales(name: string, ranges: Float32Array): TensorProto {
	const values = ranges.map((range) => (headroom * Math.max(range, leastRange)) / largestLevel);
	return create(TensorProtoSchema, {
		name,
		dims: [BigInt(values.length)],
		dataType: dataTypes.float32,
		rawData: new Uint8Array(values.buffer),
	});
}
