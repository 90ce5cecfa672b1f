import {
	uncountedUsage,
	type AnswerEnd,
	type ChatModel,
} from "../../languageModel/languageModel.ts";
import { withoutReasoning } from "../reasoning.ts";
import { taskSystemPrompt, type PromptLimits } from "./taskPrompts.ts";

export interface ModelAnswer {
	readonly text: string;
	readonly end: AnswerEnd;
}

/** A longer answer is cut, whatever a server sends, in UTF-16 units. */
const maxAnswerLength = 400_000;

/** Most of a context that one task takes; models with little of it give half. */
const maxPromptTokens = 8192;

const maxAnswerTokens = 2048;

/** What a question to this model may take, beside its answer and the system message. */
export function questionLimits(model: ChatModel): PromptLimits {
	const fixed = model.countTokens(taskSystemPrompt) + 2 * model.tokensPerMessage;
	const answer = answerTokens(model);
	return {
		tokens: Math.max(
			64,
			Math.min(maxPromptTokens, model.description.contextTokens - answer) - fixed,
		),
		countTokens: (text) => model.countTokens(text),
	};
}

/**
 * Asks one question outside any conversation; what the model thinks aloud is no part of the answer. Rejects with a
 * LanguageModelError only.
 */
export async function askModel(
	model: ChatModel,
	question: string,
	signal: AbortSignal,
): Promise<ModelAnswer> {
	const answer = model.answer(
		{
			messages: [
				{ role: "system", content: taskSystemPrompt },
				{ role: "user", content: question },
			],
			maxAnswerTokens: answerTokens(model),
			temperature: 0,
		},
		signal,
	);
	let text = "";
	for (;;) {
		const step = await answer.next();
		if (step.done === true) {
			return { text: withoutReasoning(text), end: step.value.end };
		}
		text += step.value;
		if (text.length > maxAnswerLength) {
			await answer.return({ end: "length", usage: uncountedUsage });
			return { text: withoutReasoning(text.slice(0, maxAnswerLength)), end: "length" };
		}
	}
}

function answerTokens(model: ChatModel): number {
	return Math.min(maxAnswerTokens, Math.max(64, Math.floor(model.description.contextTokens / 4)));
}
