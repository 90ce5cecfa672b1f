import type { CompletionConfig } from "./completionProvider.ts";

/**
 * The one place where defaults stand: the settings of the extension and the command line take them from
 * here, and a test compares package.json with them. Where they come from:
 * - the gate, on typing simulated over code that mote-base doesn't know (30 places, 4,390 keys): with its repository 43.8 % of the keys
 *   are saved and 87.9 % of the ghosts are right at 0.8, 40.5 and 92.5 % at 0.85; without 43.7 and 86.2 %, 41.8 and 90.4 %. Between
 *   the two, 0.83 is where nine of ten are right with it;
 * - the debounce, counted from the key: VS Code waits for 50 ms before it asks for ghost text, and 95 of 100 answers need less than 30;
 * - the prompt: what mote-base was trained on, answer included; a model that was trained on less bounds it itself.
 */
export const defaultCompletionConfig: CompletionConfig = {
	debounceMs: 20,
	maxPromptTokens: 2048,
	maxNewTokens: 96,
	multiline: "auto",
	minJointProbability: 0.83,
	adaptation: true,
	repositoryContext: true,
	inComments: true,
	inStrings: true,
};
