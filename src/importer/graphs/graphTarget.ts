import type { GraphBuilder } from "../onnx/graphBuilder.ts";
import type { StoredDecoder } from "../storedDecoder.ts";
import type { ExpertsLayer } from "./expertsLayer.ts";
import type { MatrixOperators } from "./matrixOperators.ts";

/** Which of the runtime's operators a graph is made of. */
export interface DecoderOperators<StoredMatrix> {
	readonly matrices: MatrixOperators<StoredMatrix>;
	readonly experts: ExpertsLayer<StoredMatrix>;
}

/** Where a graph in ONNX Runtime's own operators is put together. */
export interface GraphTarget<StoredMatrix> {
	readonly graph: GraphBuilder;
	readonly decoder: StoredDecoder<StoredMatrix>;
	readonly operators: DecoderOperators<StoredMatrix>;
	/** Whether whole KV caches are outputs too, which then stay on a device. */
	readonly returnsCaches: boolean;
}

/** To the end, where a node takes a range. */
export const maxInt64 = 2n ** 63n - 1n;

/** Declares an int64 constant of one dimension, and returns its name. */
export const int64s = (
	graph: GraphBuilder,
	name: string,
	...values: readonly (number | bigint)[]
): string => graph.constant(name, BigInt64Array.from(values, BigInt), [values.length]);
