import type { ModelManifest } from "../../model/manifest.ts";
import { FimPromptBuilder } from "../../prompt/fim.ts";
import { promptBudget } from "../../prompt/promptBudget.ts";
import type { AnswerResult, InfillModel, InfillRequest, InfillText } from "../languageModel.ts";
import { engineAnswer, type EngineModelParts, type EngineQuestion } from "./engineAnswer.ts";
import { asUnsuitable, localDescription } from "./localModel.ts";

/** As for completions: code repeats itself in short runs. */
const maxDraftTokens = 4;
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
		const { end, usage } = yield* engineAnswer(this.#parts, this.#questionFor(request), signal);
		return { end, usage };
	}

	#questionFor(request: InfillRequest): EngineQuestion {
		const budget = promptBudget(
			{ maxPromptTokens: request.maxPromptTokens, maxNewTokens: request.maxAnswerTokens },
			this.#parts.manifest,
		);
		const { prefix, suffix, pieces, temperature, seed } = request;
		const prompt = this.#prompts.build({
			path: request.path,
			text: prefix + suffix,
			prefixEnd: prefix.length,
			suffixStart: prefix.length,
			maxTokens: budget.maxPromptTokens,
			pieces,
		});
		return {
			request: {
				prompt: prompt.tokens,
				maxNewTokens: budget.maxNewTokens,
				stopTokens: this.#prompts.stopTokens,
				sampling: { temperature, topK, topP, seed },
				priority: request.priority,
				healBytes: prompt.healBytes,
				minJointProbability: request.minJointProbability,
				maxDraftTokens,
				...(request.supersedeKey !== undefined && { supersedeKey: request.supersedeKey }),
			},
			stopStrings: request.stop,
		};
	}
}
