import { abortReason } from "../base/abort.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { LanguageModelError } from "../languageModel/errors.ts";
import type { AnswerQuestion, AnswerSource, AnswerText } from "./answerSource.ts";
import type { CompletionPlace } from "./completionPlace.ts";
import type { CompletionConfig } from "./completionProvider.ts";

export interface ServerThenEngineOptions {
	/** Looked up for each question: what the user has chosen. */
	readonly server: () => AnswerSource | undefined;
	readonly engine: AnswerSource;
	readonly clock: Clock;
	readonly logger: Logger;
}

/**
 * Someone who types waits no longer than this for the first text of a server. Between the p95 of a
 * loaded team server and what still counts as ghost text for the line at hand.
 */
const firstTextDeadlineMs = 1500;

/**
 * The server that was chosen, and this machine's engine where there is none, where it fails before it has
 * written anything, and where it lets the user wait: an outage must leave the editor usable. A document that may
 * hold credentials is the engine's alone.
 */
export class ServerThenEngine implements AnswerSource {
	readonly #options: ServerThenEngineOptions;

	constructor(options: ServerThenEngineOptions) {
		this.#options = options;
	}

	maxPiecesTokens(place: CompletionPlace, config: CompletionConfig): number {
		return (this.#serverFor(place) ?? this.#options.engine).maxPiecesTokens(place, config);
	}

	async prepare(question: AnswerQuestion, signal: AbortSignal): Promise<void> {
		await (this.#serverFor(question.place) ?? this.#options.engine).prepare(question, signal);
	}

	async *answer(question: AnswerQuestion, signal: AbortSignal): AnswerText {
		const { engine } = this.#options;
		const chosen = this.#serverFor(question.place);
		const begun = chosen === undefined ? undefined : await this.#begin(chosen, question, signal);
		return begun === undefined ? yield* engine.answer(question, signal) : yield* begun;
	}

	/** Credentials don't leave the machine, wherever the user wants completions from. */
	#serverFor(place: CompletionPlace): AnswerSource | undefined {
		return place.isSecret ? undefined : this.#options.server();
	}

	/** Undefined when the server has nothing to say for now. */
	async #begin(
		server: AnswerSource,
		question: AnswerQuestion,
		signal: AbortSignal,
	): Promise<AnswerText | undefined> {
		const { clock, logger } = this.#options;
		const late = new AbortController();
		const begun = new AbortController();
		const text = server.answer(question, AbortSignal.any([signal, late.signal]));
		const first = text.next();
		void clock.sleep(firstTextDeadlineMs, AbortSignal.any([signal, begun.signal])).then(() => {
			if (!begun.signal.aborted) {
				late.abort(abortReason);
			}
		});
		try {
			const step = await first;
			return late.signal.aborted && !signal.aborted ? undefined : resumed(step, text);
		} catch (error) {
			if (!(error instanceof LanguageModelError)) {
				throw error;
			}
			logger.debug(`The local model answers: ${error.message}`);
			return undefined;
		} finally {
			begun.abort(abortReason);
		}
	}
}

/** The generator whose first step was taken already. */
async function* resumed(
	first: Awaited<ReturnType<AnswerText["next"]>>,
	rest: AnswerText,
): AnswerText {
	if (first.done === true) {
		return first.value;
	}
	try {
		yield first.value;
		return yield* rest;
	} finally {
		// Leaving before `rest` is asked again must stop it too.
		await rest.return({ end: "cancelled", stats: undefined });
	}
}
