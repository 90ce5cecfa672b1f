import * as ort from "onnxruntime-node";
import { deviceGraphContract } from "../../src/model/graphContract.ts";
import type { ModelManifest } from "../../src/model/manifest.ts";
import { openModel } from "../../src/model/modelStore.ts";

// The binding of onnxruntime-node 1.30 gives float16 as Uint16Array, and its JavaScript expects the other where there is one.
Reflect.deleteProperty(globalThis, "Float16Array");

/** The graphs of a model that are for GPUs. */
export type DeviceGraph = "dense" | "half";

/**
 * Runs a graph that is for GPUs over one sequence, on the processor's provider: what it returns as present is the past of the
 * next pass, as on a device.
 */
export class DeviceGraphRunner {
	readonly manifest: ModelManifest;
	readonly #session: ort.InferenceSession;
	#past: Record<string, ort.Tensor>;
	#length = 0;

	private constructor(manifest: ModelManifest, session: ort.InferenceSession, graph: DeviceGraph) {
		this.manifest = manifest;
		this.#session = session;
		const { layers, kvHeads, headDim } = manifest;
		const empty = (): ort.Tensor =>
			graph === "dense"
				? new ort.Tensor("float32", new Float32Array(0), [1, kvHeads, 0, headDim])
				: new ort.Tensor("float16", new Uint16Array(0), [1, kvHeads, 0, headDim]);
		this.#past = Object.fromEntries(
			Array.from({ length: layers }, (_, layer) => [
				[deviceGraphContract.pastKey(layer), empty()] as const,
				[deviceGraphContract.pastValue(layer), empty()] as const,
			]).flat(),
		);
	}

	static async load(folder: string, graph: DeviceGraph): Promise<DeviceGraphRunner> {
		const model = await openModel(folder);
		const path = graph === "dense" ? model.denseGraphPath : model.halfGraphPath;
		if (path === undefined) {
			throw new Error(`the model has no ${graph} graph`);
		}
		const session = await ort.InferenceSession.create(path, {
			executionProviders: ["cpu"],
			intraOpNumThreads: 1,
			logSeverityLevel: 3,
		});
		return new DeviceGraphRunner(model.manifest, session, graph);
	}

	/** What stands behind is overwritten, and not cut off. */
	rewindTo(length: number): void {
		this.#length = length;
	}

	/** Appends `tokens` and returns the logits of the last `rows` of them, and what the processor may keep of the cache. */
	async run(
		tokens: readonly number[],
		rows: number,
	): Promise<{ readonly logits: readonly Float32Array[]; readonly appended: Float32Array }> {
		const { vocabularySize, layers } = this.manifest;
		const total = this.#length + tokens.length;
		const int64 = (...values: readonly number[]): ort.Tensor =>
			new ort.Tensor("int64", BigInt64Array.from(values, BigInt), [values.length]);
		const outputs = await this.#session.run({
			...this.#past,
			[deviceGraphContract.inputIds]: int64(...tokens).reshape([1, tokens.length]),
			[deviceGraphContract.seqlensK]: new ort.Tensor("int32", Int32Array.of(total - 1), [1]),
			[deviceGraphContract.totalSequenceLength]: new ort.Tensor("int32", Int32Array.of(total), []),
			[deviceGraphContract.pastLength]: int64(this.#length),
			[deviceGraphContract.logitsStart]: int64(tokens.length - rows),
		});
		for (let layer = 0; layer < layers; layer++) {
			this.#keep(outputs, layer, "Key");
			this.#keep(outputs, layer, "Value");
		}
		this.#length = total;
		const logits = floats(outputs[deviceGraphContract.logits]);
		return {
			logits: Array.from({ length: rows }, (_, row) =>
				logits.slice(row * vocabularySize, (row + 1) * vocabularySize),
			),
			appended: floats(outputs[deviceGraphContract.appended]),
		};
	}

	async dispose(): Promise<void> {
		await this.#session.release();
	}

	#keep(outputs: Readonly<Record<string, ort.Tensor>>, layer: number, part: "Key" | "Value"): void {
		const present = outputs[deviceGraphContract[`present${part}`](layer)];
		if (present === undefined) {
			throw new Error("the graph returns no cache");
		}
		this.#past[deviceGraphContract[`past${part}`](layer)] = present;
	}
}

function floats(tensor: ort.Tensor | undefined): Float32Array {
	if (!(tensor?.data instanceof Float32Array)) {
		throw new TypeError("an output for the processor is not float32");
	}
	return tensor.data;
}
