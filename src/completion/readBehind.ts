import { abortReason } from "../base/abort.ts";
import type { GenerateStats } from "../engine/engine.ts";
import type { AnswerQuestion, AnswerSource } from "./answerSource.ts";

/**
 * Reads, behind an answer to a prompt that stood in for the whole one, the whole one, so that one of the next keys has it. It
 * goes on while answers that are known are shown and while the debounce waits, until the engine is asked again.
 */
export class ReadBehind {
	readonly #answers: Pick<AnswerSource, "prepare">;
	readonly #onFault: (error: unknown) => void;
	#current = new AbortController();
	#read = Promise.resolve();

	constructor(answers: Pick<AnswerSource, "prepare">, onFault: (error: unknown) => void) {
		this.#answers = answers;
		this.#onFault = onFault;
	}

	/** In place of what was being read. `stats` are those of the answer to `question`, when the engine has stopped. */
	start(question: AnswerQuestion, stats: Promise<GenerateStats | undefined>): void {
		this.stop();
		this.#current = new AbortController();
		this.#read = this.#readAfter(stats, question, this.#current.signal);
	}

	stop(): void {
		this.#current.abort(abortReason);
	}

	/** When nothing is being read any more. Never rejects. */
	async settled(): Promise<void> {
		await this.#read;
	}

	async #readAfter(
		stats: Promise<GenerateStats | undefined>,
		question: AnswerQuestion,
		signal: AbortSignal,
	): Promise<void> {
		try {
			if ((await stats)?.isStandIn === true && !signal.aborted) {
				await this.#answers.prepare(question, signal);
			}
		} catch (error) {
			if (!signal.aborted) {
				this.#onFault(error);
			}
		}
	}
}
