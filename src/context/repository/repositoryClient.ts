import { Worker } from "node:worker_threads";
import { interpreted } from "../../base/interpreted.ts";
import type { Logger } from "../../base/log.ts";
import { endThread } from "../../base/process/workerThread.ts";
import type { CollectedContext } from "../contextEngine.ts";
import type { CopiedFile, CopiedQuery } from "../copied/copiedFile.ts";
import type { Explained, ExplainQuery } from "../explanation/explanation.ts";
import type { ContextQuery } from "../source.ts";
import type { KnownUses, UsesQuery } from "../uses/usesElsewhere.ts";
import {
	repositoryReplyIdSchema,
	repositoryReplySchema,
	type RepositoryReply,
	type RepositoryRequest,
	type RepositoryWorkerData,
} from "./repositoryProtocol.ts";

/** What RepositoryClient needs of a worker thread. */
export interface RepositoryWorker {
	postMessage(request: RepositoryRequest): void;
	onMessage(listener: (message: unknown) => void): void;
	/** Called once, when the worker has ended for whatever reason. */
	onExit(listener: (problem: string) => void): void;
	terminate(): Promise<void>;
}

export interface RepositoryProgress {
	readonly filesDone: number;
	readonly filesTotal: number;
}

interface RepositoryClientOptions {
	readonly worker: RepositoryWorker;
	readonly logger: Logger;
	readonly onProgress: (progress: RepositoryProgress) => void;
	/** Called once, when the thread has ended without anybody wanting it to. `problem` is for a sentence in the log. */
	readonly onGone: (problem: string) => void;
}

export interface TokenizedFile {
	readonly fingerprint: string;
	readonly tokens: Int32Array;
}

type Settled =
	{ readonly kind: "reply"; readonly reply: RepositoryReply } | { readonly kind: "gone" };

/**
 * The repository of a workspace folder, in another thread. When the thread ends, every question is answered
 * with nothing: completions go on without context.
 */
export class RepositoryClient {
	readonly #worker: RepositoryWorker;
	readonly #waiting = new Map<number, (settled: Settled) => void>();
	#nextId = 0;
	#isGone = false;

	constructor({ worker, logger, onProgress, onGone }: RepositoryClientOptions) {
		this.#worker = worker;
		worker.onMessage((message) => {
			const parsed = repositoryReplySchema().safeParse(message, interpreted);
			if (!parsed.success) {
				logger.error("The repository's worker sent a message that can't be understood.");
				const answered = repositoryReplyIdSchema().safeParse(message, interpreted);
				if (answered.success) {
					this.#settle(answered.data.id, { kind: "gone" });
				}
				return;
			}
			const reply = parsed.data;
			switch (reply.kind) {
				case "progress":
					onProgress(reply);
					return;
				case "warning":
					logger.warn(reply.message);
					return;
				case "note":
					logger.debug(reply.message);
					return;
				case "failed":
					logger.warn(`The repository's worker failed: ${reply.message}`);
					break;
				case "done":
				case "collected":
				case "explained":
				case "copied":
				case "uses":
				case "files":
				case "tokens":
					break;
			}
			this.#settle(reply.id, { kind: "reply", reply });
		});
		worker.onExit((problem) => {
			const isWanted = this.#isGone;
			this.#leave();
			if (!isWanted) {
				onGone(problem);
			}
		});
	}

	async scan(signal: AbortSignal): Promise<void> {
		await this.#ask({ id: this.#nextId++, operation: "scan" }, signal);
	}

	/** Undefined when the thread has ended or failed. */
	async collect(query: ContextQuery, signal: AbortSignal): Promise<CollectedContext | undefined> {
		const reply = await this.#ask({ id: this.#nextId++, operation: "collect", query }, signal);
		return reply?.kind === "collected" ? reply.collected : undefined;
	}

	/** Undefined when the thread has ended or failed, and after an abort. */
	async explain(query: ExplainQuery, signal: AbortSignal): Promise<Explained | undefined> {
		const reply = await this.#ask({ id: this.#nextId++, operation: "explain", query }, signal);
		return reply?.kind === "explained" && !signal.aborted ? reply.explained : undefined;
	}

