/**
 * What somebody presses next who types a text into an editor that closes brackets and tags and indents lines by itself,
 * and what they think of the ghost text that is shown. Decides; touches no editor.
 */
import { assert } from "../../src/base/assert.ts";
import { keysOf } from "../../src/completion/keys.ts";
import type { Hole } from "../../src/evaluation/hole.ts";

/** What is seen of the document around the cursor. Lines below are as they are drawn, without white space at their ends. */
export interface EditorState {
	/** Of the cursor's line. */
	readonly linePrefix: string;
	readonly restOfLine: string;
	/** Number of the cursor's line, from 0. */
	readonly line: number;
	readonly linesBelow: readonly string[];
	/** What taking it would make of the cursor's line and those that it adds; undefined while there is none. */
	readonly ghost: ShownGhost | undefined;
}

export interface ShownGhost {
	/** What is shown and not in the document, in order. */
	readonly text: string;
	/** From the beginning of the cursor's line to where the cursor would stand, as drawn: tabs are spaces. */
	readonly drawn: string;
	/** What would be left of the line behind that. */
	readonly restOfLine: string;
}

export type Step =
	/** Keys that write `text`, which is what comes next. */
	| { readonly kind: "type"; readonly text: string }
	/** `text` comes next and stands there already: the cursor moves behind it. */
	| { readonly kind: "move"; readonly text: string }
	/** The line is indented by more than it has to be. */
	| { readonly kind: "outdent" }
	/** By less, by this much. */
	| { readonly kind: "indent"; readonly text: string }
	/** What stands behind the cursor was put in by the editor and belongs nowhere. */
	| { readonly kind: "deleteRight" }
	/** All that is left to type stands there already. */
	| { readonly kind: "done" };

/** What to do at `at` of `place.text`, an offset up to `place.end`. Throws where the document isn't what was typed. */
export function nextStep(place: Hole, at: number, state: EditorState): Step {
	if (!isCursorAt(place, at, state)) {
		throw new Error(
			`${place.path}:${state.line + 1} begins with ${JSON.stringify(state.linePrefix)} where something else was typed: ${JSON.stringify(place.text.slice(0, at).slice(-maxShown))}.`,
		);
	}
	const left = place.text.slice(at, place.end);
	const extra = extraBehind(place, state);
	if (withoutIndentation(left) === withoutIndentation(extra)) {
		return { kind: "done" };
	}
	if (!isInOrder(extra, left)) {
		return { kind: "deleteRight" };
	}
	const key = keysOf(left)[0] ?? "";
	const wanted = lineStartAt(place.text, at);
	if (isBlank(state.linePrefix) && !key.startsWith("\n") && state.linePrefix !== wanted) {
		return wanted.startsWith(state.linePrefix)
			? { kind: "indent", text: wanted.slice(state.linePrefix.length) }
			: { kind: "outdent" };
	}
	const there = alreadyThere(left, extra);
	return there === "" ? { kind: "type", text: key } : { kind: "move", text: there };
}

/** Where the cursor is in `place.text` once `ghost` was taken; undefined when it isn't what the author wrote. */
export function endOfRightGhost(
	place: Hole,
	at: number,
	state: EditorState,
	ghost: ShownGhost,
): number | undefined {
	const from = place.text.lastIndexOf("\n", at - 1) + 1;
	const end = offsetOfDrawn(place.text.slice(from, place.end), ghost.drawn);
	if (end === undefined || from + end <= at) {
		return undefined;
	}
	const left = place.text.slice(from + end, place.end);
	const extra = extraBehind(place, { ...state, restOfLine: ghost.restOfLine });
	return isInOrder(extra, left) ? from + end : undefined;
}

/**
 * Where in the text the cursor stands once a ghost that seemed to reach to `end` was taken: a ghost may go on with what stood
 * behind the cursor already, and takes the cursor along. Undefined where what was made isn't what the author wrote.
 */
