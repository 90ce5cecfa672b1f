import type { ModelManifest } from "../model/manifest.ts";
import { maxHealedTokens } from "../tokenizer/tokenHealing.ts";

/** The prompt gets at least half of what the model was trained with. */
const maxAnswerShare = 0.5;

/** Tokens of the prompt, and of the answer without those that write again what was healed. */
export interface PromptBudget {
	readonly maxPromptTokens: number;
	readonly maxNewTokens: number;
}

/** What is asked for, within what the model was trained with; what healing writes again has room there too. */
export function promptBudget(
	{ maxPromptTokens, maxNewTokens }: PromptBudget,
	{ trainedContextLength }: Pick<ModelManifest, "trainedContextLength">,
): PromptBudget {
	const answer = Math.min(maxNewTokens, Math.floor(trainedContextLength * maxAnswerShare));
	return {
		maxNewTokens: answer,
		maxPromptTokens: Math.max(
			0,
			Math.min(maxPromptTokens, trainedContextLength - answer - maxHealedTokens),
		),
	};
}
