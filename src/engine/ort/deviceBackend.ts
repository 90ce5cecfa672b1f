import type { InferenceSession, Tensor } from "onnxruntime-node";
import { assert } from "../../base/assert.ts";
import { deviceGraphContract } from "../../model/graphContract.ts";
import type { ModelManifest } from "../../model/manifest.ts";
import type { TokenId } from "../../tokenizer/tokenizer.ts";
import type { Logits } from "../backend.ts";
import type { EngineError } from "../errors.ts";
import { runtimeError } from "../runtimeError.ts";
import { SerialBackend } from "../serialBackend.ts";
import { DeviceKvCache } from "./deviceKvCache.ts";
import { CachesOnDevice } from "./hostedKvCache.ts";
import { kvBytesPerPosition, maxKvPositions, type KvShape } from "./ortKvCache.ts";
import { loadRuntime, type Runtime } from "./runtime.ts";
import { sessionOptions } from "./sessionOptions.ts";

/** Providers of onnxruntime-node, by its names. The processor's runs the same graphs, for comparisons. */
export type DeviceProvider = "webgpu" | "dml" | "coreml" | "cpu";

export interface DeviceBackendOptions {
	/** A graph of {@link deviceGraphContract} in float32; its external data lies beside it. */
	readonly graphPath: string;
	readonly manifest: Pick<
		ModelManifest,
		"vocabularySize" | "contextLength" | "layers" | "kvHeads" | "headDim"
	>;
	/** Of the processor, for what the device leaves to it. */
	readonly threads: number;
	readonly provider: DeviceProvider;
}

/** onnxruntime-node can leave outputs on a WebGPU device and on no other; on the processor there is nothing to leave. */
const keepsCaches: Readonly<Record<DeviceProvider, boolean>> = {
	webgpu: true,
	dml: false,
	coreml: false,
	cpu: true,
};

/**
 * Loads a model into a provider of onnxruntime-node that runs on a GPU. A pass blocks the thread until it is done and can't be
 * stopped, so this belongs into a process of its own.
 *
 * @throws EngineError "runtimeFailed"
 */
export async function openDeviceBackend(options: DeviceBackendOptions): Promise<DeviceBackend> {
	const { graphPath, threads, provider, manifest } = options;
	try {
		const runtime = await loadRuntime();
		const session = await runtime.InferenceSession.create(graphPath, {
			...sessionOptions(threads),
			executionProviders: [provider],
			...(provider === "webgpu" && { preferredOutputLocation: outputLocations(manifest.layers) }),
		});
		checkContract(session, manifest.layers);
		return new DeviceBackend(runtime, session, options);
	} catch (error) {
		throw runtimeError(`ONNX Runtime could not load the model for ${provider}`, error);
	}
}

export class DeviceBackend extends SerialBackend<DeviceKvCache> {
	/** `InferenceSession.run` takes no signal, and blocks the thread from which one would come. */
	readonly stopsWithinPass = false;
	readonly #runtime: Runtime;
	readonly #session: InferenceSession;
	readonly #shape: KvShape;
	readonly #provider: DeviceProvider;
	readonly #onDevice = new CachesOnDevice();

	constructor(
		runtime: Runtime,
		session: InferenceSession,
		{ manifest, provider }: DeviceBackendOptions,
	) {
		const shape = { ...manifest, kvCache: "float32" } as const;
		const { layers, kvHeads, headDim } = manifest;
		super(DeviceKvCache, {
			vocabularySize: manifest.vocabularySize,
			contextLength: Math.min(manifest.contextLength, maxKvPositions(shape)),
			kvLayout: {
				id: `onnxruntime-node ${runtime.env.versions.node ?? "unknown"} on ${provider}, float32 ${layers}x2x${kvHeads}xNx${headDim}`,
				prefixBytes: (length) => length * kvBytesPerPosition(shape),
			},
		});
		this.#runtime = runtime;
		this.#session = session;
		this.#shape = { ...shape, contextLength: this.contextLength };
		this.#provider = provider;
	}

