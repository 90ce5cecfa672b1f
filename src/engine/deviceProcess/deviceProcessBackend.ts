import { assert } from "../../base/assert.ts";
import type { Clock } from "../../base/clock.ts";
import type { ForkedProcess } from "../../base/process/forkProcess.ts";
import type { ModelManifest } from "../../model/manifest.ts";
import type { TokenId } from "../../tokenizer/tokenizer.ts";
import type { Logits } from "../backend.ts";
import type { EngineError } from "../errors.ts";
import { DeviceProcessEnded } from "../gpu/deviceProcessEnded.ts";
import { providerNames } from "../gpu/gpuProviders.ts";
import { CachesOnDevice, HostedKvCache } from "../ort/hostedKvCache.ts";
import { kvBytesPerPosition, OrtKvCache, type KvShape } from "../ort/ortKvCache.ts";
import { runtimeError } from "../runtimeError.ts";
import { SerialBackend } from "../serialBackend.ts";
import {
	maxPieceBytes,
	parseFromDevice,
	type FromDevice,
	type OpenDevice,
	type ToDevice,
} from "./messages.ts";

export interface DeviceProcessOptions {
	/** Has just started; owned by the backend from here on. */
	readonly process: ForkedProcess;
	readonly request: Omit<OpenDevice, "kind">;
	readonly manifest: Pick<ModelManifest, "layers" | "kvHeads" | "headDim" | "vocabularySize">;
	readonly clock: Clock;
	/** Ends the process while the model is being loaded. */
	readonly signal: AbortSignal;
}

/** For so long a process that was killed is waited for: the next one wants its memory. A driver may keep it for longer. */
const endMs = 1000;

/**
 * Loads a model into a device, in a process of its own: what runs there may block its thread, never come back, or end its
 * process, and this one goes on.
 *
 * @throws EngineError "runtimeFailed"
 */
export async function openDeviceProcess(
	options: DeviceProcessOptions,
): Promise<DeviceProcessBackend> {
	const { process, request, manifest, signal } = options;
	const channel = new DeviceChannel(process);
	const kill = (): void => channel.kill();
	signal.addEventListener("abort", kill, { once: true });
	try {
		if (signal.aborted) {
			kill();
		}
		const opened = await channel.ask({ kind: "open", ...request });
		if (opened.kind !== "opened" || opened.vocabularySize !== manifest.vocabularySize) {
			throw new Error("it has opened another model than it was asked for");
		}
		return new DeviceProcessBackend(channel, opened, options);
	} catch (error) {
		kill();
		const name = providerNames[request.provider];
		throw runtimeError(`The process for ${name} could not load the model`, error);
	} finally {
		signal.removeEventListener("abort", kill);
	}
}

/** A model in another process. KV caches are in this one's memory, and as far as passes need them in that one's. */
export class DeviceProcessBackend extends SerialBackend<ProcessKvCache> {
	/** What runs there blocks the thread to which a wish to stop would come. */
	readonly stopsWithinPass = false;
	readonly #channel: DeviceChannel;
	readonly #shape: KvShape;
	readonly #options: DeviceProcessOptions;
	readonly #onDevice = new CachesOnDevice();
	#cacheCount = 0;

	constructor(
		channel: DeviceChannel,
		{ contextLength, layoutId, vocabularySize }: Extract<FromDevice, { kind: "opened" }>,
		options: DeviceProcessOptions,
	) {
		const shape = { ...options.manifest, contextLength, kvCache: "float32" } as const;
		super(ProcessKvCache, {
			vocabularySize,
			contextLength,
			kvLayout: {
				id: layoutId,
				prefixBytes: (length) => length * kvBytesPerPosition(shape),
			},
		});
		this.#channel = channel;
		this.#shape = shape;
		this.#options = options;
	}

	createKvCache(capacity: number): ProcessKvCache {
		return this.#cacheOver(new OrtKvCache(this.#shape, capacity, undefined));
	}

	/** Ends the process, whatever it is doing. A pass that runs rejects. */
	kill(): void {
		this.#channel.kill();
	}

	async dispose(): Promise<void> {
		const { process, clock } = this.#options;
		this.kill();
		const gone = new AbortController();
		await Promise.race([process.exited, clock.sleep(endMs, gone.signal)]);
		gone.abort();
	}

