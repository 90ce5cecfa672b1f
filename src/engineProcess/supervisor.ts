import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { ForkedProcess } from "../base/process/forkProcess.ts";
import type {
	Engine,
	GeneratedToken,
	GenerateRequest,
	GenerateResult,
	PrefillListener,
} from "../engine/engine.ts";
import { EngineError } from "../engine/errors.ts";
import type { LearnChange, Learner, LearnReport } from "../adaptation/learning.ts";
import { abortedUnserved, EngineClient } from "./client.ts";
import { forkEngineProcess } from "./engineProcess.ts";
import { openModel, openRequestOf, type OpenOutcome, type OpenRequest } from "./handshake.ts";
import { inTurn, type LoadInTurn } from "./loadTurns.ts";
import { RestartPolicy } from "./restartPolicy.ts";
import type { ToEngineMessage } from "./protocol.ts";

export type EngineState =
	| { readonly kind: "starting" }
	| { readonly kind: "ready"; readonly modelName: string; readonly backendName: string }
	/** The process died; another is started after a moment. */
	| { readonly kind: "restarting" }
	/** Nothing is started until `restart` is called. */
	| { readonly kind: "failed"; readonly error: EngineError }
	| { readonly kind: "disposed" };

export interface SupervisorOptions extends Partial<Pick<OpenRequest, "gpu" | "gpuLibraries">> {
	readonly modelFolder: string;
	readonly threads?: number;
	/** Fails with "modelTooSlow" where the first token after a typed character takes longer on this machine. */
	readonly maxFirstTokenMs?: number;
	/** Absolute; where the engine keeps KV caches for its next start. */
	readonly snapshotFolder?: string;
	/** Absolute; where the engine keeps what it finds out about this machine. */
	readonly cacheFolder?: string;
	readonly logger: Logger;
	readonly clock: Clock;
	readonly startProcess: () => ForkedProcess;
	/** Shared with other engines whose models are large; without it the model is loaded at once. */
	readonly loadInTurn?: LoadInTurn;
	/** Called after every change of {@link SupervisedEngine.state}. */
	readonly onDidChangeState?: (state: EngineState) => void;
}

/** An engine in a process of its own that is started again when it dies. */
export interface SupervisedEngine {
	/** What one process learned is gone with it, but for what was saved: see the changes of `state`. */
	readonly engine: Engine & Learner;
	readonly state: EngineState;
	/** Replaces the process, also after too many crashes. Requests that run end with "processDied". */
	restart(): void;
	/** Asks the process to end, and kills it when it doesn't. */
	dispose(): Promise<void>;
}

export interface SupervisedEngineOptions extends Omit<SupervisorOptions, "startProcess"> {
	/** The bundled child.ts. */
	readonly childPath: string;
	/** A Node binary to run it with, instead of this process's own. */
	readonly execPath?: string;
}

/** Reading and checking a large model from a slow disk takes long; longer than this, it hangs. */
const openTimeoutMs = 10 * 60_000;
/** As VS Code's language client: a process that still lives after this much time is killed. */
const shutdownTimeoutMs = 2000;
/** Requests that may wait for the process to start. */
const maxWaiting = 32;

/** Starts the engine's process at once; requests wait for it. */
export function createSupervisedEngine(options: SupervisedEngineOptions): SupervisedEngine {
	const { childPath, execPath, logger } = options;
	return new Supervisor({
		...options,
		startProcess: () => forkEngineProcess({ childPath, execPath, logger }),
	});
}

/**
 * Keeps one process of the engine running: starts it, loads the model into it, notices its death, decides
 * by the {@link RestartPolicy} whether to start another, and ends it.
 *
 * A process that says that it can't serve the model is not started again by itself: the same model would
 * fail the same way.
 */
export class Supervisor implements SupervisedEngine {
	readonly engine: Engine & Learner;
	readonly #options: SupervisorOptions;
	readonly #policy = new RestartPolicy();
	#state: EngineState = { kind: "starting" };
	#client: EngineClient | undefined;
	/** Called after the next change of state. */
	#waiting: (() => void)[] = [];
	/** Ends the life of the current process; a new one for every start by the user. */
	#stop = new AbortController();
	#running: Promise<void>;

	constructor(options: SupervisorOptions) {
		this.#options = options;
		this.engine = {
			generate: (request, signal, onPrefill) =>
				this.#stream(request, signal, onPrefill, options.clock.now()),
			learn: (change) => this.#learn(change),
			dispose: () => this.dispose(),
		};
		this.#running = this.#keepRunning(this.#stop.signal);
	}

