import { mapped } from "../base/asyncGenerators.ts";
import type { InfillModel } from "../languageModel/languageModel.ts";
import { maxPiecesShare } from "../prompt/fim.ts";
import { promptBudget, type PromptBudget } from "../prompt/promptBudget.ts";
import type { AnswerQuestion, AnswerSource, AnswerText } from "./answerSource.ts";
import type { CompletionPlace } from "./completionPlace.ts";
import type { CompletionConfig } from "./completionProvider.ts";

/** Answers of a model that takes text: what a server offers. */
export class ServerAnswers implements AnswerSource {
	readonly #model: InfillModel;

	constructor(model: InfillModel) {
		this.#model = model;
	}

	maxPiecesTokens(_place: CompletionPlace, config: CompletionConfig): number {
		return Math.floor(this.#budget(config).maxPromptTokens * maxPiecesShare);
	}

	/** A server works for others too, and isn't told where somebody looks. */
	prepare(): Promise<void> {
		return Promise.resolve();
	}

	async *answer({ place, pieces, config }: AnswerQuestion, signal: AbortSignal): AnswerText {
		const { maxPromptTokens, maxNewTokens } = this.#budget(config);
		const answer = this.#model.infill(
			{
				path: place.path,
				languageId: place.languageId,
				prefix: place.text.slice(0, place.offset),
				suffix: place.text.slice(place.suffixStart),
				pieces,
				maxPromptTokens,
				maxAnswerTokens: maxNewTokens,
				// Where an answer ends is seen here, and the request is then cancelled on the wire.
				stop: [],
				temperature: 0,
				seed: 0,
				minJointProbability: config.minJointProbability,
				priority: "completion",
			},
			signal,
		);
		// Files here have "\n" line breaks; what a server writes may not.
		const { end } = yield* mapped(answer, ({ text, logProbability }) => ({
			text: text.replaceAll("\r", ""),
			logProbability,
		}));
		return { end, stats: undefined };
	}

	#budget(config: CompletionConfig): PromptBudget {
		return promptBudget(config, { trainedContextLength: this.#model.description.contextTokens });
	}
}
