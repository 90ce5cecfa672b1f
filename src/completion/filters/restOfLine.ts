import { isWithinLine, type CompletionPlace } from "../completionPlace.ts";
import { cursorClosers, type CursorClosers } from "../lexical/cursorClosers.ts";
import { lexicalRulesOf } from "../lexical/lexicalRules.ts";
import type { Candidate, CompletionFilter } from "./filter.ts";

/** Of the rest of a line so much is compared; a longer one is no line that somebody writes. */
const comparedUnits = 4096;

/** Of an answer: longer than the longest that is shown. */
const maxTextUnits = 16_384;

/**
 * Within a line, replaces the part after the cursor that the text writes again: with `add(║, b) + 1;` the answer
 * `a, b) + 1;` is meant for the whole line. White space doesn't count in the comparison.
 *
 * Of an answer that goes on differently, only the part is kept that comes before what the line has already;
 * otherwise the brackets around the cursor would be closed twice.
 */
export const restOfLine: CompletionFilter = (candidate, place) => {
	if (!isWithinLine(place) || candidate.isFitted) {
		return candidate;
	}
	if (place.slot !== undefined) {
		const fresh = newPart(candidate.text, place);
		return fitting({ ...candidate, text: fresh }, place.restOfLine, place.linePrefix);
	}
	const { text } = candidate;
	if (text.length > maxTextUnits) {
		return candidate;
	}
	const { rest, closers, compared } = compare(text, place);
	const repeated = firstRepeat(text, compared, closers);
	if (repeated !== undefined) {
		return repeated.textStart === 0 && repeated.isWholeText
			? undefined
			: { ...candidate, replaceAfter: repeated.restEnd };
	}
	const isWoven = closers.covered > 0 && closers.covered === closers.ends.length;
	if (isWoven && compared.isRestWithinText()) {
		return { ...candidate, replaceAfter: rest.trimEnd().length };
	}
	const before = { ...candidate, text: beforeRest(text, compared, closers) };
	return fitting(before, rest, place.linePrefix);
};

/**
 * Of a text that is put in within a line while somebody types, what comes before the part that the line has already: it
 * goes in front of that, and nothing of the line is replaced. At most the rest of the cursor's line.
 */
export function newPart(text: string, place: CompletionPlace): string {
	const lineEnd = text.indexOf("\n");
	const line = (lineEnd < 0 ? text : text.slice(0, lineEnd)).slice(0, maxTextUnits);
	const { compared, closers } = compare(line, place);
	const repeated = firstRepeat(line, compared, closers);
	return repeated === undefined
		? beforeRest(line, compared, closers)
		: line.slice(0, repeated.textStart);
}

interface Compared {
	readonly rest: string;
	readonly closers: CursorClosers;
	readonly compared: SpacelessComparison;
}

function compare(text: string, { linePrefix, restOfLine, languageId }: CompletionPlace): Compared {
	const rest = restOfLine.slice(0, comparedUnits);
	const rules = lexicalRulesOf(languageId);
	return {
		rest,
		closers: cursorClosers({ linePrefix, restOfLine: rest, text, rules, where: "anywhere" }),
		compared: new SpacelessComparison(text, rest),
	};
}

interface Repeat {
	readonly textStart: number;
	readonly restEnd: number;
	readonly isWholeText: boolean;
}

/** The first place in the text from where on it is the rest of the line: all of it, or as much as fits. */
function firstRepeat(
	text: string,
	compared: SpacelessComparison,
	closers: CursorClosers,
): Repeat | undefined {
	for (let index = 0; index < compared.textLength; index++) {
		const common = compared.commonLength(index);
		const isAll = common > 0 && common === compared.restLength;
		const isWholeText = index + common === compared.textLength;
		const textStart = compared.textOffset(index);
		// A part of the rest, its beginning, doesn't come after the first of its closers written again.
		const isBehindCloser = !isAll && textStart > (closers.firstCoveredAt ?? Infinity);
		if (isBehindCloser || !closers.isOutside(textStart) || splitsWord(text, textStart)) {
			continue;
		}
		if (common > 0 && (isWholeText || (isAll && isEnough(index, common, text, compared)))) {
			return { textStart, restEnd: compared.restOffset(common - 1) + 1, isWholeText };
		}
		if (isAllButSign(index, common, text, compared)) {
			const restEnd = compared.restOffset(common) + 1;
			return { textStart, restEnd, isWholeText: false };
		}
	}
	return undefined;
}

/** Whether the text has all of the rest, more code, and then the sign that the rest ends with: `+ b;` and `a + b + c;`. */
function isAllButSign(
	index: number,
	common: number,
	text: string,
	compared: SpacelessComparison,
): boolean {
	const sign = compared.lastRestSign;
	return (
		common === compared.restLength - 1 &&
		";,:{".includes(sign) &&
		text.trimEnd().endsWith(sign) &&
		index > 0 &&
		common >= minRepeatedSigns &&
		!splitsWord(text, compared.textOffset(index + common - 1) + 1)
	);
}

