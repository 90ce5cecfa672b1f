import { codeBlocks } from "./edits/codeBlocks.ts";

/**
 * Says in whole sentences from where code in an answer that goes into a document may have been copied: none where nothing is known. Never
 * rejects, and has nothing to say after an abort.
 */
export type CopiedIn = (
	blocks: readonly string[],
	path: string | undefined,
	signal: AbortSignal,
) => Promise<readonly string[]>;

export const maxNotes = 8;
export const maxNoteLength = 1_000;

/** What is to be said of the code blocks of an answer. Text that isn't fenced is no code, and isn't looked at. */
export async function copiedNotes(
	answer: string,
	path: string | undefined,
	copiedIn: CopiedIn | undefined,
	signal: AbortSignal,
): Promise<readonly string[]> {
	const blocks = copiedIn === undefined ? [] : codeBlocks(answer).map(({ content }) => content);
	if (copiedIn === undefined || blocks.length === 0) {
		return [];
	}
	const notes = await copiedIn(blocks, path, signal);
	return notes.slice(0, maxNotes).map((note) => note.slice(0, maxNoteLength));
}
