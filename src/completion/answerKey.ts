import { detached } from "../base/detached.ts";
import { isWithinLine, type CompletionPlace } from "./completionPlace.ts";
import { lexicalRulesOf } from "./lexical/lexicalRules.ts";
import { LexicalScanner } from "./lexical/lexicalScanner.ts";

/** So much text on each side tells two places apart; the model rarely sees a difference further away. */
const prefixUnits = 1024;
const suffixUnits = 256;

/**
 * The place that an answer was given for, in a form that outlives the document. The strings are copies:
 * a slice would keep every version of the document alive that was ever asked about.
 */
export interface AnswerKey {
	readonly path: string;
	readonly offset: number;
	readonly prefix: string;
	readonly suffix: string;
}

export function answerKeyOf(place: CompletionPlace): AnswerKey {
	const { path, text, offset, suffixStart } = place;
	return {
		path,
		offset,
		prefix: detached(text.slice(Math.max(0, offset - prefixUnits), offset)),
		suffix: detached(text.slice(suffixStart, suffixStart + suffixUnits)),
	};
}

/**
 * What was typed since `key`, when `place` comes from it by typing forward: nothing else changed around
 * the cursor, but that the editor has closed what was opened. Undefined when it doesn't.
 */
export function typedSince(key: AnswerKey, place: CompletionPlace): string | undefined {
	const { path, text, offset } = place;
	if (key.path !== path) {
		return undefined;
	}
	if (offset > key.offset && text.startsWith(key.prefix, key.offset - key.prefix.length)) {
		const typed = text.slice(key.offset, offset);
		return hasSuffix(key, place, 0) || hasSuffix(key, place, closedUnits(typed, place))
			? typed
			: undefined;
	}
	// An edit further up moves the offset of the same place; a short prefix would be found anywhere.
	const isComparable = offset === key.offset || key.prefix.length === prefixUnits;
	return isComparable &&
		text.startsWith(key.prefix, offset - key.prefix.length) &&
		hasSuffix(key, place, 0)
		? ""
		: undefined;
}

/** Whether what follows `place` is just what followed that of `key`. */
export function isFollowedAlike(key: AnswerKey, place: CompletionPlace): boolean {
	return hasSuffix(key, place, 0);
}

/** Whether `key`'s suffix stands `skippedUnits` behind the one of `place`. */
function hasSuffix(
	key: AnswerKey,
	{ text, suffixStart }: CompletionPlace,
	skippedUnits: number,
): boolean {
	const start = suffixStart + skippedUnits;
	return (
		text.startsWith(key.suffix, start) &&
		(key.suffix.length === suffixUnits || text.length - start === key.suffix.length)
	);
}

/** Nobody opens more between two questions. In UTF-16 units. */
const maxTypedUnits = 200;

/**
 * How long the closers are, behind a cursor within a line, that the editor has put there for what `typed` opened; 0 for
 * none. At the end of a line they are no part of a suffix.
 */
function closedUnits(typed: string, place: CompletionPlace): number {
	if (!isWithinLine(place) || typed.length > maxTypedUnits) {
		return 0;
	}
	const rest = place.restOfLine.slice(0, maxTypedUnits);
	const scanner = new LexicalScanner(typed + rest, lexicalRulesOf(place.languageId));
	while (scanner.offset < typed.length) {
		scanner.step(typed.length);
	}
	const closers = scanner.open
		.map(({ close }) => close)
		.reverse()
		.join("");
	return rest.startsWith(closers) ? closers.length : 0;
}
