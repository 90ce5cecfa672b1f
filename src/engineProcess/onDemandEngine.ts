import { abortReason } from "../base/abort.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { LearnChange, Learner, LearnReport } from "../adaptation/learning.ts";
import type {
	Engine,
	GeneratedToken,
	GenerateRequest,
	GenerateResult,
	PrefillListener,
} from "../engine/engine.ts";
import { EngineError } from "../engine/errors.ts";
import { abortedUnserved } from "./client.ts";
import type { EngineState, SupervisedEngine } from "./supervisor.ts";

export interface OnDemandEngineOptions {
	/** Starts the engine in a process of its own, whose states go to `follow`. Called whenever it is wanted again. */
	readonly start: (follow: (state: EngineState) => void) => SupervisedEngine;
	/** For the log. */
	readonly modelName: string;
	/** Without a request for so long, in milliseconds, the process ends; undefined: never. */
	readonly unloadAfterMs: number | undefined;
	/** Whether the next request tries again what has failed for good: for those who don't ask at every key. */
	readonly retriesFailed: boolean;
	readonly clock: Clock;
	readonly logger: Logger;
	/** True when somebody waits for the model to be loaded, false when nobody has to any more. */
	readonly onDidChangeLoading: (isLoading: boolean) => void;
	/** The process is told to end, because nobody asked. */
	readonly onDidRest?: () => void;
}

/**
 * An engine whose process runs only while it is of use: the first request starts it, or whoever expects one, and it ends when
 * nobody has asked for a while, which gives all of its memory back. The next request starts it again, when the one before is
 * gone: two are never in memory. Requests wait for the start, so that none is lost.
 */
export class OnDemandEngine implements Engine, Learner {
	readonly #options: OnDemandEngineOptions;
	#unloadAfterMs: number | undefined;
	#supervised: SupervisedEngine | undefined;
	/** The end of the process before; undefined once it is gone. */
	#leaving: Promise<void> | undefined;
	/** Requests and changes to learn that are under way. */
	#users = 0;
	#lastUsedMs = 0;
	/** Aborts the wait for the end of the current rest. */
	#rest = new AbortController();
	#isLoading = false;
	#isWaking = false;
	#isDisposed = false;

	constructor(options: OnDemandEngineOptions) {
		this.#options = options;
		this.#unloadAfterMs = options.unloadAfterMs;
	}

	/** Holds from the last request on, also of a rest that has begun. */
	setUnloadAfterMs(unloadAfterMs: number | undefined): void {
		this.#unloadAfterMs = unloadAfterMs;
		if (this.#users === 0) {
			void this.#unloadAfterRest();
		}
	}

	/** "resting" while no process runs. */
	get state(): EngineState | { readonly kind: "resting" } {
		return this.#supervised?.state ?? { kind: "resting" };
	}

	/** Somebody is there who may ask soon: starts the process where none runs, and the rest anew. */
	wake(): void {
		this.#lastUsedMs = this.#options.clock.now();
		if (this.#supervised === undefined && !this.#isWaking) {
			void this.#startSoon();
		}
	}

	/** Wakes nobody: what changes while no process runs is learned by the next, which is fed from the start. */
	async learn(change: LearnChange): Promise<LearnReport> {
		const supervised = this.#supervised;
		if (supervised === undefined) {
			throw new EngineError(
				"resting",
				"The model isn't loaded now; what it learned is read again when it is.",
			);
		}
		this.#users++;
		this.#rest.abort(abortReason);
		try {
			return await supervised.engine.learn(change);
		} finally {
			this.#leave();
		}
	}

	generate(
		request: GenerateRequest,
		signal: AbortSignal,
		onPrefill?: PrefillListener,
	): AsyncGenerator<readonly GeneratedToken[], GenerateResult, void> {
		return this.#stream(request, signal, onPrefill, this.#options.clock.now());
	}

	async dispose(): Promise<void> {
		this.#isDisposed = true;
		this.#rest.abort(abortReason);
		this.#unload();
		await this.#leaving;
	}

	async *#stream(
		request: GenerateRequest,
		signal: AbortSignal,
		onPrefill: PrefillListener | undefined,
		calledAtMs: number,
	): AsyncGenerator<readonly GeneratedToken[], GenerateResult, void> {
		const { clock } = this.#options;
		this.#users++;
		this.#rest.abort(abortReason);
		try {
			const supervised = await this.#whenStarted(signal);
			if (supervised === undefined) {
				return abortedUnserved(request, clock.now() - calledAtMs);
			}
			return yield* supervised.engine.generate(request, signal, onPrefill);
		} finally {
			this.#lastUsedMs = clock.now();
			this.#leave();
		}
	}

	#leave(): void {
		this.#users--;
		if (this.#users === 0) {
			void this.#unloadAfterRest();
		}
	}

	async #startSoon(): Promise<void> {
		this.#isWaking = true;
		while (this.#leaving !== undefined) {
			await this.#leaving;
		}
		this.#isWaking = false;
		if (!this.#isDisposed) {
			this.#supervised ??= this.#start();
			if (this.#users === 0) {
				void this.#unloadAfterRest();
			}
		}
	}

	/** Somebody has to mend something, which another process would only hide until it fails too. */
	#isOutOfOrder(): boolean {
		return this.#supervised?.state.kind === "failed" && !this.#options.retriesFailed;
	}

	/** Undefined when `signal` aborts first. */
	async #whenStarted(signal: AbortSignal): Promise<SupervisedEngine | undefined> {
		while (!signal.aborted) {
			if (this.#isDisposed) {
				throw new EngineError(
					"disposed",
					"The engine was shut down, since another model is used now; ask again.",
				);
			}
			if (this.#supervised?.state.kind === "failed" && this.#options.retriesFailed) {
				this.#unload();
			}
			if (this.#leaving === undefined) {
				return (this.#supervised ??= this.#start());
			}
			await Promise.race([this.#leaving, aborted(signal)]);
		}
		return undefined;
	}

	#start(): SupervisedEngine {
		this.#tellLoading(true);
		return this.#options.start(({ kind }) => {
			this.#tellLoading(kind === "starting" || kind === "restarting");
		});
	}

	#tellLoading(isLoading: boolean): void {
		if (isLoading !== this.#isLoading) {
			this.#isLoading = isLoading;
			this.#options.onDidChangeLoading(isLoading);
		}
	}

	async #unloadAfterRest(): Promise<void> {
		this.#rest.abort(abortReason);
		if (this.#unloadAfterMs === undefined || this.#isDisposed || this.#supervised === undefined) {
			return;
		}
		this.#rest = new AbortController();
		const { signal } = this.#rest;
		const { clock, logger, modelName } = this.#options;
		const unloadAfterMs = this.#unloadAfterMs;
		const leftMs = (): number => this.#lastUsedMs + unloadAfterMs - clock.now();
		// Somebody may be there meanwhile without asking.
		while (leftMs() > 0 && !signal.aborted) {
			await clock.sleep(leftMs(), signal);
		}
		if (!signal.aborted && !this.#isOutOfOrder()) {
			logger.info(`${modelName} was not asked for a while and gives its memory back.`);
			this.#unload();
			this.#options.onDidRest?.();
		}
	}

	/** A request from here on waits for the end of what runs, and starts anew. */
	#unload(): void {
		const supervised = this.#supervised;
		this.#supervised = undefined;
		if (supervised === undefined) {
			return;
		}
		const leaving = supervised.dispose().finally(() => {
			if (this.#leaving === leaving) {
				this.#leaving = undefined;
			}
		});
		this.#leaving = leaving;
	}
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		signal.addEventListener("abort", () => resolve(), { once: true });
	});
}
