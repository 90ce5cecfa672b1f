import {
	greedySampling,
	type Engine,
	type FinishReason,
	type GenerateRequest,
} from "../engine/engine.ts";
import type { ModelManifest } from "../model/manifest.ts";
import { FimPromptBuilder, maxPiecesShare } from "../prompt/fim.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { AnswerDecoder } from "./answerDecoder.ts";
import type { AnswerQuestion, AnswerSource, AnswerText, AnswerTextEnd } from "./answerSource.ts";
import type { CompletionConfig } from "./completionProvider.ts";
import { maxHealedTokens, promptBudget } from "./promptBudget.ts";
import type { PromptTrace } from "./promptTrace.ts";

export interface EngineAnswersOptions {
	readonly engine: Engine;
	/** Of the same model as `manifest`. */
	readonly tokenizer: Tokenizer;
	readonly manifest: ModelManifest;
	/** Hears of every prompt that goes to the engine. */
	readonly onDidPrompt?: (trace: PromptTrace) => void;
}

/** Every completion of a window takes the place of the one before it. */
const supersedeKey = "completion";

/** Code repeats itself in short runs; a longer draft is rarely right to its end, and each of its tokens costs. */
const maxDraftTokens = 4;

/** Answers of this machine's engine: prompts in tokens, healed, gated, and mixed with what was learned. */
export class EngineAnswers implements AnswerSource {
	readonly #options: EngineAnswersOptions;
	readonly #prompts: FimPromptBuilder;

	/** Throws a UserError "modelUnusable" when the model can't fill in the middle. */
	constructor(options: EngineAnswersOptions) {
		this.#options = options;
		this.#prompts = new FimPromptBuilder(options.tokenizer, options.manifest);
	}

	maxPiecesTokens(config: CompletionConfig): number {
		return this.#prompts.takesPieces
			? Math.floor(promptBudget(config, this.#options.manifest).maxPromptTokens * maxPiecesShare)
			: 0;
	}

	async *answer(question: AnswerQuestion, signal: AbortSignal): AnswerText {
		const { engine, tokenizer } = this.#options;
		const request = this.#requestFor(question);
		const decoder = new AnswerDecoder(tokenizer, request.healBytes ?? new Uint8Array());
		const tokens = engine.generate(request, signal);
		// Not a for-await loop, because that throws away what the engine says in the end.
		let step = await tokens.next();
		while (step.done !== true) {
			let text = "";
			for (const { id } of step.value) {
				text += decoder.push(id);
			}
			yield text;
			step = await tokens.next();
		}
		return { end: endOf(step.value.finishReason), stats: step.value.stats };
	}

	#requestFor({ place, pieces, config }: AnswerQuestion): GenerateRequest {
		const { maxPromptTokens, maxNewTokens } = promptBudget(config, this.#options.manifest);
		const input = {
			path: place.path,
			text: place.text,
			prefixEnd: place.offset,
			suffixStart: place.suffixStart,
			maxTokens: maxPromptTokens,
			pieces,
		};
		const prompt = this.#prompts.build(input);
		this.#options.onDidPrompt?.({
			path: place.path,
			promptTokens: prompt.tokens.length,
			pieces: prompt.pieceCount === 0 ? [] : pieces.slice(-prompt.pieceCount),
			leftOut: pieces.length - prompt.pieceCount,
			prefix: prompt.prefix,
			suffix: prompt.suffix,
		});
		return {
			prompt: prompt.tokens,
			maxNewTokens: maxNewTokens + (prompt.healBytes.length > 0 ? maxHealedTokens : 0),
			stopTokens: this.#prompts.stopTokens,
			sampling: greedySampling,
			priority: "completion",
			supersedeKey,
			healBytes: prompt.healBytes,
			minJointProbability: config.minJointProbability,
			maxDraftTokens,
			...(config.adaptation
				? {
						adaptation: {
							file: place.path,
							repository: true,
							...this.#prompts.fileTokens(input),
						},
					}
				: {}),
		};
	}
}

function endOf(finishReason: FinishReason): AnswerTextEnd {
	switch (finishReason) {
		case "stop":
			return "model";
		case "length":
			return "length";
		case "unlikely":
		case "unhealable":
			return "gate";
		case "aborted":
			return "cancelled";
		case "superseded":
			return "superseded";
	}
}
