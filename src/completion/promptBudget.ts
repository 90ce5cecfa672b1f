import type { ModelManifest } from "../model/manifest.ts";
import type { CompletionConfig } from "./completionProvider.ts";

/** The answer begins with what was cut off the prompt, which counts as new tokens too. */
export const maxHealedTokens = 4;

/** The prompt gets at least half of the model's context. */
const maxAnswerShare = 0.5;

export interface PromptBudget {
	readonly maxPromptTokens: number;
	/** Without those that write again what was healed. */
	readonly maxNewTokens: number;
}

/** What is asked for, within what the model was trained with. */
export function promptBudget(
	{ maxPromptTokens, maxNewTokens }: Pick<CompletionConfig, "maxPromptTokens" | "maxNewTokens">,
	{ trainedContextLength }: Pick<ModelManifest, "trainedContextLength">,
): PromptBudget {
	const answer = Math.min(maxNewTokens, Math.floor(trainedContextLength * maxAnswerShare));
	return {
		maxNewTokens: answer,
		maxPromptTokens: Math.min(maxPromptTokens, trainedContextLength - answer - maxHealedTokens),
	};
}
