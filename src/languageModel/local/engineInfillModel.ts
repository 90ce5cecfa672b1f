import { assert } from "../../base/assert.ts";
import type { ModelManifest } from "../../model/manifest.ts";
import { FimPromptBuilder } from "../../prompt/fim.ts";
import type { AnswerResult, InfillModel, InfillRequest, InfillText } from "../languageModel.ts";
import {
	engineAnswer,
	type EngineAnswer,
	type EngineModelParts,
	type EngineQuestion,
} from "./engineAnswer.ts";
import { asUnsuitable, localDescription } from "./localModel.ts";
import { withResult } from "./withResult.ts";

/** As for completions: code repeats itself in short runs. */
const maxDraftTokens = 4;
/** The prompt gets at least half of what the model was trained with. */
const maxAnswerShare = 0.5;
/** Of answers that aren't greedy: several candidates for one hole have to differ, and to be code. */
const topK = 40;
const topP = 0.95;

/**
 * The infill model of this machine's engine. Undefined when the model can't fill in the middle. For several
 * candidates ask with several seeds and a temperature above 0: the prompt is read once.
 *
 * Throws a LanguageModelError "unsuitableModel" when what the manifest says of it can't be used.
 */
export function engineInfillModel(parts: EngineModelParts<ModelManifest>): InfillModel | undefined {
	if (parts.manifest.fim === undefined) {
		return undefined;
	}
	try {
		return new EngineInfillModel(parts);
	} catch (error) {
		throw asUnsuitable(error);
	}
}

class EngineInfillModel implements InfillModel {
	readonly description;
	readonly #parts: EngineModelParts<ModelManifest>;
	readonly #prompts: FimPromptBuilder;

	constructor(parts: EngineModelParts<ModelManifest>) {
		this.description = localDescription(parts.manifest);
		this.#parts = parts;
		this.#prompts = new FimPromptBuilder(parts.tokenizer, parts.manifest);
	}

	async *infill(
		request: InfillRequest,
		signal: AbortSignal,
	): AsyncGenerator<InfillText, AnswerResult, void> {
		const ended: { answer?: EngineAnswer } = {};
		const answer = engineAnswer(this.#parts, this.#questionFor(request), signal);
		yield* withResult(answer, (end) => (ended.answer = end));
		assert(ended.answer !== undefined, "an answer that didn't fail says how it ended");
		const { end, usage } = ended.answer;
		return { end, usage };
	}

	#questionFor(request: InfillRequest): EngineQuestion {
		const { trainedContextLength } = this.#parts.manifest;
		const maxAnswerTokens = Math.min(
			request.maxAnswerTokens,
			Math.floor(trainedContextLength * maxAnswerShare),
		);
		const { prefix, suffix, pieces, temperature, seed } = request;
		const prompt = this.#prompts.build({
			path: request.path,
			text: prefix + suffix,
			prefixEnd: prefix.length,
			suffixStart: prefix.length,
			maxTokens: Math.min(request.maxPromptTokens, trainedContextLength - maxAnswerTokens),
			pieces,
		});
		return {
			request: {
				prompt: prompt.tokens,
				stopTokens: this.#prompts.stopTokens,
				sampling: { temperature, topK, topP, seed },
				priority: request.priority,
				healBytes: prompt.healBytes,
				minJointProbability: request.minJointProbability,
				maxDraftTokens,
				...(request.supersedeKey !== undefined && { supersedeKey: request.supersedeKey }),
			},
			maxAnswerTokens,
			stopStrings: request.stop,
		};
	}
}
