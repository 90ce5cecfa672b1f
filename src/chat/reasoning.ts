import { thoughtMarks } from "../languageModel/thoughtMarks.ts";

/** In lower case: servers and templates spell them as they like. */
const marks = thoughtMarks.map(({ open, close }) => ({
	open: open.toLowerCase(),
	close: close.toLowerCase(),
}));

const longestMark = Math.max(
	...marks.map(({ open, close }) => Math.max(open.length, close.length)),
);

/** More white space at a line's start isn't waited for. */
const maxHeldSpace = 400;

/**
 * Takes what a model thinks aloud out of an answer that comes in pieces. A mark counts at the start of a line
 * outside of fenced code, so that answers about such marks stay whole.
 */
export class ReasoningFilter {
	/** Not decided yet; begins at the start of a line. */
	#held = "";
	#close: string | undefined;
	#isLineStart = true;
	#isAfterReasoning = false;
	#line = "";
	#fence: string | undefined;
	readonly #keepsLines: boolean;

	/** `keepsLines`: line breaks of what is taken out stay, so that lines keep their numbers. */
	constructor({ keepsLines = false }: { readonly keepsLines?: boolean } = {}) {
		this.#keepsLines = keepsLines;
	}

	/** Whether the latest text was part of the model's thinking. */
	get isThinking(): boolean {
		return this.#close !== undefined;
	}

	/** What is certainly part of the answer now. */
	push(piece: string): string {
		this.#held += piece;
		let text = "";
		for (;;) {
			const step = this.#close === undefined ? this.#takeLine() : this.#skip(this.#close);
			if (step === undefined) {
				return text;
			}
			text += step;
		}
	}

	/** The rest, once nothing more comes. */
	end(): string {
		const rest = this.#close === undefined ? this.#held : this.#dropped(this.#held);
		this.#held = "";
		return rest;
	}

	#skip(close: string): string | undefined {
		const end = this.#held.search(new RegExp(escaped(close), "i"));
		if (end < 0) {
			// The mark may have begun.
			const cut = Math.max(0, this.#held.length - longestMark);
			const dropped = this.#dropped(this.#held.slice(0, cut));
			this.#held = this.#held.slice(cut);
			return dropped === "" ? undefined : dropped;
		}
		const dropped = this.#dropped(this.#held.slice(0, end));
		this.#held = this.#held.slice(end + close.length);
		this.#close = undefined;
		this.#isAfterReasoning = true;
		this.#isLineStart = true;
		return dropped;
	}

	#takeLine(): string | undefined {
		let dropped = "";
		if (this.#isAfterReasoning) {
			const plain = this.#held.trimStart();
			dropped = this.#dropped(this.#held.slice(0, this.#held.length - plain.length));
			this.#held = plain;
			this.#isAfterReasoning = plain === "";
		}
		if (this.#held === "") {
			return dropped === "" ? undefined : dropped;
		}
		if (this.#isLineStart && this.#fence === undefined) {
			const near = this.#held.slice(0, maxHeldSpace + longestMark);
			const start = lowered(near.trimStart().slice(0, longestMark));
			const mark = marks.find(({ open }) => start.startsWith(open));
			if (mark !== undefined) {
				const space = near.length - near.trimStart().length;
				dropped += this.#dropped(this.#held.slice(0, space));
				this.#held = this.#held.slice(space + mark.open.length);
				this.#close = mark.close;
				return dropped;
			}
			const mayBegin = marks.some(({ open }) => open.startsWith(start));
			if (mayBegin && this.#held.length < maxHeldSpace) {
				return dropped === "" ? undefined : dropped;
			}
		}
		return dropped + this.#restOfLine();
	}

	#restOfLine(): string {
		const lineEnd = this.#held.indexOf("\n");
		const length = lineEnd < 0 ? this.#held.length : lineEnd + 1;
		const taken = this.#held.slice(0, length);
		this.#held = this.#held.slice(length);
		// A fence is told by the start of its line.
		this.#line += this.#line.length > maxHeldSpace ? "" : taken.slice(0, maxHeldSpace);
		this.#isLineStart = lineEnd >= 0;
		if (this.#isLineStart) {
			this.#fence = fenceAfter(this.#line.trimEnd(), this.#fence);
			this.#line = "";
		}
		return taken;
	}

	#dropped(text: string): string {
		return this.#keepsLines ? text.replaceAll(/[^\n]/g, "") : "";
	}
}

function escaped(text: string): string {
	return text.replaceAll(/[|[\]/\\]/g, String.raw`\$&`);
}

/** As long as the text, which `toLowerCase` alone doesn't promise. */
function lowered(text: string): string {
	return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The fence that is open behind a line. */
function fenceAfter(line: string, open: string | undefined): string | undefined {
	const [, fence, info] =
		/^(?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t]){0,40}(`{3,}|~{3,})([^\n]*)$/.exec(line) ?? [];
	if (fence === undefined || info === undefined) {
		return open;
	}
	if (open === undefined) {
		return fence.startsWith("`") && info.includes("`") ? undefined : fence;
	}
	return fence.startsWith(open) && info === "" ? undefined : open;
}

/** The answer without what the model thought aloud, also where only the end of that is marked. */
export function withoutReasoning(answer: string): string {
	const filter = new ReasoningFilter();
	const text = filter.push(answer) + filter.end();
	const end = endOfUnopened(text);
	return end === 0 ? text : text.slice(end).trimStart();
}

/** The answer with blank lines in place of what the model thought aloud. */
export function blankReasoning(answer: string): string {
	const filter = new ReasoningFilter({ keepsLines: true });
	const text = filter.push(answer) + filter.end();
	const end = endOfUnopened(text);
	return text.slice(0, end).replaceAll(/[^\n]/g, "") + text.slice(end);
}

/**
 * Behind the last mark that ends a thought which no mark began: some chat templates write the first mark
 * themselves. Counts at the start or end of a line outside of fenced code only.
 */
function endOfUnopened(text: string): number {
	let offset = 0;
	let end = 0;
	let fence: string | undefined;
	for (const line of text.split("\n")) {
		if (fence === undefined) {
			const plain = lowered(line.trim());
			const mark = marks.find(({ close }) => plain.startsWith(close) || plain.endsWith(close));
			if (mark !== undefined) {
				end = offset + lowered(line).lastIndexOf(mark.close) + mark.close.length;
			}
		}
		fence = fenceAfter(line.slice(0, maxHeldSpace).trimEnd(), fence);
		offset += line.length + 1;
	}
	return end;
}
