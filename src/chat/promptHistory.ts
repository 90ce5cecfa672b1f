import type { Conversation, Turn } from "./conversations/conversation.ts";
import type { ChosenModel } from "./infillQuestion.ts";
import type { PastTurn } from "./promptBudget.ts";
import { questionWords } from "./slashCommands.ts";

export interface PromptHistory {
	readonly past: readonly PastTurn[];
	/** Ids of the questions of `past`. */
	readonly pastIds: readonly string[];
	/** Earlier turns of `past` stay out of the prompt. */
	readonly firstTurn: number;
}

/**
 * What earlier turns bring into a prompt. Those without an answer bring nothing: chat templates want questions
 * and answers to take turns.
 */
export function promptHistory(
	conversation: Conversation,
	before: readonly Turn[],
	/** Id of the question that comes next, when it was asked before. */
	nextId: string | undefined,
	chosen: ChosenModel,
): PromptHistory {
	const answered = before.filter(({ answer }) => answer.text.trim() !== "");
	const pastIds = answered.map(({ question }) => question.id);
	const { promptStart, promptModel } = conversation;
	const isSameModel = chosen.kind !== "none" && promptModel === chosen.model.description.id;
	const start = isSameModel && promptStart !== undefined ? pastIds.indexOf(promptStart) : 0;
	return {
		past: answered.map(({ question, answer }) => ({
			prompt: question.prompt ?? questionWords(question.text),
			answer: answer.text,
		})),
		pastIds,
		// The start may be the question itself, when nothing before it fitted.
		firstTurn: start >= 0 ? start : promptStart === nextId ? pastIds.length : 0,
	};
}
