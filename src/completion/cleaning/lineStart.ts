import type { CompletionPlace } from "../completionPlace.ts";
import { isCloserLine } from "../lexical/closerLine.ts";

/** Nobody writes a longer line, and a copy of its beginning is no slip. */
const maxLineUnits = 500;

/** Shorter lines come twice for good reasons: see the filter for repetition. */
const minRepeatedLine = 8;

const wordAtEnd = /[\p{ID_Continue}$]$/u;
const wordAtStart = /^[\p{ID_Continue}$]/u;

/** Whether a model writes again what its line, or the one above, begins with. */
export class LineStart {
	/** What the cursor's line begins with, without indentation; undefined where writing it twice may be meant. */
	readonly #start: string | undefined;
	readonly #endsInSpace: boolean;
	/** The last line with text before the cursor's; undefined where none is near. */
	readonly lineAbove: string | undefined;
	readonly #isOnBlankLine: boolean;

	constructor({ text, offset, linePrefix }: CompletionPlace) {
		const start = linePrefix.length > maxLineUnits ? "" : linePrefix.trimStart();
		this.#endsInSpace = start !== start.trimEnd();
		this.#isOnBlankLine = start === "" && linePrefix.length <= maxLineUnits;
		this.#start = comesOnce(start) ? start.trimEnd() : undefined;
		const lineStart = offset - linePrefix.length;
		const before = text.slice(Math.max(0, lineStart - 4 * maxLineUnits), lineStart).trimEnd();
		const above = before.slice(before.lastIndexOf("\n") + 1);
		this.lineAbove = above === "" ? undefined : above;
	}

	/** Whether `code`, the beginning of a line, may turn out to repeat something. */
	mayRepeat(code: string): boolean {
		const start = this.#start;
		const fresh = this.without(code).trimStart();
		const above = this.#isOnBlankLine ? this.lineAbove?.trim() : undefined;
		return (
			start?.startsWith(fresh) === true ||
			(above !== undefined && above.length >= minRepeatedLine && above.startsWith(code.trimEnd()))
		);
	}

	/** Whether a whole line is the one above, written again from its start. */
	isLineAbove(code: string): boolean {
		const above = this.lineAbove?.trim();
		const isSame = this.#isOnBlankLine && above === code.trimEnd();
		return isSame && code.length >= minRepeatedLine && !isCloserLine(code);
	}

	/** `code` without what the line begins with already, however often it is written again. */
	without(code: string): string {
		const start = this.#start;
		let fresh = code;
		while (start !== undefined && fresh.trimStart().startsWith(start)) {
			const rest = fresh.trimStart().slice(start.length);
			if (wordAtEnd.test(start) && wordAtStart.test(rest)) {
				break;
			}
			fresh = this.#endsInSpace ? rest.trimStart() : rest;
		}
		return fresh;
	}
}

/**
 * Whether nobody writes the beginning of a line twice. Calls nest, `max(max(`, and so do brackets and quotes; items
 * and operands come again: `0, 0, `. What has a space or assigns, and doesn't end in a comma or an operator, doesn't.
 */
function comesOnce(start: string): boolean {
	const code = start.trimEnd();
	return (
		start.length > 1 &&
		/[\s=]/.test(start) &&
		(/^(?:[-*+>]|\/\/[/!]?|#{1,6}|--|;+|%)$/.test(code) ||
			(/\p{L}/u.test(code) && (!/[^\p{L}\p{N}_$=:([{"'`>)\]}]$/u.test(code) || code.endsWith("="))))
	);
}