/** The part of a text that closes brackets a second time which stands before these. */
function beforeRest(text: string, compared: SpacelessComparison, closers: CursorClosers): string {
	const { firstCoveredAt, ends } = closers;
	if (firstCoveredAt === undefined) {
		return text;
	}
	for (let index = 0; index < compared.textLength; index++) {
		const common = compared.commonLength(index);
		const start = compared.textOffset(index);
		const reachesCloser =
			common > 0 && compared.restOffset(common - 1) + 1 >= (ends[0] ?? Infinity);
		if (reachesCloser && closers.isOutside(start) && !splitsWord(text, start)) {
			return text.slice(0, start);
		}
	}
	return text.slice(0, firstCoveredAt);
}

/** Rejects what would make one word of two; a space is enough between the text and the rest. */
function fitting(candidate: Candidate, rest: string, linePrefix: string): Candidate | undefined {
	const { text } = candidate;
	const before = text === "" ? linePrefix : text;
	if (wordAtEnd.test(before.slice(-2)) && wordAtStart.test(rest.slice(0, 2))) {
		return undefined;
	}
	return { ...candidate, text: /^\s/.test(rest) ? text.trimEnd() : text };
}

const wordAtEnd = /[\p{ID_Continue}$]$/u;
const wordAtStart = /^[\p{ID_Continue}$]/u;

function splitsWord(text: string, at: number): boolean {
	return (
		wordAtEnd.test(text.slice(Math.max(0, at - 2), at)) && wordAtStart.test(text.slice(at, at + 2))
	);
}

/**
 * Whether all of the rest, which the text goes on after, is written again: closers and punctuation may follow it on its
 * line; code may follow where so much of it is the same that it is no accident.
 */
function isEnough(
	index: number,
	common: number,
	text: string,
	compared: SpacelessComparison,
): boolean {
	const end = compared.textOffset(index + common - 1) + 1;
	const isLineEnd = /^[ \t]*(?:[;,:{)}\]][;,:{)}\] \t]*)?(?:\n|$)/.test(text.slice(end, end + 200));
	return isLineEnd || (index > 0 && common >= minRepeatedSigns && !splitsWord(text, end));
}

/** Fewer come again in any code. */
const minRepeatedSigns = 4;

/** Two texts without their white space, and where the second occurs in the first. Linear in both. */
class SpacelessComparison {
	readonly #text: string;
	readonly #rest: string;
	readonly #textOffsets: readonly number[];
	readonly #restOffsets: readonly number[];
	/** The Z function of both: how long what begins at each place agrees with the beginning. */
	readonly #common: Int32Array;

	constructor(text: string, rest: string) {
		this.#text = text;
		this.#rest = rest;
		this.#textOffsets = inkOffsets(text);
		this.#restOffsets = inkOffsets(rest);
		const units = [
			...this.#restOffsets.map((offset) => rest.charCodeAt(offset)),
			// No unit of a string.
			-1,
			...this.#textOffsets.map((offset) => text.charCodeAt(offset)),
		];
		this.#common = zFunction(units);
	}

	get textLength(): number {
		return this.#textOffsets.length;
	}

	get restLength(): number {
		return this.#restOffsets.length;
	}

	get lastRestSign(): string {
		return this.#rest.charAt(this.#restOffsets.at(-1) ?? 0);
	}

	/** How many signs of the text from the one with `index` on are those that the rest begins with. */
	commonLength(index: number): number {
		return this.#common[this.restLength + 1 + index] ?? 0;
	}

	/** Whether all signs of the rest occur in the text, in order. */
	isRestWithinText(): boolean {
		let at = 0;
		for (const offset of this.#restOffsets) {
			at = this.#text.indexOf(this.#rest.charAt(offset), at) + 1;
			if (at === 0) {
				return false;
			}
		}
		return true;
	}

	textOffset(index: number): number {
		return this.#textOffsets[index] ?? 0;
	}

	restOffset(index: number): number {
		return this.#restOffsets[index] ?? 0;
	}
}

function inkOffsets(text: string): readonly number[] {
	const offsets: number[] = [];
	for (let at = 0; at < text.length; at++) {
		if (!" \t\n".includes(text.charAt(at))) {
			offsets.push(at);
		}
	}
	return offsets;
}

function zFunction(units: readonly number[]): Int32Array {
	const lengths = new Int32Array(units.length);
	let start = 0;
	let end = 0;
	for (let at = 1; at < units.length; at++) {
		let length = at < end ? Math.min(end - at, lengths[at - start] ?? 0) : 0;
		while (at + length < units.length && units[length] === units[at + length]) {
			length++;
		}
		lengths[at] = length;
		if (at + length > end) {
			start = at;
			end = at + length;
		}
	}
	return lengths;
}
