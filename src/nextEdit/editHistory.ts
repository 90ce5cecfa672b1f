import type { EditedDocument } from "./editedDocument.ts";
import type { LineEdit } from "./lineEdit.ts";

/** One replacement in a document, as editors report them: lines and columns from 0, columns in UTF-16 units, the end exclusive. */
export interface TextChange {
	readonly startLine: number;
	readonly startColumn: number;
	readonly endLine: number;
	readonly endColumn: number;
	/** With any line breaks. */
	readonly text: string;
}

/** Edits that are remembered; what comes next follows from the last few. */
export const maxRememberedEdits = 50;
/** An edit of more lines or units was pasted or made by a tool: nothing follows from it, and it would fill the memory. */
export const maxEditLines = 1000;
export const maxEditUnits = 100_000;
/** Changes on neighbouring lines belong together when so little time lies between them; Zed takes a second. */
export const pauseMs = 2000;
/** Changes that an undo may take back. */
const maxUndoable = 200;

interface Group extends LineEdit {
	readonly lastChangeMs: number;
}

/** One change in terms of whole lines, and what was remembered before it. */
interface Applied {
	readonly line: number;
	readonly removed: readonly string[];
	readonly added: readonly string[];
	readonly groupsBefore: readonly Group[];
}

/**
 * What was done to a document, as edits of whole lines: changes that touch each other are one edit, as are those of neighbouring lines
 * unless a pause lies between them; a change anywhere else begins another. What was taken back was never there.
 */
export class EditHistory {
	readonly #lines: string[];
	/** In the order of time; none overlaps another. */
	#groups: readonly Group[] = [];
	#undoable: Applied[] = [];

	/** `text` with any line breaks. */
	constructor(text: string) {
		this.#lines = linesOf(text);
	}

	/** The document as it is now. */
	get lines(): readonly string[] {
		return this.#lines;
	}

	/** In the order of time, each with the place where its new lines stand now. */
	get edits(): EditedDocument["edits"] {
		return this.#groups.map(({ line, old, next }) => ({ line, old, next }));
	}