export function reachedByTaking(place: Hole, end: number, state: EditorState): number | undefined {
	const from = place.text.lastIndexOf("\n", end - 1) + 1;
	const at = from + state.linePrefix.length;
	return at >= end && at <= place.end && isCursorAt(place, at, state) ? at : undefined;
}

/** As the editor draws a line: a tab reaches to the next column that is a multiple of its size. */
export function drawn(text: string): string {
	return text.replaceAll(/[^\n]*\t/g, (begin) => {
		let shown = "";
		for (const part of begin.slice(0, -1).split("\t")) {
			shown += part;
			shown += " ".repeat(tabSize - (shown.length % tabSize));
		}
		return shown;
	});
}

/** UTF-16 units of the text that an error quotes. */
const maxShown = 80;

/** The editor's. */
export const tabSize = 4;

function offsetOfDrawn(text: string, wanted: string): number | undefined {
	const seen = withoutLineEnds(wanted);
	for (let end = 0; end <= text.length; end++) {
		if (withoutLineEnds(drawn(text.slice(0, end))) === seen) {
			return end;
		}
	}
	return undefined;
}

/** White space at the end of a line can't be seen. */
function withoutLineEnds(text: string): string {
	return text.replaceAll(/ +(?=\n)/g, "");
}

/** Whether the cursor stands behind `at` of the text; how far the line is indented doesn't matter while it has nothing else. */
export function isCursorAt(place: Hole, at: number, { linePrefix, line }: EditorState): boolean {
	const before = place.text.slice(0, at);
	const wanted = before.slice(before.lastIndexOf("\n") + 1);
	const isSame = linePrefix === wanted || (isBlank(linePrefix) && isBlank(wanted));
	return isSame && line === before.split("\n").length - 1;
}

/** What stands behind the cursor and before what the file has behind the place: the editor has put it there. */
function extraBehind(place: Hole, { restOfLine, linesBelow }: EditorState): string {
	const behind = [restOfLine, ...linesBelow];
	const tail = place.text.slice(place.end).split("\n");
	assert(
		behind.length >= tail.length,
		`all lines of ${place.path} are on the page: ${behind.length} are, behind the cursor, of at least ${tail.length}`,
	);
	const extra = behind.slice(0, behind.length - tail.length + 1);
	const last = extra.pop() ?? "";
	const tailLine = (tail[0] ?? "").trim();
	return [...extra, last.trimEnd().slice(0, last.trimEnd().length - tailLine.length)].join("\n");
}

/** The beginning of `left` that the editor has written already and that nobody types again; empty where there is none. */
function alreadyThere(left: string, extra: string): string {
	const line = /^(?:\n\s*)?[^\n]+/.exec(extra)?.[0] ?? "";
	const ink = line.trim();
	if (line.startsWith("\n")) {
		// Of two that close blocks the one that is indented like this one: a ghost may have opened the inner block.
		const indent = /^\n[ \t]*/.exec(left)?.[0] ?? "";
		const isSame = line.startsWith(drawn(indent) + ink) && left.startsWith(ink, indent.length);
		return isSame ? indent + ink : "";
	}
	// Single closers are typed over.
	return ink.startsWith("</") && left.startsWith(ink) ? ink : "";
}

/** The white space that the line has at its beginning, up to `at`. */
function lineStartAt(text: string, at: number): string {
	return text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
}

function isBlank(text: string): boolean {
	return text.trim() === "";
}

function withoutIndentation(text: string): string {
	return text.replaceAll(/[ \t]*\n[ \t]*/g, "\n");
}

/** Whether `left` has all characters of `extra` that are no white space, in their order. */
function isInOrder(extra: string, left: string): boolean {
	let from = 0;
	for (const character of extra.replaceAll(/\s/g, "")) {
		const found = left.indexOf(character, from);
		if (found < 0) {
			return false;
		}
		from = found + 1;
	}
	return true;
}
