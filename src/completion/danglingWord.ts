import { characterStart } from "../prompt/promptWindow.ts";
import type { CompletionPlace } from "./completionPlace.ts";

/** Where words are looked up: as much text as a reader has in mind, and quickly searched. */
const searchedUnits = 20_000;

const words = /[\p{ID_Continue}$]+/gu;
const wordCharacter = /^[\p{ID_Continue}$]$/u;

/**
 * Cuts a word off the end of `text` that may be half a word.
 *
 * The engine stops where it is no longer sure, and that is often in the middle of a name: after `getUser`
 * when it can't tell `getUserName` from `getUserId`. What was written is likely right, but half a name
 * looks broken and can't be used. Whether a word is whole shows in the file: if it stands there by itself,
 * it stays; otherwise it goes, and what is before it stays.
 */
export function withoutDanglingWord(text: string, place: CompletionPlace): string {
	const tail = wordAtEnd(text);
	if (tail === "") {
		return text;
	}
	const reachesCursor = tail.length === text.length;
	const head = reachesCursor ? wordAtEnd(place.linePrefix) : "";
	const before = place.text.slice(
		Math.max(0, place.offset - searchedUnits),
		place.offset - head.length,
	);
	const after = place.text.slice(place.offset, place.offset + searchedUnits);
	const kept = text.slice(0, text.length - tail.length);
	const isKnown = [before, after, kept].some((known) => containsWord(known, head + tail));
	return isKnown ? text : kept;
}

/** Goes back from the end: a pattern would try each word of the text as the last one. */
function wordAtEnd(text: string): string {
	const first = Math.max(0, text.length - searchedUnits);
	let start = text.length;
	while (start > first) {
		const before = characterStart(text, start - 1);
		if (!wordCharacter.test(text.slice(before, start))) {
			break;
		}
		start = before;
	}
	return text.slice(start);
}

function containsWord(text: string, word: string): boolean {
	for (const [known] of text.matchAll(words)) {
		if (known === word) {
			return true;
		}
	}
	return false;
}
