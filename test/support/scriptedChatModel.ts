import { assert } from "../../src/base/assert.ts";
import { LanguageModelError } from "../../src/languageModel/errors.ts";
import type {
	AnswerEnd,
	AnswerResult,
	ChatModel,
	ChatRequest,
	ModelDescription,
} from "../../src/languageModel/languageModel.ts";

export type ChatScript =
	/** Writes `text` and ends. */
	| { readonly kind: "answer"; readonly text: string; readonly end?: AnswerEnd }
	/** Writes `text` and then dots without end, a token each. */
	| { readonly kind: "endless"; readonly text: string }
	/** Writes `text` and then waits until it is stopped. */
	| { readonly kind: "hold"; readonly text: string }
	/** Writes `text` and fails. */
	| { readonly kind: "fail"; readonly text: string; readonly error?: Error };

/**
 * A ChatModel that follows scripts, one entry for each request, and records what it was asked. A token is
 * four UTF-16 units, rounded up. Passes the contract of chat models.
 */
export class ScriptedChatModel implements ChatModel {
	readonly description: ModelDescription;
	readonly tokensPerMessage = 4;
	readonly requests: ChatRequest[] = [];
	/** Requests that have neither ended nor been given up. */
	active = 0;
	readonly #scripts: ChatScript[] = [];
	#always: ChatScript | undefined;

	constructor(description: Partial<ModelDescription> = {}) {
		this.description = {
			id: "local/scripted",
			name: "scripted",
			place: "local",
			server: undefined,
			contextTokens: 8192,
			...description,
		};
	}

	enqueue(...scripts: readonly ChatScript[]): void {
		this.#scripts.push(...scripts);
	}

	/** Instead of a queue: what every request from now on meets. Without a script, an answer. */
	scriptNext(script: ChatScript = { kind: "answer", text: "An answer." }): void {
		this.#always = script;
	}

	countTokens(text: string): number {
		return Math.ceil(text.length / 4);
	}

	async *answer(
		request: ChatRequest,
		signal: AbortSignal,
	): AsyncGenerator<string, AnswerResult, void> {
		if (signal.aborted) {
			return this.#result(request, "cancelled", 0);
		}
		this.requests.push(request);
		const script = this.#scripts.shift() ?? this.#always;
		assert(script !== undefined, "the model was asked more often than the script says");
		this.active++;
		try {
			let written = 0;
			for (const piece of pieces(script)) {
				await nextTurn();
				if (isAborted(signal)) {
					return this.#result(request, "cancelled", written);
				}
				if (written >= request.maxAnswerTokens) {
					return this.#result(request, "length", written);
				}
				written++;
				yield piece;
			}
			if (script.kind === "fail") {
				throw (
					script.error ??
					new LanguageModelError("engineFailed", "The model failed; restart the engine.")
				);
			}
			if (script.kind === "hold") {
				await aborted(signal);
				return this.#result(request, "cancelled", written);
			}
			const end = script.kind === "answer" ? (script.end ?? "stop") : "stop";
			return this.#result(request, end, written);
		} finally {
			this.active--;
		}
	}

	#result({ messages }: ChatRequest, end: AnswerEnd, answerTokens: number): AnswerResult {
		const promptTokens = messages.reduce(
			(sum, { content }) => sum + this.countTokens(content) + this.tokensPerMessage,
			this.tokensPerMessage,
		);
		return {
			end,
			usage: { promptTokens, cachedTokens: 0, answerTokens, firstTextMs: 0, totalMs: 0 },
		};
	}
}

/** As finely as may be: whole characters, also where several code points make one. */
function* pieces({ kind, text }: ChatScript): Generator<string, void, void> {
	for (const { segment } of new Intl.Segmenter().segment(text)) {
		yield segment;
	}
	while (kind === "endless") {
		yield ".";
	}
}

function nextTurn(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) {
			resolve();
		} else {
			signal.addEventListener("abort", () => resolve(), { once: true });
		}
	});
}

/** Asked again after a wait: what was known of a signal before it says nothing. */
function isAborted(signal: AbortSignal): boolean {
	return signal.aborted;
}
