import { fork } from "node:child_process";
import { systemClock, type Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { FileTags } from "./fileTags.ts";
import { tagLanguageOf } from "./tagLanguages.ts";
import {
	tagReplySchema,
	type TagReply,
	type TagRequest,
	type TagProcessData,
} from "./tagProtocol.ts";
import { ParserEndedError, type TagSource } from "./tagSource.ts";

/** What TagClient needs of a forked process. */
export interface TagProcess {
	postMessage(request: TagRequest): void;
	onMessage(listener: (message: unknown) => void): void;
	/** Called once, when the process has ended for whatever reason. */
	onExit(listener: (problem: string) => void): void;
	/** Ends it at once; resolves when it is gone. */
	kill(): Promise<void>;
}

interface TagClientOptions {
	readonly startProcess: () => TagProcess;
	/** Reads files where no process can be started. Not disposed of here. */
	readonly inThisThread: TagSource;
	readonly logger: Logger;
	readonly clock?: Clock;
}

/**
 * When files are waiting and none had an answer for so long, the first of them hangs: each is parsed for a second or
 * two of CPU time. However many wait, and however busy the machine is, answers come sooner than that.
 */
const hungMs = 10 * 60_000;

interface Waiting {
	readonly request: TagRequest;
	readonly resolve: (tags: FileTags | undefined | Promise<FileTags | undefined>) => void;
	readonly reject: (error: Error) => void;
}

/**
 * A TagSource that asks a process, which reads one file after the other while this one does the rest. A file that
 * ends the process is the only one that goes without tags: it is started again for those behind it.
 *
 * A process and not a thread, because the optimising compiler of WebAssembly takes up to 270 MB for the lexer of a
 * grammar, which the allocator gives back only partly. When the process ends, all of it is back.
 */
export class TagClient implements TagSource {
	readonly #options: TagClientOptions;
	/** In the order in which they were sent, which is that of the answers. */
	readonly #waiting = new Map<number, Waiting>();
	/** Undefined when it can't be started. */
	#process: TagProcess | undefined;
	/** Aborted when the first file that waits has its answer. */
	#answered: AbortController | undefined;
	#hasStarted = false;
	#isDisposed = false;
	#nextId = 0;

	constructor(options: TagClientOptions) {
		this.#options = options;
		this.#start();
	}

	async read(languageId: string, text: string): Promise<FileTags | undefined> {
		if (this.#isDisposed || tagLanguageOf(languageId) === undefined) {
			return undefined;
		}
		const parser = this.#process;
		if (parser === undefined) {
			return this.#options.inThisThread.read(languageId, text);
		}
		const request = { id: this.#nextId++, languageId, text };
		const answer = new Promise<FileTags | undefined>((resolve, reject) => {
			this.#waiting.set(request.id, { request, resolve, reject });
		});
		this.#watch();
		parser.postMessage(request);
		return await answer;
	}

	/** From now on the first file that waits has its time. */
	#watch(): void {
		if (this.#answered === undefined && this.#waiting.size > 0) {
			const answered = new AbortController();
			this.#answered = answered;
			const { clock = systemClock } = this.#options;
			void clock.sleep(hungMs, answered.signal).then(() => {
				if (!answered.signal.aborted) {
					this.#answered = undefined;
					void this.#process?.kill();
				}
			});
		}
	}

	/** One file is done, whatever came of it. */
	#rewatch(): void {
		this.#answered?.abort();
		this.#answered = undefined;
		this.#watch();
	}

	/** Whoever still waits is answered with nothing. */
	async dispose(): Promise<void> {
		this.#isDisposed = true;
		for (const { resolve } of this.#takeWaiting()) {
			resolve(undefined);
		}
		await this.#process?.kill();
	}

	#start(): void {
		const parser = this.#options.startProcess();
		this.#process = parser;
		this.#hasStarted = false;
		parser.onMessage((message) => this.#receive(message));
		parser.onExit((problem) => this.#ended(problem));
	}

	#receive(message: unknown): void {
		const parsed = tagReplySchema.safeParse(message);
		// Answers come in the order of the questions.
		const reply: TagReply | undefined = parsed.data;
		if (reply === undefined) {
			this.#settleFirst(new ParserEndedError("its answer can't be understood"));
			return;
		}
		if (reply.kind === "started") {
			this.#hasStarted = true;
			return;
		}
		const waiting = this.#waiting.get(reply.id);
		this.#waiting.delete(reply.id);
		if (reply.kind === "tags") {
			waiting?.resolve(reply.tags);
		} else {
			waiting?.reject(new Error(reply.message));
		}
		this.#rewatch();
	}

	#ended(problem: string): void {
		if (this.#isDisposed) {
			return;
		}
		if (!this.#hasStarted) {
			const { logger, inThisThread } = this.#options;
			logger.warn(`Files are parsed one at a time because no process can be started (${problem}).`);
			this.#process = undefined;
			for (const { request, resolve } of this.#takeWaiting()) {
				resolve(inThisThread.read(request.languageId, request.text));
			}
			return;
		}
		this.#settleFirst(new ParserEndedError(problem));
		this.#start();
		for (const { request } of this.#waiting.values()) {
			this.#process?.postMessage(request);
		}
	}

	#settleFirst(error: Error): void {
		const [first] = this.#waiting.values();
		if (first !== undefined) {
			this.#waiting.delete(first.request.id);
			first.reject(error);
			this.#rewatch();
		}
	}

	#takeWaiting(): readonly Waiting[] {
		const waiting = [...this.#waiting.values()];
		this.#waiting.clear();
		this.#rewatch();
		return waiting;
	}
}

/** Few of the objects that stand for one file's tags outlive a small young generation. Megabytes. */
const execArgv = ["--max-semi-space-size=4"];

/** Has glibc give back at once what the compiler took; others don't know it. Bytes. */
const trimThreshold = "262144";

/** Forks `context/tagProcess.ts`, or the bundle that was made of it. */
export function startTagProcess(entryPoint: string, data: TagProcessData): TagProcess {
	const environment = { ...process.env };
	// Hooks that a debugger puts into terminals and children don't belong into the parser.
	delete environment["NODE_OPTIONS"];
	const child = fork(entryPoint, [JSON.stringify(data)], {
		serialization: "advanced",
		stdio: ["ignore", "ignore", "ignore", "ipc"],
		execArgv,
		env: { ...environment, ELECTRON_RUN_AS_NODE: "1", MALLOC_TRIM_THRESHOLD_: trimThreshold },
	});
	const ended = new Promise<string>((resolve) => {
		child.on("error", (error) => {
			// Also raised when a message could not be delivered; then the end follows.
			if (child.pid === undefined) {
				resolve(error.message);
			}
		});
		child.once("close", (code, signal) => resolve(signal ?? `exit code ${code ?? "unknown"}`));
	});
	return {
		postMessage: (request) => {
			// The exit tells of a channel that closes meanwhile.
			if (child.connected) {
				child.send(request, () => undefined);
			}
		},
		onMessage: (listener) => child.on("message", listener),
		onExit: (listener) => void ended.then(listener),
		kill: async () => {
			child.kill("SIGKILL");
			await ended;
		},
	};
}
