import { assert } from "../../base/assert.ts";
import type { Clock } from "../../base/clock.ts";
import type {
	Engine,
	FinishReason,
	GeneratedToken,
	GenerateRequest,
	GenerateResult,
} from "../../engine/engine.ts";
import { EngineError } from "../../engine/errors.ts";
import type { TokenId, Tokenizer } from "../../tokenizer/tokenizer.ts";
import { LanguageModelError } from "../errors.ts";
import type { AnswerEnd, AnswerResult, AnswerUsage } from "../languageModel.ts";
import { HeldText, type ReleasedText } from "./heldText.ts";
import { withResult } from "./withResult.ts";

/** What a local language model is made of. */
export interface EngineModelParts<Manifest> {
	readonly engine: Pick<Engine, "generate">;
	/** Of the same model as `manifest`. */
	readonly tokenizer: Tokenizer;
	readonly manifest: Manifest;
	readonly clock: Clock;
}

export interface EngineQuestion {
	readonly request: Omit<GenerateRequest, "maxNewTokens">;
	/** Without those that only write again what was healed. */
	readonly maxAnswerTokens: number;
	readonly stopStrings: readonly string[];
}

export interface EngineAnswer extends AnswerResult {
	/** What the engine wrote, whether it was shown or not. */
	readonly tokens: readonly TokenId[];
}

/**
 * One answer of the engine as text: decoded to whole characters, without what was healed, cut before stop
 * strings and at `maxAnswerTokens`. Throws a LanguageModelError only.
 */
export async function* engineAnswer(
	{ engine, tokenizer, clock }: Omit<EngineModelParts<unknown>, "manifest">,
	question: EngineQuestion,
	signal: AbortSignal,
): AsyncGenerator<ReleasedText, EngineAnswer, void> {
	if (signal.aborted) {
		return { end: "cancelled", tokens: [], usage: nothingAsked };
	}
	const startMs = clock.now();
	const healBytes = question.request.healBytes?.length ?? 0;
	const own = new AbortController();
	const stream = engine.generate(
		// As many tokens as the healed bytes could take at most: one each.
		{ ...question.request, maxNewTokens: question.maxAnswerTokens + healBytes },
		AbortSignal.any([signal, own.signal]),
	);
	const text = new AnswerText(tokenizer, question, healBytes);
	let firstTextMs: number | undefined;
	const told = (released: ReleasedText): ReleasedText => {
		firstTextMs ??= clock.now() - startMs;
		return released;
	};
	const ended: { result?: GenerateResult } = {};
	try {
		for await (const tokens of withResult(stream, (result) => (ended.result = result))) {
			text.push(tokens);
			if (text.end !== undefined) {
				// Aborting, unlike leaving the loop, lets the engine say what it did.
				own.abort();
			}
			const released = text.end === undefined ? text.release() : text.releaseAll();
			if (released !== undefined) {
				yield told(released);
			}
		}
	} catch (error) {
		throw asLanguageModelError(error);
	}
	assert(ended.result !== undefined, "an engine that didn't fail says how it ended");
	const { finishReason, stats } = ended.result;
	const end = text.end ?? endOf(finishReason);
	const rest = text.releaseAll();
	if (rest !== undefined && end !== "cancelled" && end !== "superseded") {
		yield told(rest);
	}
	return {
		end,
		tokens: text.tokens,
		usage: {
			promptTokens: stats.promptTokens,
			cachedTokens: stats.reusedTokens,
			answerTokens: text.answerTokens,
			firstTextMs,
			totalMs: clock.now() - startMs,
		},
	};
}

const nothingAsked: AnswerUsage = {
	promptTokens: undefined,
	cachedTokens: undefined,
	answerTokens: undefined,
	firstTextMs: undefined,
	totalMs: 0,
};

/** A fault of the engine in the words of language models; bugs stay what they are. */
function asLanguageModelError(error: unknown): unknown {
	if (!(error instanceof EngineError)) {
		return error;
	}
	const code = error.code === "promptTooLong" ? "promptTooLong" : "engineFailed";
	return new LanguageModelError(code, error.message, { cause: error });
}

/** Turns the tokens of one answer into text. */
class AnswerText {
	/** Why the answer is over, where that is decided here. */
	end: AnswerEnd | undefined;
	answerTokens = 0;
	readonly tokens: TokenId[] = [];
	readonly #tokenizer: Tokenizer;
	readonly #maxTokens: number;
	readonly #held: HeldText;
	// Without ignoreBOM a U+FEFF at the start of an answer would vanish.
	readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
	#toDrop: number;

	constructor(tokenizer: Tokenizer, question: EngineQuestion, healBytes: number) {
		this.#tokenizer = tokenizer;
		this.#maxTokens = question.maxAnswerTokens;
		this.#held = new HeldText(question.stopStrings);
		this.#toDrop = healBytes;
	}

	push(tokens: readonly GeneratedToken[]): void {
		for (const { id, probability } of tokens) {
			if (this.end !== undefined) {
				return;
			}
			this.tokens.push(id);
			const bytes = this.#tokenizer.bytesOf(id);
			const dropped = Math.min(this.#toDrop, bytes.length);
			this.#toDrop -= dropped;
			if (dropped > 0 && dropped === bytes.length) {
				// It only writes again what stands before the hole.
				continue;
			}
			this.answerTokens++;
			const text = this.#decoder.decode(bytes.subarray(dropped), { stream: true });
			this.#held.push(text, Math.log(probability));
			if (this.#held.stopped) {
				this.end = "stop";
			} else if (this.answerTokens === this.#maxTokens) {
				this.end = "length";
			}
		}
	}

	release(): ReleasedText | undefined {
		return this.#held.release();
	}

	/** What is left, but for half a character at the end. */
	releaseAll(): ReleasedText | undefined {
		return this.#held.releaseAll();
	}
}

function endOf(finishReason: FinishReason): AnswerEnd {
	switch (finishReason) {
		case "stop":
		case "length":
		case "superseded":
		case "unlikely":
			return finishReason;
		case "aborted":
			return "cancelled";
		case "unhealable":
			// Nothing that the model can write continues what stands before the hole.
			return "unlikely";
	}
}
