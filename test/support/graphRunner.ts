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
		const { vocabularySize, layers } = this.manifest;
		const total = this.#length + tokens.length;
		const feeds: Record<string, ort.Tensor> = {
			...this.#cache,
			[graphContract.inputIds]: new ort.Tensor("int64", BigInt64Array.from(tokens, BigInt), [
				1,
				tokens.length,
			]),
			[graphContract.seqlensK]: new ort.Tensor("int32", Int32Array.of(total - 1), [1]),
			[graphContract.totalSequenceLength]: new ort.Tensor("int32", Int32Array.of(total), []),
			[graphContract.logitsStart]: new ort.Tensor(
				"int64",
				BigInt64Array.of(BigInt(tokens.length - rows)),
				[1],
			),
		};
		const fetches: Record<string, ort.Tensor | null> = { [graphContract.logits]: null };
		for (let layer = 0; layer < layers; layer++) {
			fetches[graphContract.presentKey(layer)] = this.#cache[graphContract.pastKey(layer)] ?? null;
			fetches[graphContract.presentValue(layer)] =
				this.#cache[graphContract.pastValue(layer)] ?? null;
		}
		const outputs = await this.#session.run(feeds, fetches);
		this.#length = total;
		const logits = outputs[graphContract.logits]?.data;
		if (!(logits instanceof Float32Array)) {
			throw new TypeError("the logits are not float32");
		}
		return Array.from({ length: rows }, (_, row) =>
			logits.slice(row * vocabularySize, (row + 1) * vocabularySize),
		);
	}

	async dispose(): Promise<void> {
		await this.#session.release();
	}
}
