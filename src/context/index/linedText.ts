import { detached } from "../../base/detached.ts";

/** The text of a file, cut by lines without making a string of each. Lines count from 0. */
export class LinedText {
	readonly #text: string;
	/** Where each line begins, and the place behind the last line's break, had it one. */
	readonly #starts: Int32Array;

	/** Line breaks may be "\n" or "\r\n"; what is answered has the former. */
	constructor(written: string) {
		this.#text = written.includes("\r\n") ? written.replaceAll("\r\n", "\n") : written;
		const starts = [0];
		for (let at = this.#text.indexOf("\n"); at >= 0; at = this.#text.indexOf("\n", at + 1)) {
			starts.push(at + 1);
		}
		starts.push(this.#text.length + 1);
		this.#starts = Int32Array.from(starts);
	}

	/** About what it occupies. */
	get bytes(): number {
		return 2 * this.#text.length + this.#starts.byteLength;
	}

	/** The lines [startLine, endLine], both clamped to the text. */
	lines(startLine: number, endLine: number): string {
		const last = this.#starts.length - 2;
		const start = this.#starts[Math.max(0, startLine)];
		const end = this.#starts[Math.min(endLine, last) + 1];
		return start === undefined || end === undefined || start >= end
			? ""
			: this.#cut(start, end - 1);
	}

	/** From the beginning of a line to a column, in UTF-16 units, of another; undefined behind the end. */
	upTo(startLine: number, endLine: number, endColumn: number): string | undefined {
		const start = this.#starts[startLine];
		const lineStart = this.#starts[endLine];
		const nextStart = this.#starts[endLine + 1];
		return start === undefined || lineStart === undefined || nextStart === undefined
			? undefined
			: this.#cut(start, Math.min(lineStart + endColumn, nextStart - 1));
	}

	/** A short part that lives on by itself would keep the whole text in memory. */
	#cut(start: number, end: number): string {
		const part = this.#text.slice(start, end);
		return part.length > this.#text.length / 2 ? part : detached(part);
	}
}
