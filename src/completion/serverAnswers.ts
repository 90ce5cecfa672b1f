import type { AnswerEnd, InfillModel } from "../languageModel/languageModel.ts";
import { maxPiecesShare } from "../prompt/fim.ts";
import type { AnswerQuestion, AnswerSource, AnswerText, AnswerTextEnd } from "./answerSource.ts";
import type { CompletionConfig } from "./completionProvider.ts";
import { promptBudget } from "./promptBudget.ts";

/** Answers of a model that takes text: what a server offers. */
export class ServerAnswers implements AnswerSource {
	readonly #model: InfillModel;

	constructor(model: InfillModel) {
		this.#model = model;
	}

	maxPiecesTokens(config: CompletionConfig): number {
		return Math.floor(this.#budget(config).maxPromptTokens * maxPiecesShare);
	}

	async *answer({ place, pieces, config }: AnswerQuestion, signal: AbortSignal): AnswerText {
		const { maxPromptTokens, maxNewTokens } = this.#budget(config);
		const deltas = this.#model.infill(
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
		let step = await deltas.next();
		while (step.done !== true) {
			// Files here have "\n" line breaks; what a server writes may not.
			yield step.value.text.replaceAll("\r", "");
			step = await deltas.next();
		}
		return { end: endOf(step.value.end), stats: undefined };
	}

	#budget(config: CompletionConfig): ReturnType<typeof promptBudget> {
		return promptBudget(config, { trainedContextLength: this.#model.description.contextTokens });
	}
}

function endOf(end: AnswerEnd): AnswerTextEnd {
	switch (end) {
		case "stop":
			return "model";
		case "unlikely":
			return "gate";
		case "length":
		case "cancelled":
		case "superseded":
			return end;
	}
}
