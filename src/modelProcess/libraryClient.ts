import { assert } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { ForkedProcess } from "../base/process/forkProcess.ts";
import { UserError } from "../base/userError.ts";
import {
	fromLibrarySchema,
	type CatalogEntry,
	type CatalogRuntime,
	type FromLibrary,
	type ToLibrary,
	type WorkStep,
} from "./protocol.ts";

export interface LibraryClientOptions {
	/** Called when there is work and no process. */
	readonly startProcess: () => ForkedProcess;
	readonly clock: Clock;
	readonly logger: Logger;
}

export interface WorkListener {
	readonly onStep: (step: WorkStep) => void;
	readonly onNotice: (sentence: string) => void;
	/** Pauses: what came is kept. */
	readonly signal: AbortSignal;
}

export type WorkOutcome =
	{ readonly kind: "installed"; readonly folder: string } | { readonly kind: "paused" };

export interface LibraryList {
	readonly entries: readonly CatalogEntry[];
	/** Of ONNX Runtime, for CUDA. */
	readonly runtime: CatalogRuntime;
	/** Of the library's disk. */
	readonly freeDiskBytes: number;
}

type Reply = Exclude<FromLibrary, { readonly kind: "step" | "notice" | "failed" }>;

interface Call {
	readonly listener: Omit<WorkListener, "signal"> | undefined;
	readonly settle: (reply: Reply) => void;
	readonly fail: (error: UserError) => void;
}

/** Somebody who has looked at the list may do something with it soon; a process costs about 60 MB. */
const idleMs = 60_000;

/**
 * The model library, in a process that is there while there is something to do: the editor's own neither converts nor
 * hashes. All methods reject with a UserError.
 */
export class LibraryClient {
	readonly #options: LibraryClientOptions;
	readonly #calls = new Map<number, Call>();
	#nextCallId = 0;
	#process: ForkedProcess | undefined;
	/** Aborted by the next call. */
	#idle = new AbortController();

	constructor(options: LibraryClientOptions) {
		this.#options = options;
	}

	async list(): Promise<LibraryList> {
		const reply = await this.#call((callId) => ({ kind: "list", callId }));
		assert(reply.kind === "listed", "a list is answered with a list");
		return reply;
	}

	/** Begins to install "owner/name", or goes on with it. */
	async install(repository: string, listener: WorkListener): Promise<WorkOutcome> {
		return await this.#work((callId) => ({ kind: "install", callId, repository }), listener);
	}

	/** Converts a checkpoint folder or a GGUF file. */
	async importFrom(path: string, listener: WorkListener): Promise<WorkOutcome> {
		return await this.#work((callId) => ({ kind: "import", callId, path }), listener);
	}

	/** Resolves with the space that is free again, in bytes. */
	async remove(modelId: string): Promise<number> {
		const reply = await this.#call((callId) => ({ kind: "remove", callId, modelId }));
		assert(reply.kind === "removed", "a removal is answered with what it freed");
		return reply.freedBytes;
	}

	/** Begins to install what CUDA needs of ONNX Runtime, or goes on with it. */
	async installRuntime(listener: WorkListener): Promise<WorkOutcome> {
		return await this.#work((callId) => ({ kind: "installRuntime", callId }), listener);
	}

	/** Resolves with the space that is free again, in bytes. */
	async removeRuntime(): Promise<number> {
		const reply = await this.#call((callId) => ({ kind: "removeRuntime", callId }));
		assert(reply.kind === "removed", "a removal is answered with what it freed");
		return reply.freedBytes;
	}

	/** What runs pauses, in the process that ends then by itself. */
	dispose(): void {
		this.#idle.abort();
		this.#send({ kind: "end" });
		this.#forget(new UserError("disposed", "The window was closed; go on in another one."));
	}

	async #work(
		message: (callId: number) => ToLibrary,
		{ signal, ...listener }: WorkListener,
	): Promise<WorkOutcome> {
		if (signal.aborted) {
			return { kind: "paused" };
		}
		let callId: number | undefined;
		const pause = (): void => {
			if (callId !== undefined) {
				this.#send({ kind: "pause", callId });
			}
		};
		signal.addEventListener("abort", pause, { once: true });
		try {
			const reply = await this.#call((id) => {
				callId = id;
				return message(id);
			}, listener);
			assert(reply.kind === "installed" || reply.kind === "paused", "work is answered as such");
			return reply;
		} finally {
			signal.removeEventListener("abort", pause);
		}
	}

	#call(
		message: (callId: number) => ToLibrary,
		listener?: Omit<WorkListener, "signal">,
	): Promise<Reply> {
		const callId = this.#nextCallId++;
		this.#idle.abort();
		return new Promise((resolve, reject) => {
			this.#calls.set(callId, { listener, settle: resolve, fail: reject });
			this.#process ??= this.#start();
			this.#send(message(callId));
		});
	}

	#send(message: ToLibrary): void {
		this.#process?.port.send(message);
	}

	#start(): ForkedProcess {
		const started = this.#options.startProcess();
		started.port.onMessage((raw) => this.#receive(raw));
		void started.exited.then(({ description }) => {
			if (this.#process === started) {
				this.#forget(
					new UserError(
						"processDied",
						`The process that installs models ended (${description}); try again: what came so far is kept.`,
					),
				);
			}
		});
		return started;
	}

	#receive(raw: unknown): void {
		const parsed = fromLibrarySchema.safeParse(raw);
		if (!parsed.success) {
			this.#options.logger.warn("The library's process sent a message that has no known form.");
			return;
		}
		const message = parsed.data;
		const call = this.#calls.get(message.callId);
		switch (message.kind) {
			case "step":
				call?.listener?.onStep(message.step);
				return;
			case "notice":
				call?.listener?.onNotice(message.sentence);
				return;
			case "failed":
				this.#calls.delete(message.callId);
				call?.fail(new UserError(message.code, message.sentence));
				break;
			case "listed":
			case "installed":
			case "paused":
			case "removed":
				this.#calls.delete(message.callId);
				call?.settle(message);
		}
		if (this.#calls.size === 0) {
			void this.#endWhenIdle();
		}
	}

	async #endWhenIdle(): Promise<void> {
		this.#idle.abort();
		const idle = new AbortController();
		this.#idle = idle;
		await this.#options.clock.sleep(idleMs, idle.signal);
		if (!idle.signal.aborted && this.#calls.size === 0) {
			const ended = this.#process;
			this.#process = undefined;
			ended?.port.send({ kind: "end" } satisfies ToLibrary);
		}
	}

	#forget(error: UserError): void {
		this.#process = undefined;
		const calls = [...this.#calls.values()];
		this.#calls.clear();
		for (const { fail } of calls) {
			fail(error);
		}
	}
}