	get state(): EngineState {
		return this.#state;
	}

	restart(): void {
		if (this.#state.kind === "disposed") {
			return;
		}
		this.#policy.reset();
		this.#client?.close(
			new EngineError("processDied", "The engine was restarted; ask again once it is ready."),
		);
		this.#client = undefined;
		this.#stop.abort();
		this.#stop = new AbortController();
		const { signal } = this.#stop;
		this.#setState({ kind: "starting" });
		this.#running = this.#running.then(() => this.#keepRunning(signal));
	}

	async dispose(): Promise<void> {
		const client = this.#client;
		this.#client = undefined;
		this.#setState({ kind: "disposed" });
		await client?.dispose();
		this.#stop.abort();
		await this.#running;
	}

	async *#stream(
		request: GenerateRequest,
		signal: AbortSignal,
		onPrefill: PrefillListener | undefined,
		calledAtMs: number,
	): AsyncGenerator<readonly GeneratedToken[], GenerateResult, void> {
		const client = await this.#whenReady(signal);
		if (client === undefined) {
			return abortedUnserved(request, this.#options.clock.now() - calledAtMs);
		}
		const waitedMs = this.#options.clock.now() - calledAtMs;
		const { finishReason, stats } = yield* client.generate(request, signal, onPrefill);
		return {
			finishReason,
			stats: {
				...stats,
				queuedMs: stats.queuedMs + waitedMs,
				firstTokenMs: stats.firstTokenMs === undefined ? undefined : stats.firstTokenMs + waitedMs,
				totalMs: stats.totalMs + waitedMs,
			},
		};
	}

	/** Not by itself again in the next process: whoever feeds it has to know that it is another one. */
	async #learn(change: LearnChange): Promise<LearnReport> {
		const client = await this.#whenReady(this.#stop.signal);
		if (client === undefined) {
			throw this.#state.kind === "disposed"
				? disposedError()
				: new EngineError(
						"processDied",
						"The engine was restarted; what it learned is read again.",
					);
		}
		return await client.learn(change);
	}

	/** The client of a process that is ready, or undefined when `signal` aborts first. */
	async #whenReady(signal: AbortSignal): Promise<EngineClient | undefined> {
		for (;;) {
			if (signal.aborted) {
				return undefined;
			}
			const state = this.#state;
			switch (state.kind) {
				case "failed":
					throw state.error;
				case "disposed":
					throw disposedError();
				case "ready":
					if (this.#client !== undefined) {
						return this.#client;
					}
					break;
				case "starting":
				case "restarting":
					break;
			}
			if (this.#waiting.length >= maxWaiting) {
				throw new EngineError(
					"queueFull",
					"Too many requests wait for the engine to start; try again in a moment.",
				);
			}
			await this.#stateChange(signal);
		}
	}

	/** Resolves after the next change of state, or when `signal` aborts. */
	#stateChange(signal: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			const done = (): void => {
				signal.removeEventListener("abort", done);
				this.#waiting = this.#waiting.filter((waiter) => waiter !== done);
				resolve();
			};
			this.#waiting.push(done);
			signal.addEventListener("abort", done, { once: true });
		});
	}

	#setState(state: EngineState): void {
		if (this.#state.kind === "disposed") {
			return;
		}
		this.#state = state;
		for (const waiter of [...this.#waiting]) {
			waiter();
		}
		this.#options.onDidChangeState?.(state);
	}

	/** Runs one process after another until `stop` aborts or there is no sense in another. Never rejects. */
	async #keepRunning(stop: AbortSignal): Promise<void> {
		try {
			await this.#runInTurn(stop);
		} catch (error) {
			const failure = new EngineError(
				"runtimeFailed",
				`The engine's process could not be run (${String(error)}); reload the window.`,
				{ cause: error },
			);
			this.#options.logger.error(failure.message);
			this.#setState({ kind: "failed", error: failure });
		}
	}

	async #runInTurn(stop: AbortSignal): Promise<void> {
		const { clock, logger } = this.#options;
		const isStopped = (): boolean => stop.aborted;
		const stopped = whenAborted(stop).then(() => ({ kind: "stopped" as const }));
		let request = openRequestOf(this.#options);
		while (!isStopped()) {
			const failure = await this.#runOnce(stopped, request);
			if (isStopped()) {
				return;
			}
			if (failure !== undefined) {
				// That is what was asked to be found out, and no fault.
				logger[failure.code === "modelTooSlow" ? "info" : "error"](failure.message);
				this.#setState({ kind: "failed", error: failure });
				return;
			}
			const decision = this.#policy.recordCrash(clock.now());
			if (decision.kind === "giveUp") {
				const error = new EngineError(
					"processGaveUp",
					"The engine crashed five times within three minutes and is not started again; see the log, then use “Mote: Restart Engine”.",
				);
				logger.error(error.message);
				this.#setState({ kind: "failed", error });
				return;
			}
			// It may have been a driver's fault.
			request = { ...request, gpu: "off" };
			this.#setState({ kind: "restarting" });
			if (decision.delayMs > 0) {
				await clock.sleep(decision.delayMs, stop);
			}
		}
	}

	/** One process from start to end. Returns why it makes no sense to start another, if so. */
	async #runOnce(stopped: Stopped, request: OpenRequest): Promise<EngineError | undefined> {
		const { logger, loadInTurn } = this.#options;
		const loaded = await inTurn(loadInTurn, stopped, () => this.#load(stopped, request));
		if (loaded === undefined) {
			return undefined;
		}
		const { child, ended, opened } = loaded;
		switch (opened.kind) {
			case "ended":
				return this.#describeEnd(opened.exit.kind, opened.exit.description);
			case "timeout":
				logger.error("The engine's process did not load the model in time and is ended.");
				child.kill();
				await child.exited;
				return undefined;
			case "stopped":
				await this.#shutDown(child);
				return undefined;
			case "unusable":
				// It holds nothing that would have to be freed in order.
				child.kill();
				await child.exited;
				return opened.error;
			case "ready":
				break;
		}
		this.#beReady(child, opened);
		const last = await Promise.race([ended, stopped]);
		this.#client = undefined;
		if (last.kind === "stopped") {
			await this.#shutDown(child);
			return undefined;
		}
		return this.#describeEnd(last.exit.kind, last.exit.description);
	}

	/** Starts a process and has it load the model, until that is done or there is no sense in waiting. */
	async #load(stopped: Stopped, request: OpenRequest) {
		const child = this.#options.startProcess();
		const ended = child.exited.then((exit) => ({ kind: "ended" as const, exit }));
		const opening = new AbortController();
		const opened = await Promise.race([
			ended,
			stopped,
			openModel(child.port, request),
			this.#timeout(openTimeoutMs, opening.signal),
		]);
		opening.abort();
		return { child, ended, opened };
	}

	#beReady(
		child: ForkedProcess,
		{ modelName, backendName }: OpenOutcome & { kind: "ready" },
	): void {
		const { clock, logger } = this.#options;
		logger.info(`The engine is ready: ${modelName} on ${backendName}.`);
		const client = new EngineClient(child.port, clock, logger);
		this.#client = client;
		child.port.onClose(() => {
			// Comes before the news of the exit; requests from here on are for the next process.
			if (this.#client === client) {
				this.#client = undefined;
			}
			// A process that closed its channel but lives on could not be reached any more.
			child.kill();
		});
		this.#setState({ kind: "ready", modelName, backendName });
	}

	#describeEnd(kind: "exited" | "unstartable", description: string): EngineError | undefined {
		if (kind === "unstartable") {
			return new EngineError(
				"runtimeFailed",
				`The engine's process could not be started (${description}); check the Node binary in the setting “mote.engine.nodePath”.`,
			);
		}
		this.#options.logger.error(`The engine's process ended unexpectedly (${description}).`);
		return undefined;
	}

	async #shutDown(child: ForkedProcess): Promise<void> {
		const message: ToEngineMessage = { kind: "shutdown" };
		child.port.send(message);
		const gone = new AbortController();
		const exited = child.exited.then(() => {
			gone.abort();
		});
		await Promise.race([exited, this.#timeout(shutdownTimeoutMs, gone.signal)]);
		child.kill();
		await exited;
	}

	async #timeout(delayMs: number, signal: AbortSignal): Promise<{ readonly kind: "timeout" }> {
		await this.#options.clock.sleep(delayMs, signal);
		return { kind: "timeout" };
	}
}

type Stopped = Promise<{ readonly kind: "stopped" }>;

function whenAborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) {
			resolve();
		} else {
			signal.addEventListener("abort", () => resolve(), { once: true });
		}
	});
}

function disposedError(): EngineError {
	return new EngineError("disposed", "The engine was shut down; reload the window to use it.");
}
