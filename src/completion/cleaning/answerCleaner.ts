import type { CompletionPlace } from "../completionPlace.ts";
import { fenceOf, mayBeFence, writesFences } from "./fences.ts";
import { ForeignCharacters, hasNoBreakSpaces, withPlainIndentation } from "./foreignCharacters.ts";
import {
	columnsOf,
	fileIndentationAt,
	indentationOf,
	IndentationUnit,
	type FileIndentation,
	opensBlock,
} from "./indentation.ts";
import { LineStart } from "./lineStart.ts";

/** A line whose beginning is longer than this, and still isn't clear, is taken as it is. */
const maxUndecidedUnits = 600;

/** A line whose beginning is further away was written by a program. */
const maxPrefixUnits = 2000;

/** So much of the document on either side of the cursor tells which characters are used in it. */
const searchedUnits = 10_000;

/** What begins a line of a comment or a list; what comes after it has an indentation of its own. */
const afterMarker = /^[ \t]{0,200}(?:[*>#;%-]|\/\/[/!]?|--)[ \t]$/;

/** What ends with the text at hand: a part of a line, the line, or the answer. */
type LineEnd = "part" | "line" | "answer";

/**
 * Turns what a model writes into what may stand at a place, while it is written: in the file's indentation unit,
 * without what is in front of the cursor already, without fences and characters that can't be seen. What was
 * returned is never taken back, but for an answer that turns out to be unusable.
 *
 * Cleaning what is clean changes nothing.
 */
export class AnswerCleaner {
	/** Of the cursor's line, as much of it as matters. */
	readonly #linePrefix: string;
	readonly #characters: ForeignCharacters;
	readonly #file: FileIndentation | undefined;
	readonly #unit: IndentationUnit;
	readonly #lineStart: LineStart;
	readonly #keepsFences: boolean;
	#text = "";
	/** Line breaks before the first line with text: a fence may come yet that makes them no part of the answer. */
	#lead = "";
	/** The line at hand as far as it came, while it isn't clear what it is. */
	#held: string | undefined = "";
	/** The last whole line that was returned. */
	#lineAbove: string | undefined;
	#lineStartsAt = 0;
	#isFirstLine = true;
	#fence: string | undefined;
	/** Put in front of each line of a fenced answer that was written as if it stood at the margin. */
	#margin = "";
	#isOver = false;

	constructor(place: CompletionPlace) {
		const line = place.linePrefix.slice(-maxPrefixUnits);
		this.#linePrefix = line;
		const { text, offset } = place;
		const near = text.slice(Math.max(0, offset - searchedUnits), offset + searchedUnits);
		this.#characters = new ForeignCharacters(hasNoBreakSpaces(near));
		this.#file = fileIndentationAt(text, offset, line);
		this.#unit = new IndentationUnit({ file: this.#file, line });
		this.#lineStart = new LineStart(place);
		this.#keepsFences = writesFences(place);
	}

	/** What the answer is by now. Only ever grows, unless {@link isOver}. */
	get text(): string {
		return this.#text;
	}

	/** Whether nothing that comes now is part of the answer. */
	get isOver(): boolean {
		return this.#isOver;
	}

	/** Takes a piece of whole characters, with "\n" line breaks. */
	push(piece: string): void {
		let at = 0;
		while (at < piece.length && !this.#isOver) {
			const newline = piece.indexOf("\n", at);
			const end = newline < 0 ? piece.length : newline;
			this.#addToLine(piece.slice(at, end));
			at = end;
			if (newline >= 0 && !this.isOver) {
				this.#endLine();
				at++;
			}
		}
	}

	/** No more comes: what wasn't clear is as it is. */
	end(): void {
		if (this.#held !== undefined && !this.#isOver) {
			this.#decide(this.#held, "answer");
		}
	}

	#addToLine(part: string): void {
		const clean = this.#characters.without(part);
		if (this.#characters.hasLost) {
			// What stands before it on its line leads to nothing.
			const kept = this.#text.slice(0, Math.max(0, this.#lineStartsAt - 1));
			this.#text = kept.trim() === "" ? "" : kept;
			this.#isOver = true;
			return;
		}
		if (this.#held === undefined) {
			this.#write(clean);
			return;
		}
		this.#held += clean;
		if (this.#held.length > maxUndecidedUnits || this.#isClear(this.#held)) {
			this.#decide(this.#held, "part");
		}
	}

	#endLine(): void {
		if (this.#held !== undefined && !this.#decide(this.#held, "line")) {
			return;
		}
		if (this.#text === "") {
			this.#lead += "\n";
		} else {
			const before = this.#isFirstLine ? this.#linePrefix : "";
			this.#lineAbove = before + this.#text.slice(this.#lineStartsAt);
			this.#text += "\n";
			this.#lineStartsAt = this.#text.length;
		}
		this.#isFirstLine = false;
		this.#held = "";
	}

	/** Whether more of the line can't change what its beginning is. */
	#isClear(line: string): boolean {
		const written = line.trimStart();
		const code = this.#isFirstLine ? this.#lineStart.without(written).trimStart() : written;
		return (
			code !== "" &&
			(this.#keepsFences || !mayBeFence(code)) &&
			!(this.#isFirstLine && this.#lineStart.mayRepeat(written))
		);
	}

	/** Writes the line at hand, as much of it as is there; false where it is no part of the answer. */
	#decide(held: string, ends: LineEnd): boolean {
		const line = withPlainIndentation(held);
		this.#held = undefined;
		const fence = this.#keepsFences ? undefined : fenceOf(line);
		if (fence !== undefined) {
			return this.#readFence(fence);
		}
		if (this.#isFirstLine) {
			return this.#decideFirst(line, ends);
		}
		const indentation = indentationOf(line);
		if (indentation.length < line.length) {
			if (this.#fence !== undefined && this.#text === "" && indentation === "") {
				this.#margin = this.#marginInBlock();
			}
			const inFile = this.#unit.inFile(indentation, this.#lineAbove);
			this.#write(this.#margin + inFile + line.slice(indentation.length));
		}
		return true;
	}

	#write(text: string): void {
		this.#lineStartsAt += this.#text === "" ? this.#lead.length : 0;
		this.#text = this.#text === "" && text !== "" ? this.#lead + text : this.#text + text;
	}

	/** Where a line after the cursor's begins. */
	#marginInBlock(): string {
		const linePrefix = this.#linePrefix;
		const step = this.#file?.kind === "spaces" ? " ".repeat(this.#file.width) : "\t";
		return indentationOf(linePrefix) + (opensBlock(linePrefix) ? step : "");
	}

	#readFence(fence: { readonly kind: "open" | "bare"; readonly content: string }): boolean {
		if (fence.content !== "") {
			// All of the answer between two fences on one line.
			this.#write(fence.content);
			this.#isOver = true;
			return false;
		}
		const isOpening = this.#fence === undefined && this.#text === "";
		if (isOpening) {
			this.#fence = fence.kind;
			this.#held = "";
			if (this.#linePrefix.trim() === "") {
				this.#lead = "";
				this.#isFirstLine = true;
			}
			return false;
		}
		// What comes after a fence is talk, and so is what came before one that opens here.
		const isTalk = this.#fence === undefined && fence.kind === "open";
		this.#text = isTalk ? "" : this.#text.trimEnd();
		this.#isOver = true;
		return false;
	}

	/** The first line goes on after the cursor; what stands there already isn't written again. */
	#decideFirst(line: string, ends: LineEnd): boolean {
		const linePrefix = this.#linePrefix;
		const indentation = indentationOf(line);
		const code = line.slice(indentation.length);
		if (code === "") {
			// The line at hand is left, or nothing was written.
			this.#write(ends === "part" ? line : "");
			return true;
		}
		if (this.#fence !== undefined && indentation === "") {
			this.#margin = indentationOf(linePrefix);
		}
		if (ends === "line" && this.#lineStart.isLineAbove(code)) {
			this.#held = "";
			return false;
		}
		const fresh = this.#lineStart.without(code);
		const fence = this.#keepsFences || fresh === code ? undefined : fenceOf(fresh);
		if (fence !== undefined) {
			return this.#readFence(fence);
		}
		if (linePrefix === "") {
			this.#write(this.#unit.inFile(indentation, undefined) + fresh);
		} else if (linePrefix.trim() === "") {
			this.#write(this.#missingIndentation(indentation, code) + fresh);
		} else {
			// One space is enough between what stands there and code; comments are often set apart.
			const isSpaced =
				/\S\s$/.test(linePrefix) && !afterMarker.test(linePrefix) && !/^(?:#|\/\/|--)/.test(code);
			this.#write(isSpaced || fresh !== code ? fresh : indentation + fresh);
		}
		return true;
	}

	/** Of the white space that a line of code begins with, what isn't in front of the cursor. */
	#missingIndentation(indentation: string, code: string): string {
		const linePrefix = this.#linePrefix;
		const above = this.#lineStart.lineAbove ?? "";
		const present = columnsOf(linePrefix);
		const unit = this.#file?.kind === "spaces" ? this.#file.width : 1;
		const wanted = columnsOf(indentationOf(above)) + (opensBlock(above) ? unit : 0);
		if (indentation === " " && code.startsWith("*")) {
			// The lines of a comment stand one column deeper than its beginning.
			return indentation;
		}
		if (present >= wanted) {
			// A step that is smaller than what stands there goes on from it: a line that continues the one above.
			const columns = columnsOf(indentation);
			const isStep = this.#file?.kind === "tabs" ? /^\t+$/.test(indentation) : columns % unit === 0;
			return columns < present && isStep && this.#file !== undefined ? indentation : "";
		}
		const absolute = columnsOf(indentation) >= wanted;
		return absolute && indentation.startsWith(linePrefix)
			? indentation.slice(linePrefix.length)
			: indentation;
	}
}

/** The whole of an answer, cleaned. */
export function cleanAnswer(text: string, place: CompletionPlace): string {
	const cleaner = new AnswerCleaner(place);
	cleaner.push(text);
	cleaner.end();
	return cleaner.text;
}