	/** Undefined where no file has the same text, when the thread has ended or failed, and after an abort. */
	async copiedFile(query: CopiedQuery, signal: AbortSignal): Promise<CopiedFile | undefined> {
		const reply = await this.#ask({ id: this.#nextId++, operation: "copied", query }, signal);
		return reply?.kind === "copied" && !signal.aborted ? reply.file : undefined;
	}

	/** Undefined when the thread has ended or failed, and after an abort. */
	async usesElsewhere(query: UsesQuery, signal: AbortSignal): Promise<KnownUses | undefined> {
		const reply = await this.#ask({ id: this.#nextId++, operation: "uses", query }, signal);
		return reply?.kind === "uses" && !signal.aborted ? reply.found : undefined;
	}

	async update(path: string, text?: string): Promise<void> {
		await this.#ask({
			id: this.#nextId++,
			operation: "update",
			path,
			...(text === undefined ? {} : { text }),
		});
	}

	async remove(path: string): Promise<void> {
		await this.#ask({ id: this.#nextId++, operation: "remove", path });
	}

	/** Undefined when the thread has ended or failed, which is not the same as no files. */
	async files(): Promise<readonly string[] | undefined> {
		const reply = await this.#ask({ id: this.#nextId++, operation: "files" });
		return reply?.kind === "files" ? reply.paths : undefined;
	}

	/** Without a file for one that is not indexed; undefined when the thread has ended or failed. */
	async tokensOf(path: string): Promise<{ readonly file?: TokenizedFile | undefined } | undefined> {
		const reply = await this.#ask({ id: this.#nextId++, operation: "tokens", path });
		return reply?.kind === "tokens" ? { file: reply.file } : undefined;
	}

	/** Has files that change together count from now on. Runs git, so not for a folder that isn't trusted. */
	async readHistory(): Promise<void> {
		await this.#ask({ id: this.#nextId++, operation: "readHistory" });
	}

	async dispose(): Promise<void> {
		this.#leave();
		await this.#worker.terminate();
	}

	async #ask(
		request: Exclude<RepositoryRequest, { operation: "abort" }>,
		signal?: AbortSignal,
	): Promise<RepositoryReply | undefined> {
		if (this.#isGone || signal?.aborted === true) {
			return undefined;
		}
		const settled = new Promise<Settled>((resolve) => this.#waiting.set(request.id, resolve));
		const abort = (): void => this.#worker.postMessage({ id: request.id, operation: "abort" });
		signal?.addEventListener("abort", abort, { once: true });
		try {
			this.#worker.postMessage(request);
			const answer = await settled;
			return answer.kind === "reply" ? answer.reply : undefined;
		} finally {
			signal?.removeEventListener("abort", abort);
		}
	}

	#settle(id: number, settled: Settled): void {
		this.#waiting.get(id)?.(settled);
		this.#waiting.delete(id);
	}

	#leave(): void {
		this.#isGone = true;
		for (const settle of this.#waiting.values()) {
			settle({ kind: "gone" });
		}
		this.#waiting.clear();
	}
}

/**
 * Most of what an index makes while it reads is gone after a file, and most of what a query makes with its answer.
 * With V8's defaults the young generation alone would take as much memory as the index of a million lines, and
 * long queries would leave 400 MB of garbage lying about. The index of a million lines takes 50 MB of the old
 * generation and what is remembered of queries up to 140: a limit of a gigabyte stops nobody, and has V8 tidy up
 * in time.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 1_000 } as const;

/** A worker thread that runs `context/repositoryWorker.ts`, or the bundle that was made of it. */
export function startRepositoryWorker(
	entryPoint: string | URL,
	data: RepositoryWorkerData,
): RepositoryWorker {
	const worker = new Worker(entryPoint, {
		workerData: data,
		name: "mote repository",
		resourceLimits,
	});
	// The thread must not keep a command-line process alive.
	worker.unref();
	let problem: string | undefined;
	worker.on("error", (error) => (problem = String(error)));
	return {
		postMessage: (request) => worker.postMessage(request),
		onMessage: (listener) => worker.on("message", listener),
		onExit: (listener) => worker.on("exit", (code) => listener(problem ?? `exit code ${code}`)),
		terminate: () => endThread(worker),
	};
}
