import type { LineEdit } from "./lineEdit.ts";

/** A document and what was done to it lately. */
export interface EditedDocument {
	/** As they are now. */
	readonly lines: readonly string[];
	/** VS Code's name of the language. */
	readonly languageId: string;
	/** In the order of time; each says where its `next` lines stand now. They don't overlap. */
	readonly edits: readonly LineEdit[];
}

/** Whether the edits are where they say that they are, and none touches another. */
export function isConsistent({ lines, edits }: EditedDocument): boolean {
	const sorted = edits.toSorted((a, b) => a.line - b.line);
	return sorted.every(({ line, next }, i) => {
		const before = sorted[i - 1];
		return (
			line >= 0 &&
			line + next.length <= lines.length &&
			next.every((text, k) => lines[line + k] === text) &&
			(before === undefined || before.line + before.next.length <= line)
		);
	});
}
