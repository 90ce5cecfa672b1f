import { abortReason } from "../base/abort.ts";
import type { Clock } from "../base/clock.ts";
import type {
	Engine,
	GeneratedToken,
	GenerateRequest,
	GenerateResult,
	PrefillListener,
	PrefillProgress,
} from "../engine/engine.ts";

/** A prompt that is read sooner is not worth a word: while one types, it would only flicker. */
const quietMs = 1000;

export interface PrefillWatchOptions {
	readonly clock: Clock;
	/** Hears how far a prompt is that takes long to read; undefined when none does any more. */
	readonly onDidChange: (progress: PrefillProgress | undefined) => void;
}

interface Reading {
	progress: PrefillProgress;
	isLong: boolean;
}

/** Says how far long prompts are read, for whoever waits for an engine. */
export class PrefillWatch {
	readonly #options: PrefillWatchOptions;
	/** Prompts that are being read, the latest last. */
	readonly #readings = new Set<Reading>();
	#isShown = false;

	constructor(options: PrefillWatchOptions) {
		this.#options = options;
	}

	/** Requests of what is returned are watched. */
	watch(engine: Engine): Engine {
		return {
			generate: (request, signal, onPrefill) => this.#generate(engine, request, signal, onPrefill),
			dispose: () => engine.dispose(),
		};
	}

	async *#generate(
		engine: Engine,
		request: GenerateRequest,
		signal: AbortSignal,
		onPrefill: PrefillListener | undefined,
	): AsyncGenerator<readonly GeneratedToken[], GenerateResult, void> {
		const ended = new AbortController();
		let reading: Reading | undefined;
		const listener: PrefillListener = (progress) => {
			onPrefill?.(progress);
			if (reading === undefined) {
				reading = { progress, isLong: false };
				this.#readings.add(reading);
				void this.#showWhenLong(reading, ended.signal);
			}
			reading.progress = progress;
			if (progress.readTokens >= progress.promptTokens) {
				ended.abort(abortReason);
				this.#readings.delete(reading);
			}
			this.#tell();
		};
		try {
			return yield* engine.generate(request, signal, listener);
		} finally {
			ended.abort(abortReason);
			if (reading !== undefined && this.#readings.delete(reading)) {
				this.#tell();
			}
		}
	}

	async #showWhenLong(reading: Reading, ended: AbortSignal): Promise<void> {
		await this.#options.clock.sleep(quietMs, ended);
		if (!ended.aborted) {
			reading.isLong = true;
			this.#tell();
		}
	}

	#tell(): void {
		const latest = [...this.#readings].findLast(({ isLong }) => isLong);
		if (latest !== undefined || this.#isShown) {
			this.#isShown = latest !== undefined;
			this.#options.onDidChange(latest?.progress);
		}
	}
}
