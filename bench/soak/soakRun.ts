import { setTimeout as sleep } from "node:timers/promises";
import { isUserError } from "../../src/base/userError.ts";
import { systemClock } from "../../src/base/clock.ts";
import type { Trace } from "../../src/cli/bench/trace.ts";
import type { WindowStorage } from "../../src/completion/recentPieces.ts";
import { greedySampling } from "../../src/engine/engine.ts";
import type { BundledModel } from "../../src/model/bundledModel.ts";
import { hangMs } from "../../test/support/hangGuard.ts";
import type { Dice } from "./dice.ts";
import { JumpingClock } from "./jumpingClock.ts";
import { LogTally } from "./logTally.ts";
import type { ModelFiles } from "./modelFiles.ts";
import { OutcomeLedger } from "./outcomeLedger.ts";
import { childRunning } from "./processes.ts";
import { SoakTypist } from "./soakTypist.ts";
import { SoakWindow, type OpenedModel, type SoakFolders } from "./soakWindow.ts";

export interface SoakRunOptions {
	readonly folders: SoakFolders;
	readonly models: ModelFiles;
	readonly model: BundledModel;
	readonly traces: readonly Trace[];
	/** Decides what exactly a fault does. */
	readonly dice: Dice;
	/** Decides what the person does; another one, since how often it is asked depends on what is shown. */
	readonly typistDice: Dice;
	/** Between two keys, at most, in milliseconds; 0 types as fast as answers come. */
	readonly maxPauseMs: number;
}

/** Something never happened that has to. */
export class HangError extends Error {
	override readonly name = "HangError";
}

/** The window, the person and the books of one run. */
export class SoakRun {
	readonly options: SoakRunOptions;
	readonly clock = new JumpingClock(systemClock);
	readonly log = new LogTally();
	readonly ledger = new OutcomeLedger();
	readonly typist: SoakTypist;
	/** What must never be, in sentences, beside what {@link ledger} and {@link log} know. */
	readonly violations: string[] = [];
	/** How often somebody had to use “Mote: Restart Engine”. */
	restartsByHand = 0;
	#window: SoakWindow | undefined;
	/** In the editor, the workspace's storage: outlives the window, as text. */
	#pieces: string | undefined;

	constructor(options: SoakRunOptions) {
		this.options = options;
		this.typist = new SoakTypist({
			...{ traces: options.traces, dice: options.typistDice, ledger: this.ledger },
			provider: () => this.#window?.model?.provider,
		});
	}

	get window(): SoakWindow {
		if (this.#window === undefined) {
			throw new Error("no window is open");
		}
		return this.#window;
	}

	get isOpen(): boolean {
		return this.#window !== undefined;
	}

	async openWindow(): Promise<void> {
		const { folders, model } = this.options;
		const piecesStorage: WindowStorage = {
			read: () => {
				const kept: unknown = this.#pieces === undefined ? undefined : JSON.parse(this.#pieces);
				return kept;
			},
			write: (value) => (this.#pieces = JSON.stringify(value)),
		};
		this.#window = new SoakWindow({
			...{ folders, model, piecesStorage, clock: this.clock, logger: this.log },
			onDidFinish: () => this.ledger.noteReported(),
		});
		await this.inTime(this.#window.open(), "a window opens");
	}

	/** What has been asked ends with it. */
	async closeWindow(): Promise<void> {
		const { window } = this;
		await this.inTime(window.close(), "a window closes");
		await this.inTime(this.typist.settled(), "every request ends when its window closes");
		this.#window = undefined;
	}

	/** Types so many edits, each when the one before it was answered and somebody has looked. */
	async type(keys: number): Promise<void> {
		for (let key = 0; key < keys; key++) {
			await this.inTime(this.typist.key(), "a request ends");
			const pauseMs = Math.min(this.typist.pauseMs, this.options.maxPauseMs);
			if (pauseMs > 0) {
				await sleep(pauseMs);
			}
		}
	}

	/** Types so many edits without waiting for any answer, one each `everyMs`. */
	async typeBlindly(keys: number, everyMs: number): Promise<void> {
		for (let key = 0; key < keys; key++) {
			this.typist.press();
			await sleep(everyMs);
		}
	}

	/**
	 * Resolves when the engine answers again: how long that took, in milliseconds. Where it has given up, somebody
	 * restarts it.
	 */
	recovered(): Promise<number> {
		const startMs = performance.now();
		return this.inTime(
			this.#untilAnswered().then(() => performance.now() - startMs),
			"the engine answers again",
		);
	}

	/** What somebody does who reads that the engine has failed, or whose model is back. */
	async restartByHand(): Promise<void> {
		this.restartsByHand++;
		await this.inTime(this.window.open(), "the engine is restarted");
	}

	/** Resolves when it is clear who answers without `model`, as a sentence's part. */
	async decidedWithout(model: BundledModel): Promise<string> {
		for (;;) {
			const { status } = this.window;
			if (status.kind === "failed") {
				return "nobody could answer";
			}
			if (status.kind === "ready" && status.model.name !== `mote-${model}`) {
				return `${status.model.name} took over`;
			}
			await sleep(5);
		}
	}

	/** The process of the engine that runs now, or the next one. */
	async engineProcess(): Promise<number> {
		return await this.inTime(this.#untilEngineRuns(), "an engine's process runs");
	}

	/** `promise`, unless it takes so long that it never comes. */
	async inTime<Value>(promise: Promise<Value>, what: string): Promise<Value> {
		const over = new AbortController();
		const hung = sleep(hangMs, undefined, { signal: over.signal }).then(
			() => {
				throw new HangError(`This never happened: ${what}.`);
			},
			() => new Promise<never>(() => undefined),
		);
		try {
			return await Promise.race([promise, hung]);
		} finally {
			over.abort();
		}
	}

	async #untilEngineRuns(): Promise<number> {
		for (;;) {
			const found = childRunning("engineProcess.js");
			if (found !== undefined && this.window.status.kind === "ready") {
				return found.pid;
			}
			if (this.window.status.kind === "failed") {
				await this.restartByHand();
			}
			await sleep(5);
		}
	}

	async #untilAnswered(): Promise<void> {
		for (;;) {
			const { model, status } = this.window;
			if (status.kind === "failed") {
				await this.restartByHand();
			} else if (model === undefined || !(await answers(model))) {
				// Another process, or another model, is being started.
				await sleep(5);
			} else {
				return;
			}
		}
	}
}

/** Whether the engine writes a token. Waits for a process that starts. */
async function answers({ engine, tokenizer }: OpenedModel): Promise<boolean> {
	const request = {
		prompt: tokenizer.encode("const"),
		maxNewTokens: 1,
		stopTokens: [],
		sampling: greedySampling,
		priority: "completion",
		minJointProbability: 0,
		maxDraftTokens: 0,
	} as const;
	try {
		const stream = engine.generate(request, new AbortController().signal);
		let next = await stream.next();
		let tokens = 0;
		while (next.done !== true) {
			tokens += next.value.length;
			next = await stream.next();
		}
		return tokens > 0;
	} catch (error) {
		if (isUserError(error)) {
			return false;
		}
		throw error;
	}
}
