/** The lines of a text while it is written. Reads every unit once, however often it is asked. */
export class WrittenLines {
	/** A line after the first that repeats this one, without white space at its end, is a copy. */
	readonly #copied: string | undefined;
	/** Offsets of the line breaks from the first line with text on. */
	readonly #ends: number[] = [];
	#length = 0;
	#lineStart = 0;
	#inkEnd = 0;
	#lineBreaks = 0;
	#firstLineBreak: number | undefined;
	#copyStart: number | undefined;
	#paragraphEnd: number | undefined;

	constructor(copied: string | undefined) {
		this.#copied = copied;
	}

	/** How many line breaks there are. */
	get lineBreaks(): number {
		return this.#lineBreaks;
	}

	/** The offset of the first of them. */
	get firstLineBreak(): number | undefined {
		return this.#firstLineBreak;
	}

	/** Where the last sign that isn't white space ends; 0 for none. */
	get inkEnd(): number {
		return this.#inkEnd;
	}

	/** Whether the line at hand, not the first, has no text yet. */
	get isAtLineStart(): boolean {
		return this.#lineBreaks > 0 && this.#inkEnd <= this.#lineStart;
	}

	/** The line break before the first line that is a copy. */
	get copyStart(): number | undefined {
		return this.#copyStart;
	}

	/** The line break before the first blank line after some text. */
	get paragraphEnd(): number | undefined {
		return this.#paragraphEnd;
	}

	/** The end of line `index`, counted from the first with text; undefined while it isn't there. */
	endOfLine(index: number): number | undefined {
		return this.#ends[index];
	}

	/** Takes all of the text by now: what was read, and more. */
	read(text: string): void {
		for (let at = this.#length; at < text.length; at++) {
			const unit = text.charCodeAt(at);
			if (unit === 0x0a) {
				this.#endLine(text, at);
			} else if (!isBlank(unit)) {
				this.#inkEnd = at + 1;
			}
		}
		this.#length = text.length;
	}

	#endLine(text: string, at: number): void {
		const isBlankLine = this.#inkEnd <= this.#lineStart;
		if (this.#inkEnd > 0) {
			this.#ends.push(at);
			this.#paragraphEnd ??= isBlankLine ? this.#lineStart - 1 : undefined;
		}
		if (this.#lineBreaks > 0 && !isBlankLine) {
			const isCopy = text.slice(this.#lineStart, at).trimEnd() === this.#copied;
			this.#copyStart ??= isCopy ? this.#lineStart - 1 : undefined;
		}
		this.#lineBreaks++;
		this.#firstLineBreak ??= at;
		this.#lineStart = at + 1;
	}
}

/** What ends no line and is no text. */
function isBlank(unit: number): boolean {
	return unit === 0x20 || unit === 0x09 || unit === 0x0d;
}
