import type { CompletionPlace } from "./completionPlace.ts";
import type { CompletionRequest, NoCompletionReason } from "./completionProvider.ts";
import { withoutDanglingWord } from "./danglingWord.ts";
import type { WrittenAnswer } from "./generation.ts";
import { newPart } from "./filters/restOfLine.ts";
import { keysOf } from "./keys.ts";
import { maxLineUnits } from "./lexical/lineSlot.ts";
import { wholePieces } from "./lexical/wholePieces.ts";

/** When text is worth a look. */
export interface Worth {
	/** In [0, 1]: what is less likely to be right as a whole isn't shown. */
	readonly minProbability: number;
	/** Keys that have to be saved on average, the one that takes the ghost not counted; 0 shows the shortest. */
	readonly minSavedKeys: number;
}

/**
 * A ghost that saves less than one key isn't worth looking at. On typing simulated over code that no bundled model knows (10,000
 * keys, `mote-base`, no repository, before a text's probability counted all its tokens) ghosts became 8.3 keys long where they
 * had 6.3, and there were a third fewer of them, for 1.3 of 35.7 % of the keys saved; 85 % were right in both. Two keys cost 2.6 of
 * 43.8 % since, for ghosts of 7.9 keys in place of 6.9, as many of them right.
 */
const minSavedKeys = 1;

/**
 * Within a line a ghost pushes what follows aside, and has to be surer: the gate to this power. On pieces typed into lines of
 * code that `mote-base` doesn't know (150 places, 1,590 keys, no repository) 23 % of the keys are saved with the gate of 0.75
 * as it is, and 0.4 wrong ghosts are shown for 100 keys; with 0.81 19 % and 0.25, with its root, 0.87, 13 % and 0.1.
 */
const surerWithinLine = 0.75;

/** Who asks for a completion looks at it anyway. */
export function worthFor(
	minProbability: number,
	trigger: CompletionRequest["trigger"],
	{ slot }: Pick<CompletionPlace, "slot">,
): Worth {
	return {
		minProbability: slot === undefined ? minProbability : minProbability ** surerWithinLine,
		minSavedKeys: trigger === "invoked" ? 0 : minSavedKeys,
	};
}

/**
 * The beginning of an answer that is to be shown: of those that are likely enough and don't end inside a name, the one
 * that saves most keys on average, P(all of it is right) · (keys − 1). Empty for nothing. All of the answer of a model
 * that doesn't tell how likely it is.
 */
export function textWorthShowing(
	{ text, marks, stoppedBy }: WrittenAnswer,
	place: CompletionPlace,
	worth: Worth,
): string {
	const isCutOff = stoppedBy === "unlikely" || stoppedBy === "length";
	const kept = isCutOff ? withoutDanglingWord(text, place) : text;
	const { whole, isPiece } = piecesOf(kept, place);
	let best = "";
	let mostSaved = worth.minSavedKeys;
	let keys = 0;
	let spaceKeys = 0;
	let from = 0;
	for (const { end, probability } of marks) {
		if (probability === undefined) {
			return longestPiece(whole, isPiece);
		}
		if (from === whole.length || probability < worth.minProbability) {
			break;
		}
		const part = whole.slice(from, end);
		from += part.length;
		const ink = part.trimEnd();
		// White space at the end is taken off a ghost, and counts once something follows it.
		keys += ink === "" ? 0 : spaceKeys + keysOf(ink).length;
		spaceKeys = (ink === "" ? spaceKeys : 0) + keysOf(part.slice(ink.length)).length;
		const saved = probability * (keys - 1);
		if (keys > 0 && saved >= mostSaved && !isInsideName(whole, from) && isPiece(from)) {
			best = whole.slice(0, from);
			mostSaved = saved;
		}
	}
	return best;
}

/** Why nothing of an answer is worth showing. */
export function reasonForNothing(
	{ text, stoppedBy }: WrittenAnswer,
	place: CompletionPlace,
): NoCompletionReason {
	const fresh = place.slot === undefined ? text : newPart(text, place);
	return stoppedBy === "unlikely" || fresh.trim() !== "" ? "notConfident" : "emptyResult";
}

interface Pieces {
	/** What of an answer may be shown. */
	readonly whole: string;
	/** Whether so much of it leaves the line whole. */
	readonly isPiece: (length: number) => boolean;
}

/** What is typed into a line is judged by what is new of it, and ends where what follows goes on. */
function piecesOf(text: string, place: CompletionPlace): Pieces {
	const { linePrefix, restOfLine, languageId, slot } = place;
	if (slot === undefined) {
		return { whole: text, isPiece: () => true };
	}
	const fresh = newPart(text, place).slice(0, maxLineUnits);
	const whole = /^\s/.test(restOfLine) ? fresh.trimEnd() : fresh;
	return {
		whole,
		isPiece: wholePieces({ linePrefix, restOfLine, languageId, text: whole, slot }),
	};
}

function longestPiece(whole: string, isPiece: Pieces["isPiece"]): string {
	let end = whole.length;
	while (end > 0 && !(isPiece(end) && !isInsideName(whole, end))) {
		end--;
	}
	return whole.slice(0, end);
}

const wordAtEnd = /[\p{ID_Continue}$]$/u;
const wordAtStart = /^[\p{ID_Continue}$]/u;

/** Looks at one character on each side, of which the pattern needs two units at most. */
function isInsideName(text: string, at: number): boolean {
	return (
		wordAtEnd.test(text.slice(Math.max(0, at - 2), at)) && wordAtStart.test(text.slice(at, at + 2))
	);
}
