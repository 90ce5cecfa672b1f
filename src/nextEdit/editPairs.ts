import type { EditedDocument } from "./editedDocument.ts";
import type { LineEdit } from "./lineEdit.ts";
import type { LinePair } from "./rules/rulesOfPair.ts";

/** A line that was changed: by which edit, where it stands now, and what it was. */
export interface EditPair extends LinePair {
	/** Counts the edits from 0, the oldest. */
	readonly edit: number;
	readonly line: number;
	/** The line behind it now. */
	readonly follower: string | undefined;
	/** The lines of an edit that changed how many there are, written as one: what was done to their tokens, whatever the layout. */
	readonly isJoined: boolean;
}

/** An edit of more lines was no edit by hand. */
const maxPairedLines = 40;

/** The lines that each edit changed, before and after. */
export function editPairs({ lines, edits }: EditedDocument): readonly EditPair[] {
	return edits.flatMap((edit, i) => pairsOf(edit, i, lines));
}

function pairsOf(
	{ line, old, next }: LineEdit,
	edit: number,
	lines: readonly string[],
): readonly EditPair[] {
	if (old.length === 0 || next.length === 0 || Math.max(old.length, next.length) > maxPairedLines) {
		return [];
	}
	const behind = lines[line + next.length];
	if (old.length !== next.length) {
		const [before, after] = [joinedLine(old), joinedLine(next)];
		const place = { edit, line, isJoined: true, oldFollower: undefined, follower: undefined };
		return before === after ? [] : [{ ...place, old: before, next: after }];
	}
	return old.flatMap((text, i) => {
		const written = next[i] ?? "";
		return text === written
			? []
			: [
					{
						...{ edit, line: line + i, old: text, next: written, isJoined: false },
						oldFollower: old[i + 1] ?? behind,
						follower: next[i + 1] ?? behind,
					},
				];
	});
}

/** Several lines as a formatter would write them on one. */
export function joinedLine(lines: readonly string[]): string {
	let joined = "";
	for (const line of lines) {
		const text = line.trim();
		if (text === "") {
			continue;
		}
		if (joined === "") {
			joined = line.trimEnd();
		} else if (/[([]$/.test(joined)) {
			joined += text;
		} else if (/^[)\]]/.test(text)) {
			joined = joined.replace(/,$/, "") + text;
		} else {
			joined += ` ${text}`;
		}
	}
	return joined;
}
