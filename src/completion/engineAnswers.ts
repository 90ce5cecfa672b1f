import { yieldToEventLoop } from "../base/abort.ts";
import { greedySampling, type GenerateRequest } from "../engine/engine.ts";
import {
	engineAnswer,
	type EngineAnswer,
	type EngineModelParts,
	type EngineQuestion,
} from "../languageModel/local/engineAnswer.ts";
import type { ModelManifest } from "../model/manifest.ts";
import type { ContextPiece } from "../context/source.ts";
import { FimPromptBuilder, maxPiecesShare, type FimInput, type FimPrompt } from "../prompt/fim.ts";
import { promptBudget } from "../prompt/promptBudget.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { AnswerQuestion, AnswerSource, AnswerText } from "./answerSource.ts";
import type { CompletionPlace } from "./completionPlace.ts";
import type { CompletionConfig } from "./completionProvider.ts";
import { isLongDocument } from "./longDocument.ts";
import type { PromptTrace } from "./promptTrace.ts";

export interface EngineAnswersOptions extends EngineModelParts<ModelManifest> {
	/** Hears of every prompt that goes to the engine. */
	readonly onDidPrompt?: (trace: PromptTrace) => void;
}

/** Every completion of a window takes the place of the one before it. */
const supersedeKey = "completion";

/** Code repeats itself in short runs; a longer draft is rarely right to its end, and each of its tokens costs. */
const maxDraftTokens = 4;

/**
 * What is read before a first answer, and what a prompt that stands in for a longer one may have. Reading so many takes two
 * threads with AVX2 about 40 ms, which with the answer's own passes is what a person doesn't notice.
 */
const tokensAtOnce = 128;

/** Answers of this machine's engine: prompts in tokens, healed, gated, and mixed with what was learned. */
export class EngineAnswers implements AnswerSource {
	readonly #options: EngineAnswersOptions;
	readonly #prompts: FimPromptBuilder;
	/** What the latest prompt that was read whole began with. */
	#readPieces: { readonly path: string; readonly pieces: readonly ContextPiece[] } | undefined;

	/** Throws a UserError "modelUnusable" when the model can't fill in the middle. */
	constructor(options: EngineAnswersOptions) {
		this.#options = options;
		this.#prompts = new FimPromptBuilder(options.tokenizer, options.manifest);
	}

	maxPiecesTokens(_place: CompletionPlace, config: CompletionConfig): number {
		return this.#prompts.takesPieces
			? Math.floor(promptBudget(config, this.#options.manifest).maxPromptTokens * maxPiecesShare)
			: 0;
	}

	async *answer(question: AnswerQuestion, signal: AbortSignal): AnswerText {
		if (isLongDocument(question.place.text)) {
			await yieldToEventLoop();
		}
		const answer = yield* engineAnswer(this.#options, this.#questionFor(question), signal);
		this.#note(question, answer);
		return answer;
	}

	async prepare(question: AnswerQuestion, signal: AbortSignal): Promise<void> {
		const request: GenerateRequest = {
			prompt: this.#prompts.build(this.#inputFor(question)).tokens,
			maxNewTokens: 0,
			stopTokens: [],
			sampling: greedySampling,
			priority: "background",
			supersedeKey,
			// A document that looks like a secret is completed in like any other, but nothing of it stays.
			mayPersist: !question.place.isSecret,
			minJointProbability: 0,
			maxDraftTokens: 0,
		};
		const answer = engineAnswer(this.#options, { request, stopStrings: [] }, signal);
		let step = await answer.next();
		while (step.done !== true) {
			// Nothing is written: the answer has no room.
			step = await answer.next();
		}
		this.#note(question, step.value);
	}

	#note({ place: { path }, pieces }: AnswerQuestion, { stats }: EngineAnswer): void {
		const isRead =
			stats?.isStandIn === false &&
			stats.reusedTokens + stats.prefilledTokens === stats.promptTokens;
		this.#readPieces = isRead ? { path, pieces } : this.#readPieces;
	}

	#inputFor({ place, pieces, config }: AnswerQuestion): FimInput {
		return {
			path: place.path,
			text: place.text,
			prefixEnd: place.offset,
			suffixStart: place.suffixStart,
			maxTokens: promptBudget(config, this.#options.manifest).maxPromptTokens,
			pieces,
		};
	}

	/**
	 * What may be answered until `prompt` has been read: the same behind the pieces of other files that were read before, for
	 * they change between lines and stand in front of everything; or the nearest lines alone.
	 */
	#standInsFor(prompt: FimPrompt, input: FimInput): readonly (readonly TokenId[])[] {
		if (prompt.tokens.length <= tokensAtOnce) {
			return [];
		}
		const inputs: FimInput[] = [{ ...input, maxTokens: tokensAtOnce, pieces: [] }];
		const read = this.#readPieces;
		if (read?.path === input.path && read.pieces !== input.pieces) {
			inputs.unshift({ ...input, pieces: read.pieces });
		}
		return inputs
			.map((each) => this.#prompts.build(each))
			.filter(({ healBytes }) => areEqual(healBytes, prompt.healBytes))
			.map(({ tokens }) => tokens);
	}

	#questionFor(question: AnswerQuestion): EngineQuestion {
		const { place, pieces, config } = question;
		const { maxNewTokens } = promptBudget(config, this.#options.manifest);
		const input = this.#inputFor(question);
		const prompt = this.#prompts.build(input);
		const standIns = question.isAwaited ? [] : this.#standInsFor(prompt, input);
		this.#options.onDidPrompt?.({
			path: place.path,
			promptTokens: prompt.tokens.length,
			pieces: prompt.pieceCount === 0 ? [] : pieces.slice(-prompt.pieceCount),
			leftOut: pieces.length - prompt.pieceCount,
			prefix: prompt.prefix,
			suffix: prompt.suffix,
		});
		return {
			request: {
				prompt: prompt.tokens,
				maxNewTokens,
				stopTokens: this.#prompts.stopTokens,
				sampling: greedySampling,
				priority: "completion",
				supersedeKey,
				mayPersist: !place.isSecret,
				healBytes: prompt.healBytes,
				minJointProbability: config.minJointProbability,
				maxDraftTokens,
				...(standIns.length > 0 && {
					standIns: { prompts: standIns, maxUnreadTokens: tokensAtOnce },
				}),
				...(config.adaptation
					? {
							adaptation: {
								file: place.path,
								repository: true,
								...this.#prompts.fileTokens(input),
							},
						}
					: {}),
			},
			// Where an answer ends beside the model's own stop tokens is seen by who asked.
			stopStrings: [],
		};
	}
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
