import type { LineEdit } from "../../src/nextEdit/lineEdit.ts";

/** What one commit did to one file. */
export interface FileChange {
	readonly commit: string;
	readonly path: string;
	/** In the order of the file; each line is the one in the file before the commit. */
	readonly edits: readonly LineEdit[];
}

/** Reads what `git log -p -U0 --format="COMMIT %H"` prints. */
export function changesOfLog(log: string): readonly FileChange[] {
	const changes: { commit: string; path: string; edits: MutableEdit[] }[] = [];
	let commit = "";
	let edits: MutableEdit[] | undefined;
	for (const line of log.split("\n")) {
		const [, hash] = /^COMMIT ([0-9a-f]+)$/.exec(line) ?? [];
		const [, path] = /^\+\+\+ b\/(.*)$/.exec(line) ?? [];
		const [, start, count = "1"] = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@/.exec(line) ?? [];
		const last = edits?.at(-1);
		if (hash !== undefined) {
			commit = hash;
			edits = undefined;
		} else if (line.startsWith("diff --git ")) {
			edits = undefined;
		} else if (path !== undefined && edits === undefined) {
			edits = [];
			changes.push({ commit, path, edits });
		} else if (start !== undefined && edits !== undefined) {
			// Where nothing was removed, git names the line before.
			edits.push({ line: Number(start) - (count === "0" ? 0 : 1), old: [], next: [] });
		} else if (last !== undefined && line.startsWith("-")) {
			last.old.push(line.slice(1));
		} else if (last !== undefined && line.startsWith("+")) {
			last.next.push(line.slice(1));
		}
	}
	return changes;
}

interface MutableEdit extends LineEdit {
	readonly old: string[];
	readonly next: string[];
}

/** A file after the first `made` edits of a change: what was done, and what is to come, in terms of the file as it is then. */
export function inTheMiddle(
	before: readonly string[],
	edits: readonly LineEdit[],
	made: number,
): { readonly lines: readonly string[]; readonly edits: LineEdit[]; readonly next: LineEdit[] } {
	const lines: string[] = [];
	const done: LineEdit[] = [];
	let at = 0;
	for (const { line, old, next } of edits.slice(0, made)) {
		lines.push(...before.slice(at, line));
		done.push({ line: lines.length, old, next });
		lines.push(...next);
		at = line + old.length;
	}
	const shift = lines.length - at;
	return {
		lines: [...lines, ...before.slice(at)],
		edits: done,
		next: edits.slice(made).map((edit) => ({ ...edit, line: edit.line + shift })),
	};
}

/** Whether the edit removes and adds the same words as one of those made. */
export function repeats(edit: LineEdit, made: readonly LineEdit[]): boolean {
	const words = wordsChanged(edit);
	return words !== "" && made.some((other) => wordsChanged(other) === words);
}

function wordsChanged({ old, next }: LineEdit): string {
	const counts = new Map<string, number>();
	const count = (lines: readonly string[], by: number): void => {
		for (const [word] of lines.join("\n").matchAll(/[\p{L}\p{N}_]+/gu)) {
			counts.set(word, (counts.get(word) ?? 0) + by);
		}
	};
	count(old, -1);
	count(next, 1);
	return [...counts]
		.filter(([, difference]) => difference !== 0)
		.map(([word, difference]) => `${word} ${difference}`)
		.sort()
		.join("\n");
}
