import { Worker } from "node:worker_threads";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { GrammarFiles } from "./grammars.ts";
import { syntaxLanguageOf } from "./languages.ts";
import type { SourceStructure, StructureQuery, StructureService } from "./structure.ts";
import { syntaxReplySchema, type SyntaxReply, type SyntaxRequest } from "./syntaxProtocol.ts";
import {
	maxParsedLength,
	unknownExtent,
	unknownPosition,
	type ExtentQuery,
	type SyntaxExtent,
	type SyntaxPosition,
	type SyntaxQuery,
	type SyntaxService,
} from "./syntaxService.ts";

/** A worker that doesn't answer for so long hangs in a parser; its own limit is a fifth of this. */
const replyTimeoutMs = 2000;

/** Starts after the first. A grammar that crashes the worker would do it again and again. */
const maxRestarts = 3;

/** What SyntaxClient needs of a worker thread. */
export interface SyntaxWorker {
	postMessage(request: SyntaxRequest): void;
	onMessage(listener: (message: unknown) => void): void;
	/** Called once, when the worker has ended for whatever reason. */
	onExit(listener: (problem: string) => void): void;
	terminate(): Promise<void>;
}

interface SyntaxClientOptions {
	readonly startWorker: () => SyntaxWorker;
	readonly clock: Clock;
	readonly logger: Logger;
}

/**
 * A SyntaxService that asks a worker thread, so that no parse ever blocks the editor. Answers "unknown"
 * when the request is aborted, when the worker fails, and when it doesn't answer in time.
 */
export class SyntaxClient implements SyntaxService, StructureService {
	readonly #options: SyntaxClientOptions;
	readonly #pending = new Map<number, (reply: SyntaxReply | undefined) => void>();
	#worker: SyntaxWorker | undefined;
	#starts = 0;
	#nextId = 0;
	#isDisposed = false;

	constructor(options: SyntaxClientOptions) {
		this.#options = options;
	}

	async positionAt(query: SyntaxQuery, signal: AbortSignal): Promise<SyntaxPosition> {
		const { languageId, text, offset } = query;
		const reply = await this.#ask(
			{ id: this.#nextId++, operation: "positionAt", query: { languageId, text, offset } },
			signal,
		);
		return reply?.kind === "position" ? reply.position : unknownPosition;
	}

	async extentOf(query: ExtentQuery, signal: AbortSignal): Promise<SyntaxExtent> {
		const { languageId, text, offset, candidate } = query;
		const reply = await this.#ask(
			{
				id: this.#nextId++,
				operation: "extentOf",
				query: { languageId, text, offset, candidate },
			},
			signal,
		);
		return reply?.kind === "extent" ? reply.extent : unknownExtent;
	}

	async structureAt(
		query: StructureQuery,
		signal: AbortSignal,
	): Promise<SourceStructure | undefined> {
		const { languageId, text, start, end } = query;
		const reply = await this.#ask(
			{ id: this.#nextId++, operation: "structureAt", query: { languageId, text, start, end } },
			signal,
		);
		const structure = reply?.kind === "structure" ? reply.structure : undefined;
		return (
			structure && {
				errors: structure.errors,
				statement: structure.statement,
				declaration: structure.declaration && {
					...structure.declaration,
					bodyStart: structure.declaration.bodyStart,
				},
			}
		);
	}

	async dispose(): Promise<void> {
		this.#isDisposed = true;
		const worker = this.#worker;
		this.#forget();
		await worker?.terminate();
	}

	async #ask(request: SyntaxRequest, signal: AbortSignal): Promise<SyntaxReply | undefined> {
		const { languageId, text } = request.query;
		// The worker would only say "unknown"; the text need not be copied for that.
		if (syntaxLanguageOf(languageId) === undefined || text.length > maxParsedLength) {
			return undefined;
		}
		const worker = signal.aborted ? undefined : this.#running();
		if (worker === undefined) {
			return undefined;
		}
		const answered = new AbortController();
		const reply = new Promise<SyntaxReply | undefined>((resolve) => {
			this.#pending.set(request.id, resolve);
		});
		const giveUp = (): void => this.#pending.get(request.id)?.(undefined);
		signal.addEventListener("abort", giveUp, { once: true });
		void this.#options.clock.sleep(replyTimeoutMs, answered.signal).then(() => {
			if (!answered.signal.aborted) {
				this.#stop(worker, "it doesn't answer");
			}
		});
		try {
			worker.postMessage(request);
			return await reply;
		} finally {
			answered.abort();
			signal.removeEventListener("abort", giveUp);
			this.#pending.delete(request.id);
		}
	}

	#running(): SyntaxWorker | undefined {
		if (this.#worker === undefined && !this.#isDisposed && this.#starts <= maxRestarts) {
			this.#starts++;
			const worker = this.#options.startWorker();
			worker.onMessage((message) => this.#receive(message));
			worker.onExit((problem) => this.#stop(worker, problem));
			this.#worker = worker;
		}
		return this.#worker;
	}

	#receive(message: unknown): void {
		const parsed = syntaxReplySchema.safeParse(message);
		if (!parsed.success) {
			this.#options.logger.error("The syntax worker sent a message that can't be understood.");
			return;
		}
		const reply = parsed.data;
		if (reply.kind === "warning") {
			this.#options.logger.warn(reply.message);
			return;
		}
		if (reply.kind === "failed") {
			this.#options.logger.error(`The syntax worker failed: ${reply.message}`);
		}
		this.#pending.get(reply.id)?.(reply);
	}

	/** Every waiting request is answered with "unknown"; the next one starts a new worker. */
	#stop(worker: SyntaxWorker, problem: string): void {
		if (this.#worker !== worker) {
			return;
		}
		const goesOn =
			this.#starts <= maxRestarts
				? "it is started again"
				: "completions are one line long until the editor is restarted";
		this.#options.logger.warn(`The syntax worker was stopped because ${problem}; ${goesOn}.`);
		this.#forget();
		void worker.terminate();
	}

	#forget(): void {
		this.#worker = undefined;
		for (const resolve of this.#pending.values()) {
			resolve(undefined);
		}
	}
}

/** A worker thread that runs `context/worker.ts`, or the bundle that was made of it. */
export function startSyntaxWorker(entryPoint: string | URL, files: GrammarFiles): SyntaxWorker {
	const worker = new Worker(entryPoint, {
		workerData: { runtime: files.runtime, folder: files.folder },
		name: "mote syntax",
	});
	// The thread must not keep a command-line process alive.
	worker.unref();
	let problem: string | undefined;
	worker.on("error", (error) => (problem = `it failed: ${String(error)}`));
	return {
		postMessage: (request) => worker.postMessage(request),
		onMessage: (listener) => worker.on("message", listener),
		onExit: (listener) => worker.on("exit", (code) => listener(problem ?? `it ended with ${code}`)),
		terminate: async () => {
			await worker.terminate();
		},
	};
}
