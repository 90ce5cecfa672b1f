import type {
	AnswerEnd,
	ChatModel,
	InfillModel,
	ModelDescription,
} from "../languageModel/languageModel.ts";
import type { CodeTask } from "./tasks/codeTask.ts";

/** What answers the next question, or why nothing can. */
export type ChosenModel =
	| {
			readonly kind: "chat";
			readonly model: ChatModel;
			/** Who wrote the latest answer, where another model may have taken over. */
			readonly answeredBy?: () => ModelDescription | undefined;
	  }
	/** It writes code but can't converse: /fix still works, by infilling, and /explain from the index. */
	| { readonly kind: "infill"; readonly model: InfillModel }
	/** `reason` is one sentence that says what to do about it. */
	| { readonly kind: "none"; readonly reason: string };

/** A slash command for a model that can't converse. */
export interface InfillQuestion extends CodeTask {
	readonly kind: "fix";
	readonly model: InfillModel;
}

/**
 * Yields the answer as Markdown and ends by returning why. Throws only a
 * {@link import("../languageModel/errors.ts").LanguageModelError}. Injected, because only the editor can tell
 * whether a problem has gone away.
 */
export type AnswerByInfilling = (
	question: InfillQuestion,
	signal: AbortSignal,
) => AsyncGenerator<string, AnswerEnd, void>;
