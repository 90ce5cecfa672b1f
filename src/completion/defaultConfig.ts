import type { CompletionConfig } from "./completionProvider.ts";

/**
 * The one place where defaults stand: the settings of the extension and the command line take them from
 * here, and a test compares package.json with them. Where they come from:
 * - the gate: with mote-nano and all that it learns, text is shown at 24 % of held-out places and 85 % of it is
 *   right (models/mote-nano/eval.json); at 0.5 it would be 33 % and 70 %, at 0.9 15 % and 94 %;
 * - the debounce: an answer from this machine takes about as long, so a longer wait would be felt;
 * - the prompt: what mote-nano was trained on, answer included; mote-base was trained on twice as much.
 */
export const defaultCompletionConfig: CompletionConfig = {
	debounceMs: 40,
	maxPromptTokens: 1024,
	maxNewTokens: 96,
	multiline: "auto",
	minJointProbability: 0.7,
	adaptation: true,
	repositoryContext: true,
	inComments: true,
	inStrings: true,
};
