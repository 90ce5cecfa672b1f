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

	constructor({ text, offset, linePrefix, languageId }: CompletionPlace) {
		const start = linePrefix.length > maxLineUnits ? "" : linePrefix.trimStart();
		this.#endsInSpace = start !== start.trimEnd();
		this.#isOnBlankLine = start === "" && linePrefix.length <= maxLineUnits;
		this.#start = comesOnce(start, languageId) ? start.trimEnd() : undefined;
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
function comesOnce(start: string, languageId: string): boolean {
	const code = start.trimEnd();
	if (start.length < 2) {
		return false;
	}
	if (ownObject.test(code) || attribute.test(code) || tag.test(code)) {
		return true;
	}
	return (
		/[\s=]/.test(start) &&
		(/^(?:[-*+>](?:[ \t]\[[ x]\])?|\/\/[/!]?|#{1,6}|--|;+|%)$/.test(code) ||
			(numbersLists.has(languageId) && /^\d{1,4}[.)]$/.test(code)) ||
			(/\p{L}/u.test(code) &&
				(!/[^\p{L}\p{N}_$=:([{"'`>)\]}]$/u.test(code) ||
					code.endsWith("=") ||
					statement.test(code) ||
					/^\|.*\|$/.test(code))))
	);
}

/** An object has no member of that name itself; other names repeat, as in `datetime.datetime`. Nor is what is spread spread. */
const ownObject = /^(?:(?:\$?this|self|super)(?:\.|->|\?\.|::)|\.{3})$/;

/** `#[derive(`, `@Component({`: they stand in no other of the same name. */
const attribute = /^(?:#!?\[|@)\p{L}[\w.:]{0,100}[({]/u;

/** A tag that isn't closed yet. */
const tag = /^<\/?\p{L}[\w.:-]{0,100}$/u;

/** Begins a statement, and nothing else on its line: such a line comes once, whatever it ends with. */
const statement =
	/^(?:#[ \t]{0,8}\p{L}+|export|import|from|const|let|var|val|return|if|elif|else|while|for|switch|def|class|func|fn|function|pub|public|private|protected|static|async|struct|enum|interface|type|package|namespace|template|using|throw|raise|assert|SELECT|INSERT|UPDATE|CREATE)\s/u;

/** There a number at the start of a line is one of a list, elsewhere the first of several. */
const numbersLists: ReadonlySet<string> = new Set(
	"plaintext markdown mdx quarto rmd restructuredtext asciidoc git-commit scminput".split(" "),
);
