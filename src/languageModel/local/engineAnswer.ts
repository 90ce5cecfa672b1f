import { abortReason } from "../../base/abort.ts";
import { assert } from "../../base/assert.ts";
import { withResult } from "../../base/asyncGenerators.ts";
import type { Clock } from "../../base/clock.ts";
import type {
	Engine,
	FinishReason,
	GeneratedToken,
	GenerateRequest,
	GenerateResult,
	GenerateStats,
} from "../../engine/engine.ts";
import { EngineError } from "../../engine/errors.ts";
import type { StreamDecoder, TokenId, Tokenizer } from "../../tokenizer/tokenizer.ts";
import { LanguageModelError } from "../errors.ts";
import { HeldText } from "../heldText.ts";
import { likelyPieces, type LikelyPiece } from "./likelyPieces.ts";
import {
	uncountedUsage,
	type AnswerEnd,
	type AnswerResult,
	type InfillText,
} from "../languageModel.ts";

/** What a local language model is made of. */
export interface EngineModelParts<Manifest> {
	readonly engine: Pick<Engine, "generate">;
	/** Of the same model as `manifest`. */
	readonly tokenizer: Tokenizer;
	readonly manifest: Manifest;
	readonly clock: Clock;
}

export interface EngineQuestion {
	readonly request: GenerateRequest;
	readonly stopStrings: readonly string[];
}

export interface EngineAnswer extends AnswerResult {
	/** What the engine wrote, whether it was shown or not. */
	readonly tokens: readonly TokenId[];
	/** Undefined when the engine wasn't asked. */
	readonly stats: GenerateStats | undefined;
}

/**
 * One answer of the engine as text: decoded to whole characters, without what was healed, cut before stop
 * strings. Comes token by token, however many of them a pass of the engine gave. Throws a LanguageModelError only.
 */
export async function* engineAnswer(
	{ engine, tokenizer, clock }: Omit<EngineModelParts<unknown>, "manifest">,
	question: EngineQuestion,
	signal: AbortSignal,
): AsyncGenerator<InfillText, EngineAnswer, void> {
	if (signal.aborted) {
		return { end: "cancelled", tokens: [], usage: uncountedUsage, stats: undefined };
	}
	const startMs = clock.now();
	const healBytes = question.request.healBytes?.length ?? 0;
	const own = new AbortController();
	const stream = engine.generate(question.request, AbortSignal.any([signal, own.signal]));
	const text = new AnswerReader(tokenizer, question, healBytes);
	let firstTextMs: number | undefined;
	const told = (released: InfillText): InfillText => {
		firstTextMs ??= clock.now() - startMs;
		return released;
	};
	const ended: { result?: GenerateResult } = {};
	try {
		for await (const tokens of withResult(stream, (result) => (ended.result = result))) {
			for (const token of tokens) {
				for (const piece of text.piecesOf(token)) {
					text.push(piece);
					const released = text.release();
					if (released !== undefined) {
						yield told(released);
					}
				}
			}
			if (text.isStopped) {
				// Aborting, unlike leaving the loop, lets the engine say what it did.
				own.abort(abortReason);
			}
		}
	} catch (error) {
		throw asLanguageModelError(error);
	}
	assert(ended.result !== undefined, "an engine that didn't fail says how it ended");
	const { finishReason, stats } = ended.result;
	const end = text.isStopped ? "stop" : endOf(finishReason);
	const rest = text.releaseAll();
	if (rest !== undefined && end !== "cancelled" && end !== "superseded") {
		yield told(rest);
	}
	return {
		end,
		tokens: text.tokens,
		stats,
		usage: {
			promptTokens: stats.promptTokens,
			cachedTokens: stats.reusedTokens,
			answerTokens: text.answerTokens,
			firstTextMs,
			totalMs: clock.now() - startMs,
		},
	};
}

/** A fault of the engine in the words of language models; bugs stay what they are. */
function asLanguageModelError(error: unknown): unknown {
	if (!(error instanceof EngineError)) {
		return error;
	}
	const code = error.code === "promptTooLong" ? "promptTooLong" : "engineFailed";
	return new LanguageModelError(code, error.message, { cause: error });
}

/** Turns the tokens of one answer into text. */
class AnswerReader {
	answerTokens = 0;
	readonly tokens: TokenId[] = [];
	readonly #tokenizer: Tokenizer;
	readonly #decoder: StreamDecoder;
	readonly #held: HeldText;
	#bytesToHeal: number;
	/** How likely the text so far is, where the engine tells. */
	#textProbability = 1;

	constructor(tokenizer: Tokenizer, question: EngineQuestion, healBytes: number) {
		this.#tokenizer = tokenizer;
		this.#decoder = tokenizer.createStreamDecoder(healBytes);
		this.#held = new HeldText(question.stopStrings);
		this.#bytesToHeal = healBytes;
	}

	/** Whether a stop string was seen; nothing counts after it. */
	get isStopped(): boolean {
		return this.#held.stopped;
	}

	/** The text that a token adds, in pieces that differ in how likely they are; at least one, which may be empty. */
	piecesOf({ id, probability, textProbabilities }: GeneratedToken): readonly LikelyPiece[] {
		if (this.isStopped) {
			return [];
		}
		this.tokens.push(id);
		this.answerTokens += this.#isHealedBy(id) ? 0 : 1;
		const text = this.#decoder.push([id]);
		if (textProbabilities === undefined) {
			// One that only heals has no text of its own, and what follows is no likelier than it.
			return [{ text, logProbability: Math.log(probability) }];
		}
		const before = this.#textProbability;
		this.#textProbability = textProbabilities.at(-1) ?? before;
		return likelyPieces({ text, textProbabilities, before });
	}

	push({ text, logProbability }: LikelyPiece): void {
		this.#held.push(text, logProbability);
	}

	release(): InfillText | undefined {
		return this.#held.release();
	}

	/** What is left, but for half a character at the end. */
	releaseAll(): InfillText | undefined {
		return this.#held.releaseAll();
	}

	/** Whether `token` only writes again what stands before the hole. */
	#isHealedBy(token: TokenId): boolean {
		if (this.#bytesToHeal === 0) {
			return false;
		}
		const { length } = this.#tokenizer.bytesOf(token);
		const isAllHealing = length <= this.#bytesToHeal;
		this.#bytesToHeal = isAllHealing ? this.#bytesToHeal - length : 0;
		return isAllHealing;
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
