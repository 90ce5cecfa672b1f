import type { CompletionConfig, CompletionProvider } from "../completion/completionProvider.ts";
import { askPipeline } from "./askPipeline.ts";
import type { FimCase } from "./fimCases.ts";
import { truthOf, withoutTruth } from "./hole.ts";

/** What the pipeline showed at one place under one threshold; undefined for nothing. */
export type Ghost = { readonly text: string; readonly isRight: boolean } | undefined;

/**
 * Asks the whole pipeline about a case. A ghost is right when it is a beginning of the missing text or all of it: every
 * character that it shows stands there in the file, and it doesn't go on into what follows already.
 */
export async function ghostAt(
	asked: FimCase,
	provider: CompletionProvider,
	config: CompletionConfig,
): Promise<Ghost> {
	const { path, languageId, start } = asked;
	const where = { path, languageId, text: withoutTruth(asked), offset: start };
	// Nobody types there: whoever asks may wait until all of the prompt is read.
	await provider.prepare(where, config, new AbortController().signal);
	const outcome = await askPipeline(where, provider, config);
	if (outcome.kind === "none") {
		return undefined;
	}
	const { insertText } = outcome.completion;
	return { text: insertText, isRight: truthOf(asked).startsWith(insertText) };
}

export interface GateFigures {
	readonly threshold: number;
	/** Share of all places where something was shown, in [0, 1]. */
	readonly shown: number;
	/** Share of the ghosts shown that were right, in [0, 1]; null when none was shown. */
	readonly right: number | null;
	/** Mean length of a ghost in UTF-16 units; null when none was shown. */
	readonly meanCharacters: number | null;
}

export function gateFigures(threshold: number, ghosts: readonly Ghost[]): GateFigures {
	const shown = ghosts.filter((ghost) => ghost !== undefined);
	const share = (sum: number): number | null => (shown.length === 0 ? null : sum / shown.length);
	return {
		threshold,
		shown: shown.length / ghosts.length,
		right: share(shown.filter(({ isRight }) => isRight).length),
		meanCharacters: share(shown.reduce((sum, { text }) => sum + text.length, 0)),
	};
}
