import * as ort from "onnxruntime-node";
import { graphContract } from "../../src/model/graphContract.ts";
import type { ModelManifest } from "../../src/model/manifest.ts";
import { openModel } from "../../src/model/modelStore.ts";

/** The graphs of a model that need nothing but the runtime. */
export type RunnableGraph = "fused" | "portable";

/** Runs an imported graph over one sequence, straight on the runtime: no engine, no scheduling. */
export class GraphRunner {
	readonly manifest: ModelManifest;
	readonly #session: ort.InferenceSession;
	readonly #cache: Readonly<Record<string, ort.Tensor>>;
	#length = 0;

	private constructor(manifest: ModelManifest, session: ort.InferenceSession, capacity: number) {
		this.manifest = manifest;
		this.#session = session;
		const { layers, kvHeads, headDim } = manifest;
		const shape = [1, kvHeads, capacity, headDim];
		const buffer = (): ort.Tensor =>
			new ort.Tensor("float32", new Float32Array(kvHeads * capacity * headDim), shape);
		this.#cache = Object.fromEntries(
			Array.from({ length: layers }, (_, layer) => [
				[graphContract.pastKey(layer), buffer()] as const,
				[graphContract.pastValue(layer), buffer()] as const,
			]).flat(),
		);
	}

	static async load(
		folder: string,
		capacity: number,
		graph: RunnableGraph = "fused",
	): Promise<GraphRunner> {
		const model = await openModel(folder);
		const path = graph === "fused" ? model.graphPath : model.portableGraphPath;
		if (path === undefined) {
			throw new Error(`the model has no ${graph} graph`);
		}
		const session = await ort.InferenceSession.create(path, {
			executionProviders: ["cpu"],
			intraOpNumThreads: 1,
			logSeverityLevel: 3,
		});
		return new GraphRunner(model.manifest, session, capacity);
	}

	get length(): number {
		return this.#length;
	}

	rewindTo(length: number): void {
		this.#length = length;
	}

	/** Appends `tokens` and returns the logits of the last `rows` of them. */
	async run(tokens: readonly number[], rows: number): Promise<readonly Float32Array[]> {
		const { vocabularySize } = this.manifest;
		const total = this.#length + tokens.length;
		const feeds: Record<string, ort.Tensor> = {
			...this.#cache,
			[graphContract.inputIds]: new ort.Tensor("int64", BigInt64Array.from(tokens, BigInt), [
				1,
				tokens.length,
			]),
			[graphContract.seqlensK]: new ort.Tensor("int32", Int32Array.of(total - 1), [1]),
			[graphContract.totalSequenceLength]: new ort.Tensor("int32", Int32Array.of(total), []),
			[graphContract.pastLength]: new ort.Tensor(
				"int64",
				BigInt64Array.of(BigInt(this.#length)),
				[1],
			),
			[graphContract.logitsStart]: new ort.Tensor(
				"int64",
				BigInt64Array.of(BigInt(tokens.length - rows)),
				[1],
			),
		};
		const outputs = await this.#session.run(feeds);
		this.#append(outputs[graphContract.appended]?.data, tokens.length);
		const logits = outputs[graphContract.logits]?.data;
		if (!(logits instanceof Float32Array)) {
			throw new TypeError("the logits are not float32");
		}
		return Array.from({ length: rows }, (_, row) =>
			logits.slice(row * vocabularySize, (row + 1) * vocabularySize),
		);
	}

	/** Element by element, as the contract says it: keys and values of each layer, their heads, positions, channels. */
	#append(appended: unknown, count: number): void {
		if (!(appended instanceof Float32Array)) {
			throw new TypeError("what is appended is not float32");
		}
		const { kvHeads, headDim, layers } = this.manifest;
		let next = 0;
		for (let layer = 0; layer < layers; layer++) {
			for (const name of [graphContract.pastKey(layer), graphContract.pastValue(layer)]) {
				const past = this.#cache[name];
				if (!(past?.data instanceof Float32Array)) {
					throw new TypeError("the cache is not float32");
				}
				for (let head = 0; head < kvHeads; head++) {
					for (let position = 0; position < count; position++) {
						for (let channel = 0; channel < headDim; channel++) {
							const row = head * (past.dims[2] ?? 0) + this.#length + position;
							past.data[row * headDim + channel] = appended[next++] ?? NaN;
						}
					}
				}
			}
		}
		if (next !== appended.length) {
			throw new Error("more is appended than the contract says");
		}
		this.#length += count;
	}

	async dispose(): Promise<void> {
		await this.#session.release();
	}
}
