/**
 * Characters that nobody types and no editor shows as they are: controls, marks that turn the direction of text or
 * have no width, byte-order marks, tags. The joiners of emoji and of Persian and Indic scripts aren't among them.
 */
const invisible =
	/[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffc\u{e0000}-\u{e007f}]|\u034f|\u17b4|\u17b5/u;

/** They join emoji and letters of some scripts; behind a sign of code they are a trap. */
const joiner = /[\u200c\u200d]/;

/** The letters of a flag such as Scotland's, which come after a black one. */
const flagLetter = /[\u{e0020}-\u{e007f}]/u;
const blackFlag = "\u{1f3f4}";

/** Spaces that don't break a line or are of another width, and look like any other. */
const noBreakSpace = /[\u00a0\u1680\u2000-\u200a\u202f\u205f]/;

/** What stands for a character that was lost: in its place anything could have stood. */
const lost = /[\ufffd\ufffe\uffff\p{Cs}]/u;

/** A terminal's commands are shorter. */
const maxCommandUnits = 32;

/** Removes what can't be seen from a text that comes in pieces. Knows when a character was lost. */
export class ForeignCharacters {
	/** Units of a terminal's command that were skipped so far; undefined outside of one. */
	#commandUnits: number | undefined;
	#hasLost = false;
	#last = "";
	readonly #keepsNoBreakSpaces: boolean;

	/** `keepsNoBreakSpaces` where the document has such spaces too. */
	constructor(keepsNoBreakSpaces: boolean) {
		this.#keepsNoBreakSpaces = keepsNoBreakSpaces;
	}

	/** Whether a character was lost: what follows it isn't returned any more. */
	get hasLost(): boolean {
		return this.#hasLost;
	}

	/** `piece`, whole characters without a line break, without what can't be seen. */
	without(piece: string): string {
		if (this.#commandUnits === undefined && isPlain.test(piece)) {
			this.#last = piece === "" ? this.#last : piece.slice(-1);
			return piece;
		}
		let text = "";
		for (const char of piece) {
			if (this.#hasLost || lost.test(char)) {
				this.#hasLost = true;
				return text;
			}
			const seen = this.#skipsCommand(char) ? "" : this.#seen(char);
			text += seen;
			this.#last = seen === "" ? this.#last : seen;
		}
		return text;
	}

	#seen(char: string): string {
		if (noBreakSpace.test(char)) {
			return this.#keepsNoBreakSpaces ? char : " ";
		}
		if (flagLetter.test(char) && (this.#last === blackFlag || flagLetter.test(this.#last))) {
			return char;
		}
		const isTrap = joiner.test(char) && isPlain.test(this.#last);
		return isTrap || (char !== "\t" && invisible.test(char)) ? "" : char;
	}

	/** `ESC [ … letter`, as terminals colour text with: all of it goes, not only what begins it. */
	#skipsCommand(char: string): boolean {
		if (char === "\u001b") {
			this.#commandUnits = 0;
			return true;
		}
		if (this.#commandUnits === undefined) {
			return false;
		}
		const isFirst = this.#commandUnits === 0;
		const isPart = isFirst ? char === "[" : this.#commandUnits < maxCommandUnits;
		const isLast = !isFirst && /[@-~]/.test(char);
		this.#commandUnits = isPart && !isLast ? this.#commandUnits + 1 : undefined;
		return isPart;
	}
}

/** Most pieces of most answers. */
const isPlain = /^[\t -~]*$/;

/** `line` with spaces in place of those that look like them in front of its text. */
export function withPlainIndentation(line: string): string {
	const written = line.trimStart();
	const before = line.slice(0, line.length - written.length);
	return isPlain.test(before) ? line : before.replace(/[^\t]/g, " ") + written;
}

/** Whether a text has spaces that don't break a line. */
export function hasNoBreakSpaces(text: string): boolean {
	return noBreakSpace.test(text);
}
