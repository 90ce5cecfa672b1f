import type { ModelManifest } from "../../model/manifest.ts";
import type { EngineError } from "../errors.ts";
import { CachesOnDevice, HostedKvCache } from "../ort/hostedKvCache.ts";
import { kvBytesPerPosition, maxKvPositions, OrtKvCache, type KvShape } from "../ort/ortKvCache.ts";
import { runtimeError } from "../runtimeError.ts";
import type {
	NativeAddon,
	NativeDeviceCache,
	NativeDeviceOptions,
	NativeDevicePass,
	NativeDeviceSession,
} from "./addon.ts";
import { AddonBackend } from "./addonBackend.ts";

export interface NativeDeviceBackendOptions {
	readonly addon: NativeAddon;
	/** Of ONNX Runtime; the provider's library lies beside it. */
	readonly libraryPath: string;
	/** A graph for GPUs in float16; its external data lies beside it. */
	readonly graphPath: string;
	readonly manifest: Pick<
		ModelManifest,
		"vocabularySize" | "contextLength" | "layers" | "kvHeads" | "headDim"
	>;
	readonly threads: number;
	readonly provider: NativeDeviceOptions["provider"];
}

/**
 * Loads a model into a provider of ONNX Runtime that runs on a GPU, with KV caches that stay there. Passes run on threads of
 * their own and can be stopped.
 *
 * @throws EngineError "runtimeFailed"
 */
export async function openNativeDeviceBackend(
	options: NativeDeviceBackendOptions,
): Promise<NativeDeviceBackend> {
	const { addon, libraryPath, graphPath, manifest, threads, provider } = options;
	const { layers, kvHeads, headDim, contextLength, vocabularySize } = manifest;
	try {
		const session = await addon.openDeviceSession({
			...{ libraryPath, graphPath, provider, threads },
			...{ layers, kvHeads, headDim, contextLength, vocabularySize },
		});
		return new NativeDeviceBackend(session, options);
	} catch (error) {
		throw runtimeError(`Mote's own runtime could not load the model for ${provider}`, error);
	}
}

export class NativeDeviceBackend extends AddonBackend<NativeDeviceSession, NativeDeviceKvCache> {
	readonly #shape: KvShape;
	readonly #onDevice = new CachesOnDevice();

	constructor(
		session: NativeDeviceSession,
		{ manifest, provider, addon }: NativeDeviceBackendOptions,
	) {
		const wanted = { ...manifest, kvCache: "float32" } as const;
		const contextLength = Math.min(manifest.contextLength, maxKvPositions(wanted));
		const { layers, kvHeads, headDim, vocabularySize } = manifest;
		super(session, NativeDeviceKvCache, {
			vocabularySize,
			contextLength,
			kvLayout: {
				id: `mote ${addon.abi} on ${provider}, ONNX Runtime ${session.runtimeVersion}, float32 ${layers}x2x${kvHeads}xNx${headDim}`,
				prefixBytes: (length) => length * kvBytesPerPosition(wanted),
			},
		});
		this.#shape = { ...wanted, contextLength };
	}

	createKvCache(capacity: number): NativeDeviceKvCache {
		const host = new OrtKvCache(this.#shape, capacity, undefined);
		return new NativeDeviceKvCache(host, () => this.session.createCache());
	}

	override dispose(): Promise<void> {
		this.#onDevice.leaveAll();
		return super.dispose();
	}

	protected async runSession(
		cache: NativeDeviceKvCache,
		tokens: Int32Array,
		logitRows: number,
	): Promise<boolean> {
		// Kernels can't do without rows.
		const isDone = await cache.run(this.session, tokens, Math.max(1, logitRows));
		if (isDone) {
			this.#onDevice.used(cache);
		}
		return isDone;
	}

	protected faultOf(error: unknown): EngineError {
		return runtimeError("Mote's own runtime could not run the model", error);
	}

	protected summaries(): undefined {
		return undefined;
	}
}

/** Keys and values in ordinary memory, and the same in one buffer of the device, which passes read and write in place. */
class NativeDeviceKvCache extends HostedKvCache {
	readonly #createNative: () => NativeDeviceCache;
	/** Only while the device has something of it: it keeps the session, and so the model, in memory. */
	#native: NativeDeviceCache | undefined;
	#isRunning = false;
	/** To be given back by the pass that runs, at its end. */
	#isLeaving = false;

	constructor(host: OrtKvCache, createNative: () => NativeDeviceCache) {
		super(host);
		this.#createNative = createNative;
	}

	get isOnDevice(): boolean {
		return this.#native !== undefined && this.#native.capacity > 0;
	}

	/** A cache that has grown since is brought as a whole. */
	override get bytesElsewhere(): number {
		const hasRoom = this.#native !== undefined && this.#native.capacity >= this.host.capacity;
		return hasRoom ? 0 : this.filledBytes;
	}

	/** Appends tokens. Resolves to whether that was done, and not stopped; where not, the device has nothing of it any more. */
	async run(session: NativeDeviceSession, tokens: Int32Array, logitRows: number): Promise<boolean> {
		this.#native ??= this.#createNative();
		this.#isRunning = true;
		let isKept = false;
		try {
			const pass = this.#passOver(this.#native, tokens, logitRows);
			const isDone = await session.run(this.#native, pass);
			if (isDone && !this.#isLeaving) {
				this.#append(session, tokens.length);
				isKept = true;
			}
			return isKept;
		} finally {
			this.#isRunning = false;
			this.#isLeaving = false;
			if (!isKept) {
				this.leaveDevice();
			}
		}
	}

	/** A cache whose pass hangs may be disposed of: whoever does that has a fault to tell, and this is none. */
	leaveDevice(): void {
		if (this.#isRunning) {
			this.#isLeaving = true;
			return;
		}
		this.#native?.release();
		this.#native = undefined;
	}

	copyPrefix(length: number, capacity: number): NativeDeviceKvCache {
		return new NativeDeviceKvCache(this.host.copyPrefix(length, capacity), this.#createNative);
	}

	/** What the device has to be told: all that is filled, where it has nothing or too little room. */
	#passOver(native: NativeDeviceCache, tokens: Int32Array, logitRows: number): NativeDevicePass {
		const { length, capacity, buffers } = this.host;
		const pass = { length, capacity, tokens, logitRows };
		const past = buffers.filter((buffer) => buffer instanceof Float32Array);
		return native.capacity < length + tokens.length ? { ...pass, past } : pass;
	}

	#append(session: NativeDeviceSession, count: number): void {
		const { buffers, capacity } = this.host;
		const elements = buffers.reduce((sum, { length }) => sum + (length / capacity) * count, 0);
		const appended = new Float32Array(elements);
		session.readAppended(appended);
		this.host.append(appended, count);
	}
}