	createKvCache(capacity: number): DeviceKvCache {
		return new DeviceKvCache(this.#shape, this.#createTensor, capacity);
	}

	async dispose(): Promise<void> {
		this.#onDevice.leaveAll();
		await this.#session.release();
	}

	protected async run(
		cache: DeviceKvCache,
		tokens: readonly TokenId[],
		logitRows: number,
	): Promise<Logits> {
		// Kernels of some providers can't do without rows.
		const rows = Math.max(1, logitRows);
		const { logits: logitsName, appended: appendedName } = deviceGraphContract;
		const feeds = { ...cache.feeds, ...this.#feeds(cache.length, tokens, rows) };
		const keeps = keepsCaches[this.#provider];
		const outputs = keeps
			? await this.#session.run(feeds)
			: await this.#session.run(feeds, [logitsName, appendedName]);
		try {
			const logits = outputs[logitsName]?.data;
			if (!(logits instanceof Float32Array) || logits.length !== rows * this.vocabularySize) {
				throw new Error("the graph returned logits of another shape than the manifest says");
			}
			const appended = outputs[appendedName]?.data;
			if (!cache.takes(appended, tokens.length)) {
				throw new Error(
					"the graph returned keys and values of another shape than the manifest says",
				);
			}
			cache.append(appended, tokens.length, keeps ? outputs : undefined);
			this.#onDevice.used(cache);
			return this.logitsIn(logits, logitRows);
		} catch (error) {
			// Nobody else knows of what lies on the device, and the collector sees the little that it takes here.
			for (const tensor of Object.values(outputs)) {
				tensor.dispose();
			}
			throw error;
		}
	}

	protected faultOf(error: unknown): EngineError {
		return runtimeError(`ONNX Runtime could not run the model on ${this.#provider}`, error);
	}

	#feeds(past: number, tokens: readonly TokenId[], rows: number): Record<string, Tensor> {
		const { Tensor } = this.#runtime;
		const count = tokens.length;
		const int64 = (values: readonly number[], dims: readonly number[]): Tensor =>
			new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
		return {
			[deviceGraphContract.inputIds]: int64(tokens, [1, count]),
			[deviceGraphContract.seqlensK]: new Tensor("int32", Int32Array.of(past + count - 1), [1]),
			[deviceGraphContract.totalSequenceLength]: new Tensor(
				"int32",
				Int32Array.of(past + count),
				[],
			),
			[deviceGraphContract.pastLength]: int64([past], [1]),
			[deviceGraphContract.logitsStart]: int64([count - rows], [1]),
		};
	}

	readonly #createTensor = (data: Float32Array | Int8Array, dims: readonly number[]): Tensor => {
		assert(data instanceof Float32Array, "a device's caches are float32 in ordinary memory");
		return new this.#runtime.Tensor("float32", data, dims);
	};
}

function presentNames(layers: number): readonly string[] {
	const { presentKey, presentValue } = deviceGraphContract;
	return [...Array(layers).keys()].flatMap((layer) => [presentKey(layer), presentValue(layer)]);
}

function outputLocations(layers: number): Readonly<Record<string, "gpu-buffer" | "cpu">> {
	return {
		[deviceGraphContract.logits]: "cpu",
		[deviceGraphContract.appended]: "cpu",
		...Object.fromEntries(presentNames(layers).map((name) => [name, "gpu-buffer"] as const)),
	};
}

function checkContract(session: InferenceSession, layers: number): void {
	const { logits, appended } = deviceGraphContract;
	const missing = [logits, appended, ...presentNames(layers)].find(
		(name) => !session.outputNames.includes(name),
	);
	if (missing !== undefined) {
		throw new Error(`its graph lacks ${missing}; import the checkpoint again with this version`);
	}
}
