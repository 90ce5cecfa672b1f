import { Worker } from "node:worker_threads";
import type { Logger } from "../../base/log.ts";
import { endThread } from "../../base/process/workerThread.ts";
import {
	searchReplySchema,
	type ElsewhereRequest,
	type FeedRequest,
	type SearchReply,
	type SearchRequest,
} from "./searchProtocol.ts";

/** What SearchClient needs of a worker thread. */
export interface SearchWorker {
	postMessage(request: FeedRequest | SearchRequest | ElsewhereRequest): void;
	onMessage(listener: (message: unknown) => void): void;
	/** Called once, when the worker has ended for whatever reason. */
	onExit(listener: (problem: string) => void): void;
	terminate(): Promise<void>;
}

/** Starts after the first. What ends the worker would do so again and again. */
const maxRestarts = 3;

export interface SearchClientOptions {
	readonly startWorker: () => SearchWorker;
	readonly logger: Logger;
}

/** What is asked of a search, beside the number that the client gives it. */
export type Search = Omit<SearchRequest, "kind" | "id">;
export type SearchElsewhere = Omit<ElsewhereRequest, "kind" | "id">;

/** Has a worker thread follow documents and look for next edits, so that neither ever holds up the editor. */
export class SearchClient {
	readonly #options: SearchClientOptions;
	readonly #waiting = new Map<number, (reply: SearchReply | undefined) => void>();
	#worker: SearchWorker | undefined;
	#starts = 0;
	#nextId = 0;
	#isDisposed = false;

	constructor(options: SearchClientOptions) {
		this.#options = options;
	}

	/** Whether it has ended so often that it isn't started any more. */
	get hasFailed(): boolean {
		return this.#worker === undefined && this.#starts > maxRestarts;
	}

	/** Only the opening of a document starts a worker: what else is said to a new one means nothing to it. */
	feed(request: FeedRequest): void {
		const worker = request.kind === "open" ? this.#running() : this.#worker;
		worker?.postMessage(request);
	}

	/** Undefined where the worker ended; a new one knows of no document. */
	search(search: Search): Promise<SearchReply | undefined> {
		return this.#ask((id) => ({ kind: "search", id, ...search }));
	}

	/** Undefined as for `search`. */
	searchElsewhere(search: SearchElsewhere): Promise<SearchReply | undefined> {
		return this.#ask((id) => ({ kind: "searchElsewhere", id, ...search }));
	}

	async #ask(
		request: (id: number) => SearchRequest | ElsewhereRequest,
	): Promise<SearchReply | undefined> {
		const worker = this.#running();
		if (worker === undefined) {
			return undefined;
		}
		const id = this.#nextId++;
		const reply = new Promise<SearchReply | undefined>((resolve) => {
			this.#waiting.set(id, resolve);
		});
		worker.postMessage(request(id));
		try {
			return await reply;
		} finally {
			this.#waiting.delete(id);
		}
	}

	async dispose(): Promise<void> {
		this.#isDisposed = true;
		const worker = this.#worker;
		this.#forget();
		await worker?.terminate();
	}

	#running(): SearchWorker | undefined {
		if (this.#worker === undefined && !this.#isDisposed && this.#starts <= maxRestarts) {
			this.#starts++;
			const worker = this.#options.startWorker();
			worker.onMessage((message) => this.#receive(message));
			worker.onExit((problem) => this.#ended(worker, problem));
			this.#worker = worker;
		}
		return this.#worker;
	}

	#receive(message: unknown): void {
		const parsed = searchReplySchema.safeParse(message);
		const { logger } = this.#options;
		if (!parsed.success) {
			logger.error("The search for next edits sent a message that can't be understood.");
			// Whoever waits for it would wait for ever.
			this.#answerAll();
			return;
		}
		const reply = parsed.data;
		if (reply.kind === "failed") {
			logger.error(`The search for next edits failed: ${reply.message}`);
		}
		this.#waiting.get(reply.id)?.(reply);
	}

	#ended(worker: SearchWorker, problem: string): void {
		if (this.#worker !== worker) {
			return;
		}
		const goesOn =
			this.#starts <= maxRestarts
				? "it is started again"
				: "there are none until they are turned off and on again, or the window is loaded again";
		this.#options.logger.warn(`The search for next edits ended because ${problem}; ${goesOn}.`);
		this.#forget();
	}

	#forget(): void {
		this.#worker = undefined;
		this.#answerAll();
	}

	#answerAll(): void {
		for (const resolve of this.#waiting.values()) {
			resolve(undefined);
		}
	}
}

/** A worker thread that runs `searchWorker.ts`, or the bundle that was made of it. */
export function startSearchWorker(entryPoint: string | URL): SearchWorker {
	const worker = new Worker(entryPoint, { name: "mote next edits" });
	worker.unref();
	let problem: string | undefined;
	worker.on("error", (error) => (problem = `it failed: ${String(error)}`));
	return {
		postMessage: (request) => worker.postMessage(request),
		onMessage: (listener) => worker.on("message", listener),
		onExit: (listener) => worker.on("exit", (code) => listener(problem ?? `it ended with ${code}`)),
		terminate: () => endThread(worker),
	};
}
