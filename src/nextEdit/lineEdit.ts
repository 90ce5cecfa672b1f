/**
 * Whole lines that were replaced, or are to be: `old`, which stand from `line` on, become `next`. Lines count from 0 and carry no
 * line breaks, a "\r" before one belongs to its line; without `old` lines, `next` is put in front of `line`.
 */
export interface LineEdit {
	readonly line: number;
	readonly old: readonly string[];
	readonly next: readonly string[];
}

/** The lines after an edit whose `old` lines stand there. */
export function applyLineEdit(
	lines: readonly string[],
	{ line, old, next }: LineEdit,
): readonly string[] {
	return [...lines.slice(0, line), ...next, ...lines.slice(line + old.length)];
}

/** Whether the lines that an edit is about still stand where it says, and it changes something. */
export function fits(lines: readonly string[], { line, old, next }: LineEdit): boolean {
	return (
		line >= 0 &&
		line + old.length <= lines.length &&
		old.every((text, i) => lines[line + i] === text) &&
		!(old.length === next.length && old.every((text, i) => next[i] === text))
	);
}

/** Whether two edits of one document are about the same lines, or about neighbours. */
export function meets(a: LineEdit, b: LineEdit): boolean {
	return a.line <= b.line + b.old.length && b.line <= a.line + a.old.length;
}