	protected async run(
		cache: ProcessKvCache,
		tokens: readonly TokenId[],
		logitRows: number,
	): Promise<Logits> {
		cache.enterDevice();
		const { length, capacity } = cache;
		const answer = await this.#channel.ask({
			kind: "pass",
			...{ cache: cache.id, length, capacity, tokens: Int32Array.from(tokens), logitRows },
		});
		if (answer.kind !== "passed" || answer.logits.length !== logitRows * this.vocabularySize) {
			throw new Error("it answered with logits of another shape than the manifest says");
		}
		if (!cache.takes(answer.appended, tokens.length)) {
			throw new Error("it answered with keys and values of another shape than the manifest says");
		}
		cache.append(answer.appended, tokens.length);
		this.#onDevice.used(cache);
		return this.logitsIn(answer.logits, logitRows);
	}

	protected faultOf(error: unknown): EngineError {
		const name = providerNames[this.#options.request.provider];
		return runtimeError(`The process for ${name} could not run the model`, error);
	}

	#cacheOver(host: OrtKvCache): ProcessKvCache {
		const id = this.#cacheCount++;
		return new ProcessKvCache(id, host, {
			send: (message) => this.#channel.send(message),
			prefixBytes: (length) => this.kvLayout.prefixBytes(length),
			cacheOver: (other) => this.#cacheOver(other),
		});
	}
}

interface CacheOwner {
	readonly send: (message: ToDevice) => void;
	readonly prefixBytes: (length: number) => number;
	readonly cacheOver: (host: OrtKvCache) => ProcessKvCache;
}

/** Keys and values in this process's memory, and in the other's as far as it knows them. */
class ProcessKvCache extends HostedKvCache {
	/** By which the other process knows it. */
	readonly id: number;
	readonly #owner: CacheOwner;
	#isThere = false;

	constructor(id: number, host: OrtKvCache, owner: CacheOwner) {
		super(host);
		this.id = id;
		this.#owner = owner;
	}

	get isOnDevice(): boolean {
		return this.#isThere;
	}

	/** Sends what is filled, where the other process has nothing. From here on passes and rewinds keep both alike. */
	enterDevice(): void {
		if (this.#isThere) {
			return;
		}
		this.#isThere = true;
		const { length, capacity } = this.host;
		const total = this.#owner.prefixBytes(length);
		for (let start = 0; start < total; start += maxPieceBytes) {
			const bytes = new Uint8Array(Math.min(maxPieceBytes, total - start));
			this.host.readPrefix(length, start, bytes);
			this.#owner.send({ kind: "write", cache: this.id, length, capacity, start, bytes });
		}
	}

	leaveDevice(): void {
		if (this.#isThere) {
			this.#isThere = false;
			this.#owner.send({ kind: "release", cache: this.id });
		}
	}

	/** Whether it is what a pass over `count` tokens adds. */
	takes(appended: Float32Array, count: number): boolean {
		return this.host.takes(appended, count);
	}

	append(appended: Float32Array, count: number): void {
		this.host.append(appended, count);
	}

	copyPrefix(length: number, capacity: number): ProcessKvCache {
		return this.#owner.cacheOver(this.host.copyPrefix(length, capacity));
	}
}

type Answer = Exclude<FromDevice, { kind: "failed" }>;

interface Question {
	readonly resolve: (answer: Answer) => void;
	readonly reject: (error: Error) => void;
}

/** Questions to the process, one at a time. */
class DeviceChannel {
	readonly #process: ForkedProcess;
	#end: DeviceProcessEnded | undefined;
	#question: Question | undefined;

	constructor(process: ForkedProcess) {
		this.#process = process;
		process.port.onMessage((raw) => {
			this.#receive(raw);
		});
		void process.exited.then(({ description }) => {
			this.#close(description);
		});
	}

	send(message: ToDevice): void {
		this.#process.port.send(message);
	}

	/** @throws what the runtime said, as an Error, or a DeviceProcessEnded */
	async ask(message: ToDevice): Promise<Answer> {
		assert(this.#question === undefined, "one question at a time");
		if (this.#end !== undefined) {
			throw this.#end;
		}
		return await new Promise((resolve, reject) => {
			this.#question = { resolve, reject };
			this.send(message);
		});
	}

	/** Nobody waits for a process that a driver doesn't let go. */
	kill(): void {
		this.#process.kill();
		this.#close("it was given up");
	}

	#close(description: string): void {
		this.#end ??= new DeviceProcessEnded(description);
		this.#take()?.reject(this.#end);
	}

	#receive(raw: unknown): void {
		const message = parseFromDevice(raw);
		if (message === undefined) {
			this.#take()?.reject(new Error("its process said something that it can't say"));
		} else if (message.kind === "failed") {
			this.#take()?.reject(new Error(message.message));
		} else {
			this.#take()?.resolve(message);
		}
	}

	#take(): Question | undefined {
		const question = this.#question;
		this.#question = undefined;
		return question;
	}
}
