import type { CompletionPlace } from "../completionPlace.ts";
import { cleanAnswer } from "../cleaning/answerCleaner.ts";
import { beforeControlToken } from "../cleaning/controlTokens.ts";
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
	text: cleanAnswer(beforeControlToken(candidate.text, place), place),
});

/** Each by a name, for whoever wants to know which one rejected a text. */
export type FilterName =
	| "clean"
	| "repetition"
	| "nextLineCopy"
	| "suffixOverlap"
	| "trailingWhitespace"
	| "existingClosers"
	| "restOfLine"
	| "bringsReplaced"
	| "blank";

type NamedFilter = readonly [name: FilterName, filter: CompletionFilter];

export type Judged =
	| { readonly kind: "kept"; readonly candidate: Candidate }
	| { readonly kind: "rejected"; readonly by: FilterName };

/** Judge the whole answer, once: what is left of it while the user types along would be judged anew. */
const beforeCache: readonly NamedFilter[] = [
	["clean", clean],
	["repetition", repetition],
	["nextLineCopy", nextLineCopy],
];

/** Fit what is left of an answer to the text around the cursor, which changes with each keystroke. */
const afterCache: readonly NamedFilter[] = [
	["suffixOverlap", suffixOverlap],
	["trailingWhitespace", trailingWhitespace],
	["existingClosers", existingClosers],
	["restOfLine", restOfLine],
	["bringsReplaced", bringsReplaced],
	["blank", blank],
];

/** What is left of a whole answer, or which filter rejects it. */
export function judgeBeforeCache(text: string, place: CompletionPlace): Judged {
	return judge(beforeCache, { text, replaceAfter: 0, isFitted: false }, place);
}

/** How what is left of an answer goes in at `place`, or which filter rejects it. `isFitted`: see {@link Candidate}. */
export function judgeAfterCache(text: string, place: CompletionPlace, isFitted: boolean): Judged {
	return judge(afterCache, { text, replaceAfter: 0, isFitted }, place);
}

/** {@link judgeBeforeCache} for whoever doesn't ask why: undefined for what is rejected. */
export function filterBeforeCache(text: string, place: CompletionPlace): string | undefined {
	return keptOf(judgeBeforeCache(text, place))?.text;
}

/** {@link judgeAfterCache} of a whole answer for whoever doesn't ask why, as the cases of reported faults do: undefined for what is rejected. */
export function filterAfterCache(text: string, place: CompletionPlace): Candidate | undefined {
	return keptOf(judgeAfterCache(text, place, false));
}

function keptOf(judged: Judged): Candidate | undefined {
	return judged.kind === "kept" ? judged.candidate : undefined;
}

function judge(filters: readonly NamedFilter[], whole: Candidate, place: CompletionPlace): Judged {
	let candidate = whole;
	for (const [name, filter] of filters) {
		const kept = filter(candidate, place);
		if (kept === undefined) {
			return { kind: "rejected", by: name };
		}
		candidate = kept;
	}
	return { kind: "kept", candidate };
}
