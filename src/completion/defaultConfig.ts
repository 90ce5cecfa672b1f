import type { CompletionConfig } from "./completionProvider.ts";

/**
 * The one place where defaults stand: the settings of the extension and the command line take them from
 * here, and a test compares package.json with them. Where they come from:
 * - the gate, on typing simulated over code that mote-base doesn't know (70 places, no repository): at 0.7 34.4 % of the keys are
 *   saved and 84.7 % of the ghosts are right, at 0.75 about two points less and three more, at 0.6 38.9 and 78.1 %;
 * - the debounce: an answer from this machine takes about as long, so a longer wait would be felt;
 * - the prompt: what mote-base was trained on, answer included; a model that was trained on less bounds it itself.
 */
export const defaultCompletionConfig: CompletionConfig = {
	debounceMs: 40,
	maxPromptTokens: 2048,
	maxNewTokens: 96,
	multiline: "auto",
	minJointProbability: 0.75,
	adaptation: true,
	repositoryContext: true,
	inComments: true,
	inStrings: true,
};
