import { Worker } from "node:worker_threads";
import { interpreted } from "../../base/interpreted.ts";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { endThread } from "../../base/process/workerThread.ts";
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

/** How often a worker is looked at that somebody waits for. */
const watchIntervalMs = 250;

/**
 * A worker hangs in a parser when the process computed for so long and the worker got on with nothing: it tells of
 * progress every hundred operations of a parse, and a grammar is loaded in a tenth of this. CPU time of all threads
 * passes at the worker's pace at least, and stands still while other processes have the processor.
 */
const hungCpuMs = 5000;

/** A worker that waits for something that never happens computes nothing. Longer than any machine takes to start one. */
const hungMs = 120_000;

/** Starts after the first. A grammar that crashes the worker would do it again and again. */
const maxRestarts = 3;

/** What SyntaxClient needs of a worker thread. */
export interface SyntaxWorker {
	postMessage(request: SyntaxRequest): void;
	onMessage(listener: (message: unknown) => void): void;
	/** Called once, when the worker has ended for whatever reason. */
	onExit(listener: (problem: string) => void): void;
	/** A number that changes whenever the worker gets on; 0 until it runs. */
	progress(): number;
	/** CPU time that all threads of this process took so far, in milliseconds. */
	cpuMs(): number;
	terminate(): Promise<void>;
}

interface SyntaxClientOptions {
	readonly startWorker: () => SyntaxWorker;
	readonly clock: Clock;
	readonly logger: Logger;
}

/**
 * A SyntaxService that asks a worker thread, so that no parse ever blocks the editor. Answers "unknown"
 * when the request is aborted, when the worker fails, and when it hangs.
 */
export class SyntaxClient implements SyntaxService, StructureService {
	readonly #options: SyntaxClientOptions;
	readonly #pending = new Map<number, (reply: SyntaxReply | undefined) => void>();
	#worker: SyntaxWorker | undefined;
	#starts = 0;
	#nextId = 0;
	/** The one that is looked at. */
	#watched: SyntaxWorker | undefined;
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
		const reply = new Promise<SyntaxReply | undefined>((resolve) => {
			this.#pending.set(request.id, resolve);
		});
		const giveUp = (): void => this.#pending.get(request.id)?.(undefined);
		signal.addEventListener("abort", giveUp, { once: true });
		void this.#watch(worker);
		try {
			worker.postMessage(request);
			return await reply;
		} finally {
			signal.removeEventListener("abort", giveUp);
			this.#pending.delete(request.id);
		}
	}

	/** Stops `worker` when it hangs while somebody waits for it. */
	async #watch(worker: SyntaxWorker): Promise<void> {
		if (this.#watched === worker) {
			return;
		}
		this.#watched = worker;
		const { clock } = this.#options;
		let progress = worker.progress();
		let cpuMs = worker.cpuMs();
		let at = clock.now();
		while (this.#worker === worker && this.#pending.size > 0) {
			await clock.sleep(watchIntervalMs);
			if (worker.progress() !== progress) {
				progress = worker.progress();
				cpuMs = worker.cpuMs();
				at = clock.now();
			}
			const computes = progress !== 0 && worker.cpuMs() - cpuMs > hungCpuMs;
			if (this.#pending.size > 0 && (computes || clock.now() - at > hungMs)) {
				this.#stop(worker, "it doesn't answer");
			}
		}
		if (this.#watched === worker) {
			this.#watched = undefined;
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
		const parsed = syntaxReplySchema().safeParse(message, interpreted);
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
	const progress = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
	const progressed = new Int32Array(progress);
	const worker = new Worker(entryPoint, {
		workerData: { runtime: files.runtime, folder: files.folder, progress },
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
		progress: () => Atomics.load(progressed, 0),
		cpuMs: () => {
			const { user, system } = process.cpuUsage();
			return (user + system) / 1000;
		},
		terminate: () => endThread(worker),
	};
}
