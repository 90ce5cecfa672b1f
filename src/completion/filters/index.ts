import type { CompletionPlace } from "../completionPlace.ts";
import { cleanAnswer } from "../cleaning/answerCleaner.ts";
import { blank } from "./blank.ts";
import { bringsReplaced } from "./bringsReplaced.ts";
import { existingClosers } from "./existingClosers.ts";
import type { Candidate, CompletionFilter } from "./filter.ts";
import { nextLineCopy } from "./nextLineCopy.ts";
import { repetition } from "./repetition.ts";
import { restOfLine } from "./restOfLine.ts";
import { suffixOverlap } from "./suffixOverlap.ts";
import { trailingWhitespace } from "./trailingWhitespace.ts";

/** What a source writes is cleaned while it comes; an answer that is given as a whole is cleaned here. */
const clean: CompletionFilter = (candidate, place) => ({
	...candidate,
	text: cleanAnswer(candidate.text, place),
});

/** Judge the whole answer, once: what is left of it while the user types along would be judged anew. */
const beforeCache: readonly CompletionFilter[] = [clean, repetition, nextLineCopy];

/** Fit what is left of an answer to the text around the cursor, which changes with each keystroke. */
const afterCache: readonly CompletionFilter[] = [
	suffixOverlap,
	trailingWhitespace,
	existingClosers,
	restOfLine,
	bringsReplaced,
	blank,
];

export function filterBeforeCache(text: string, place: CompletionPlace): string | undefined {
	return apply(beforeCache, { text, replaceAfter: 0, isFitted: false }, place)?.text;
}

/** `isFitted`: see {@link Candidate}. */
export function filterAfterCache(
	text: string,
	place: CompletionPlace,
	isFitted: boolean,
): Candidate | undefined {
	return apply(afterCache, { text, replaceAfter: 0, isFitted }, place);
}

function apply(
	filters: readonly CompletionFilter[],
	whole: Candidate,
	place: CompletionPlace,
): Candidate | undefined {
	let candidate: Candidate | undefined = whole;
	for (const filter of filters) {
		candidate = candidate === undefined ? undefined : filter(candidate, place);
	}
	return candidate;
}
