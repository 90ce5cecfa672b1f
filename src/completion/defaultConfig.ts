import type { CompletionConfig } from "./completionProvider.ts";

/**
 * The one place where defaults stand: the settings of the extension and the command line take them from
 * here, and a test compares package.json with them. Where they come from:
 * - the gate: of ghosts whose joint probability is 0.7 or more, three of four are right with models a
 *   hundred times the size (tsugi.nvim's replays); below it most are wrong;
 * - the debounce: an answer from this machine takes about as long, so a longer wait would be felt;
 * - the prompt: what the bundled model was trained on, answer included; a larger model may take more.
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
