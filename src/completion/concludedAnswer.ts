import { answerFigures } from "./answerFigures.ts";
import { none, rejected, shown, type CallResult } from "./callResult.ts";
import type { CompletionPlace } from "./completionPlace.ts";
import { judgeBeforeCache } from "./filters/index.ts";
import type { WrittenAnswer } from "./generation.ts";
import { reasonForNothing, textWorthShowing, type Worth } from "./worthShowing.ts";

/** What is shown of an answer that a model has written for a place, or why nothing is. */
export function concludedAnswer(
	answer: WrittenAnswer,
	place: CompletionPlace,
	worth: Worth,
): CallResult {
	const text = textWorthShowing(answer, place, worth);
	if (text.trim() === "") {
		return {
			...none(reasonForNothing(answer, place)),
			answer: answerFigures(answer, place, worth),
		};
	}
	const judged = judgeBeforeCache(text, place);
	return judged.kind === "rejected"
		? rejected(judged.by)
		: shown(place, judged.candidate.text, "model", place.slot !== undefined);
}
