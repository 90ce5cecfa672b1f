import type { TaskPiece } from "../../chat/tasks/codeTask.ts";
import type { Repository } from "../../context/repository/repositorySet.ts";

/** What a command on a piece of code is told of the rest: a few definitions. */
const budgetTokens = 2000;

/** Code of other files that helps at a place, the most relevant last; nothing without a repository. */
export async function relatedPieces(
	repository: Repository | undefined,
	place: {
		readonly path: string;
		readonly languageId: string;
		readonly text: string;
		readonly offset: number;
	},
	signal: AbortSignal,
): Promise<readonly TaskPiece[]> {
	const { path, languageId, text, offset } = place;
	const query = { path, languageId, text, offset, recentEdits: [], openFiles: [], budgetTokens };
	const collected = await repository?.collect(query, signal);
	return (collected?.pieces ?? []).map((piece) => ({ path: piece.path, text: piece.text }));
}
