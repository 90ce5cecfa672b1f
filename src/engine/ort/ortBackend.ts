import type { InferenceSession, Tensor } from "onnxruntime-node";
import { graphContract } from "../../model/graphContract.ts";
import type { ModelManifest } from "../../model/manifest.ts";
import type { TokenId } from "../../tokenizer/tokenizer.ts";
import type { Logits } from "../backend.ts";
import type { EngineError } from "../errors.ts";
import { runtimeError } from "../runtimeError.ts";
import { SerialBackend } from "../serialBackend.ts";
import {
	kvBytesPerPosition,
	maxKvPositions,
	OrtKvCache,
	type KvTensorFactory,
} from "./ortKvCache.ts";
import { loadRuntime, type Runtime } from "./runtime.ts";
import { sessionOptions } from "./sessionOptions.ts";

export interface OrtBackendOptions {
	/** Path of the graph; its external data lies beside it. */
	readonly graphPath: string;
	readonly manifest: Pick<
		ModelManifest,
		"vocabularySize" | "contextLength" | "layers" | "kvHeads" | "headDim" | "kvCache"
	>;
	readonly threads: number;
}

/**
 * Loads a model into ONNX Runtime's CPU provider, through onnxruntime-node. A pass blocks the thread until
 * it is done and can't be stopped, so this belongs into a process of its own.
 *
 * @throws EngineError "runtimeFailed"
 */
export async function openOrtBackend(options: OrtBackendOptions): Promise<OrtBackend> {
	try {
		const runtime = await loadRuntime();
		const session = await runtime.InferenceSession.create(
			options.graphPath,
			sessionOptions(options.threads),
		);
		checkContract(session, options.manifest);
		return new OrtBackend(runtime, session, options.manifest);
	} catch (error) {
		throw runtimeError("ONNX Runtime could not load the model", error);
	}
}

export class OrtBackend extends SerialBackend<OrtKvCache> {
	/** `InferenceSession.run` takes no signal, and blocks the thread from which one would come. */
	readonly stopsWithinPass = false;
	readonly #runtime: Runtime;
	readonly #session: InferenceSession;
	readonly #manifest: OrtBackendOptions["manifest"];
	readonly #createTensor: KvTensorFactory;
	// Inputs of one value each; the tensors are reused and their values replaced before every pass.
	readonly #seqlensK = new Int32Array(1);
	readonly #totalSequenceLength = new Int32Array(1);
	readonly #pastLength = new BigInt64Array(1);
	readonly #logitsStart = new BigInt64Array(1);
	readonly #scalarFeeds: Readonly<Record<string, Tensor>>;

	constructor(
		runtime: Runtime,
		session: InferenceSession,
		manifest: OrtBackendOptions["manifest"],
	) {
		const { Tensor } = runtime;
		const { layers, kvHeads, headDim, kvCache } = manifest;
		super(OrtKvCache, {
			vocabularySize: manifest.vocabularySize,
			// Further positions can't be held, so a longer prompt is refused like one beyond the rotary tables.
			contextLength: Math.min(manifest.contextLength, maxKvPositions(manifest)),
			kvLayout: {
				id: `onnxruntime-node ${runtime.env.versions.node ?? "unknown"}, ${kvCache} ${layers}x2x${kvHeads}xNx${headDim}`,
				prefixBytes: (length) => length * kvBytesPerPosition(manifest),
			},
		});
		this.#runtime = runtime;
		this.#session = session;
		this.#manifest = manifest;
		this.#createTensor = (data, dims) =>
			data instanceof Float32Array
				? new Tensor("float32", data, dims)
				: new Tensor("int8", data, dims);
		this.#scalarFeeds = {
			[graphContract.seqlensK]: new Tensor("int32", this.#seqlensK, [1]),
			[graphContract.totalSequenceLength]: new Tensor("int32", this.#totalSequenceLength, []),
			[graphContract.pastLength]: new Tensor("int64", this.#pastLength, [1]),
			[graphContract.logitsStart]: new Tensor("int64", this.#logitsStart, [1]),
		};
	}

	createKvCache(capacity: number): OrtKvCache {
		const shape = { ...this.#manifest, contextLength: this.contextLength };
		return new OrtKvCache(shape, capacity, this.#createTensor);
	}

	async dispose(): Promise<void> {
		await this.#session.release();
	}

	/** The runtime reads its inputs only in a later turn of the event loop: until then nobody may change them. */
	protected async run(
		cache: OrtKvCache,
		tokens: readonly TokenId[],
		logitRows: number,
	): Promise<Logits> {
		const total = cache.length + tokens.length;
		this.#seqlensK[0] = total - 1;
		this.#totalSequenceLength[0] = total;
		this.#pastLength[0] = BigInt(cache.length);
		this.#logitsStart[0] = BigInt(tokens.length - logitRows);
		const inputIds = new this.#runtime.Tensor("int64", BigInt64Array.from(tokens, BigInt), [
			1,
			tokens.length,
		]);
		const feeds = {
			...cache.feeds,
			...this.#scalarFeeds,
			[graphContract.inputIds]: inputIds,
		};
		const outputs = await this.#session.run(feeds);
		const logits = outputs[graphContract.logits]?.data;
		const appended = outputs[graphContract.appended]?.data;
		if (!(logits instanceof Float32Array) || logits.length !== logitRows * this.vocabularySize) {
			throw new Error("its graph returned logits of another shape than its manifest says");
		}
		if (!cache.takes(appended, tokens.length)) {
			throw new Error("its graph returned keys and values of another shape than its manifest says");
		}
		cache.append(appended, tokens.length);
		return this.logitsIn(logits, logitRows);
	}

	protected faultOf(error: unknown): EngineError {
		return runtimeError("ONNX Runtime could not run the model", error);
	}
}

/** The runtime checks types and shapes itself on every pass; missing names it would report one by one. */
function checkContract(
	session: InferenceSession,
	{ layers, kvCache }: Pick<ModelManifest, "layers" | "kvCache">,
): void {
	const layerNumbers = [...Array(layers).keys()];
	const wantedInputs = [
		graphContract.inputIds,
		graphContract.seqlensK,
		graphContract.totalSequenceLength,
		graphContract.pastLength,
		graphContract.logitsStart,
		...layerNumbers.flatMap((layer) => [
			graphContract.pastKey(layer),
			graphContract.pastValue(layer),
		]),
	];
	const wantedOutputs = [graphContract.logits, graphContract.appended];
	const missing = [
		...wantedInputs.filter((name) => !session.inputNames.includes(name)),
		...wantedOutputs.filter((name) => !session.outputNames.includes(name)),
	];
	if (missing.length > 0) {
		throw new Error(
			`its graph lacks ${missing.slice(0, 3).join(", ")}; import the checkpoint again with this version`,
		);
	}
	const pastKey = session.inputMetadata.find(({ name }) => name === graphContract.pastKey(0));
	if (pastKey?.isTensor !== true || pastKey.type !== kvCache) {
		throw new Error(`its graph has no KV cache of ${kvCache}`);
	}
}
