import type { Clock } from "../../base/clock.ts";
import { ServerFault, loadingSentence } from "./faults.ts";
import type { HealthMonitor } from "./health.ts";

/** Ten minutes are what the largest models take from a disk. A server that takes longer hangs. */
const longestLoadMs = 10 * 60_000;

/**
 * Ollama keeps a model for five minutes after its last answer. A server that answered within this time surely
 * has its model in memory.
 */
const warmForMs = 4 * 60_000;

/** Between two questions whether a model is loaded, for a server that refuses until then. */
const pauseMs = 2000;

/** A request on its way. */
export interface PendingAnswer {
	/** Resolves with the first event. Rejects with a {@link ServerFault}. */
	readonly begun: Promise<unknown>;
	/** Ends it on the wire. */
	readonly close: () => void;
}

export interface WarmUpOptions {
	readonly origin: string;
	readonly clock: Clock;
	readonly health: HealthMonitor;
	/** An answer that takes longer to begin is one that may be waiting for the model. */
	readonly slowMs: number;
	/** Hears what a server that didn't load its model has instead. */
	readonly didFail: (fault: ServerFault) => void;
	/** Ends it for good. */
	readonly disposed: AbortSignal;
}

/**
 * Lets a server load its model. Some give the load up when whoever asked leaves (Ollama, LM Studio), so that a
 * person who types, and is never willing to wait for a minute, would never get an answer: one request lives on
 * apart from those who want completions, until its first event comes. Others refuse until it is loaded (llama.cpp):
 * they are asked again and again. No other completion is sent meanwhile, and the health says why.
 */
export class WarmUp {
	readonly #options: WarmUpOptions;
	#running: AbortController | undefined;
	#sentence: string;
	#answeredAt = -Infinity;
	/** When the first of the requests was sent that had no answer yet. */
	#unansweredSince: number | undefined;

	constructor(options: WarmUpOptions) {
		this.#options = options;
		this.#sentence = loadingSentence(options.origin);
	}

	/** For whoever isn't served while it is running. */
	get fault(): ServerFault {
		return new ServerFault("serverLoading", this.#sentence);
	}

	get isRunning(): boolean {
		return this.#running !== undefined;
	}

	didSend(): void {
		this.#unansweredSince ??= this.#options.clock.now();
	}

	/** An answer began: the model is in memory. */
	didAnswer(): void {
		this.#answeredAt = this.#options.clock.now();
		this.#unansweredSince = undefined;
		this.#running?.abort();
		this.#running = undefined;
	}

	/** Whether a request that is left after `waitedMs` may be all that keeps the server loading. */
	wants(waitedMs: number): boolean {
		if (this.isRunning) {
			return false;
		}
		const now = this.#options.clock.now();
		const mayBeCold = now - this.#answeredAt > warmForMs;
		const unansweredMs = now - (this.#unansweredSince ?? now);
		return Math.max(waitedMs, mayBeCold ? unansweredMs : 0) >= this.#options.slowMs;
	}

	/** Keeps a request that was left until its first event; asks again if it is refused until then. Must not be running. */
	keep(request: PendingAnswer, ask: () => PendingAnswer): void {
		const { origin } = this.#options;
		const running = this.#start(
			`${origin} hasn't begun to answer; it probably loads its model. Nothing else is asked until it has.`,
		);
		running.signal.addEventListener("abort", request.close, { once: true });
		void this.#until(running, request.begun).then(async (stillLoads) => {
			if (stillLoads) {
				await this.#poll(running, ask);
			}
		});
	}

	/** Asks again until the server has loaded its model. Does nothing while it is running. */
	poll(ask: () => PendingAnswer): void {
		if (!this.isRunning) {
			void this.#poll(this.#start(loadingSentence(this.#options.origin)), ask);
		}
	}

	#start(sentence: string): AbortController {
		const { health, clock, disposed } = this.#options;
		const running = new AbortController();
		this.#running = running;
		this.#sentence = sentence;
		disposed.addEventListener("abort", () => running.abort(), { signal: running.signal });
		health.report("loading", sentence);
		void clock.sleep(longestLoadMs, running.signal).then(() => {
			this.#giveUp(running);
		});
		return running;
	}

	async #poll(running: AbortController, ask: () => PendingAnswer): Promise<void> {
		for (;;) {
			await this.#options.clock.sleep(pauseMs, running.signal);
			if (running.signal.aborted) {
				return;
			}
			const request = ask();
			running.signal.addEventListener("abort", request.close, { once: true });
			if (!(await this.#until(running, request.begun))) {
				return;
			}
			running.signal.removeEventListener("abort", request.close);
		}
	}

	/** Whether it is still running: the server says that it still loads. */
	async #until(running: AbortController, begun: Promise<unknown>): Promise<boolean> {
		const { health, origin } = this.#options;
		try {
			await begun;
		} catch (error) {
			if (!(error instanceof ServerFault)) {
				throw error;
			}
			const isLoading = error.code === "serverLoading";
			if (!running.signal.aborted && !isLoading) {
				this.#stop(running);
				this.#options.didFail(error);
			}
			return !running.signal.aborted;
		}
		if (!running.signal.aborted) {
			health.report("ready", `${origin} answers.`);
			this.didAnswer();
		}
		return false;
	}

	#giveUp(running: AbortController): void {
		if (running.signal.aborted) {
			return;
		}
		this.#stop(running);
		this.#options.didFail(
			new ServerFault(
				"serverUnreachable",
				`${this.#options.origin} didn't load its model within ${longestLoadMs / 60_000} minutes; look at its log.`,
			),
		);
	}

	#stop(running: AbortController): void {
		this.#running = undefined;
		running.abort();
	}
}