	/**
	 * The changes of one event, each in terms of the document before all of them. What `isUndo` leads back to an earlier text leads back to
	 * what was remembered then. Places beyond the document count as its end.
	 */
	change(changes: readonly TextChange[], atMs: number, isUndo = false): void {
		const before = this.#groups;
		const lastFirst = changes.toSorted(
			(a, b) => b.startLine - a.startLine || b.startColumn - a.startColumn,
		);
		const applied = lastFirst.map((change) => this.#apply(change));
		const hasLarge = applied.some(isLarge);
		if (isUndo && !hasLarge && this.#rewind(applied)) {
			return;
		}
		for (const one of applied) {
			this.#remember(one, atMs);
		}
		this.#undoable.push(...applied.map((one) => ({ ...one, groupsBefore: before })));
		if (hasLarge) {
			this.#undoable = [];
		}
		this.#undoable = this.#undoable.slice(-maxUndoable);
		this.#groups = this.#groups.slice(-maxRememberedEdits);
	}

	#apply(change: TextChange): Replaced {
		const { startLine, startColumn, endLine, endColumn, text } = change;
		const last = this.#lines.length - 1;
		const from = Math.min(Math.max(0, startLine), last);
		const to = Math.min(Math.max(from, endLine), last);
		const head = (this.#lines[from] ?? "").slice(0, startLine > last ? undefined : startColumn);
		const tail = endLine > last ? "" : (this.#lines[to] ?? "").slice(endColumn);
		const added = linesOf(head + text + tail);
		const removed = this.#lines.slice(from, to + 1);
		this.#replace(from, removed.length, added);
		return trimmed({ line: from, removed, added });
	}

	/** In pieces: a call takes only so many arguments. */
	#replace(line: number, count: number, added: readonly string[]): void {
		if (added.length <= maxEditLines) {
			this.#lines.splice(line, count, ...added);
			return;
		}
		const tail = this.#lines.splice(line).slice(count);
		for (const text of added) {
			this.#lines.push(text);
		}
		for (const text of tail) {
			this.#lines.push(text);
		}
	}

	/** Whether the lines as they are now have been before; what was remembered then is again. */
	#rewind(undone: readonly Replaced[]): boolean {
		const past = [...this.#lines];
		for (const { line, removed, added } of undone.toReversed()) {
			past.splice(line, added.length, ...removed);
		}
		for (let at = this.#undoable.length - 1; at >= 0; at--) {
			const entry = this.#undoable[at];
			if (entry === undefined) {
				break;
			}
			past.splice(entry.line, entry.added.length, ...entry.removed);
			const isWholeEvent = this.#undoable[at - 1]?.groupsBefore !== entry.groupsBefore;
			if (isWholeEvent && isEqual(past, this.#lines)) {
				this.#groups = entry.groupsBefore;
				this.#undoable.length = at;
				return true;
			}
		}
		return false;
	}

	#remember(applied: Replaced, atMs: number): void {
		const { line, removed, added } = applied;
		if (removed.length === 0 && added.length === 0) {
			return;
		}
		const end = line + removed.length;
		const touched: Group[] = [];
		const others: Group[] = [];
		for (const group of this.#groups) {
			const groupEnd = group.line + group.next.length;
			const overlaps = group.line < end && line < groupEnd;
			const isNeighbour = group.line <= end && line <= groupEnd;
			const isFresh = atMs - group.lastChangeMs <= pauseMs;
			if (overlaps || (isNeighbour && (isFresh || group.next.length === 0))) {
				touched.push(group);
			} else {
				const shift = group.line >= end ? added.length - removed.length : 0;
				others.push(shift === 0 ? group : { ...group, line: group.line + shift });
			}
		}
		const merged = joined(touched.sort(byPlace), applied);
		const isNothing = merged.removed.length === 0 && merged.added.length === 0;
		this.#groups =
			isNothing || isLarge(merged)
				? others
				: [
						...others,
						{ line: merged.line, old: merged.removed, next: merged.added, lastChangeMs: atMs },
					];
	}
}

type Replaced = Omit<Applied, "groupsBefore">;

/** What was removed altogether stands in front of what begins on the same line. */
function byPlace(a: LineEdit, b: LineEdit): number {
	return a.line - b.line || a.next.length - b.next.length;
}

/** A change together with the edits that it touches, in terms of the lines as they were before all of these. */
function joined(touched: readonly Group[], { line, removed, added }: Replaced): Replaced {
	const end = line + removed.length;
	const start = Math.min(line, touched[0]?.line ?? line);
	const old: (readonly string[])[] = [];
	const head: (readonly string[])[] = [];
	const tail: (readonly string[])[] = [];
	let at = start;
	for (const group of touched) {
		old.push(removed.slice(Math.max(0, at - line), Math.max(0, group.line - line)), group.old);
		head.push(group.next.slice(0, Math.max(0, line - group.line)));
		tail.push(group.next.slice(Math.max(0, end - group.line)));
		at = group.line + group.next.length;
	}
	old.push(removed.slice(Math.max(0, at - line)));
	return trimmed({
		line: start,
		removed: old.flat(),
		added: [...head, added, ...tail].flat(),
	});
}

/** Without the lines that both begin and end with. */
function trimmed({ line, removed, added }: Replaced): Replaced {
	const shorter = Math.min(removed.length, added.length);
	let head = 0;
	while (head < shorter && removed[head] === added[head]) {
		head++;
	}
	let tail = 0;
	while (tail < shorter - head && removed.at(-1 - tail) === added.at(-1 - tail)) {
		tail++;
	}
	return {
		line: line + head,
		removed: removed.slice(head, removed.length - tail),
		added: added.slice(head, added.length - tail),
	};
}

function isLarge({ removed, added }: Replaced): boolean {
	if (removed.length > maxEditLines || added.length > maxEditLines) {
		return true;
	}
	let units = 0;
	for (const text of [...removed, ...added]) {
		units += text.length;
	}
	return units > maxEditUnits;
}

/** A text's lines without their breaks, of whatever kind these are. */
export function linesOf(text: string): string[] {
	return text.split(/\r\n|\r|\n/);
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
	return a.length === b.length && a.every((line, i) => line === b[i]);
}
