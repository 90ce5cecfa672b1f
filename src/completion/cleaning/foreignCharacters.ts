/**
 * Characters that nobody types and no editor shows as they are: controls, marks that turn the direction of text or
 * have no width, byte-order marks, tags. The joiners of emoji and of Persian and Indic scripts aren't among them.
 */
const invisible =
	/[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

/** What stands for a character that was lost: in its place anything could have stood. */
const lost = /[\ufffd\ufffe\uffff\p{Cs}]/u;

/** A terminal's commands are shorter. */
const maxCommandUnits = 32;

/** Removes what can't be seen from a text that comes in pieces. Knows when a character was lost. */
export class ForeignCharacters {
	/** Units of a terminal's command that were skipped so far; undefined outside of one. */
	#commandUnits: number | undefined;
	#hasLost = false;

	/** Whether a character was lost: what follows it isn't returned any more. */
	get hasLost(): boolean {
		return this.#hasLost;
	}

	/** `piece`, whole characters without a line break, without what can't be seen. */
	without(piece: string): string {
		if (this.#commandUnits === undefined && isPlain.test(piece)) {
			return piece;
		}
		let text = "";
		for (const char of piece) {
			if (this.#hasLost || lost.test(char)) {
				this.#hasLost = true;
				return text;
			}
			const isCommand = this.#skipsCommand(char);
			text += isCommand || (char !== "\t" && invisible.test(char)) ? "" : char;
		}
		return text;
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
