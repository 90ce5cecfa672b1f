import { detached } from "../base/detached.ts";
import type { CompletionPlace } from "./completionPlace.ts";

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
 * the cursor. Undefined when it doesn't.
 */
export function typedSince(key: AnswerKey, place: CompletionPlace): string | undefined {
	const { path, text, offset, suffixStart } = place;
	if (
		key.path !== path ||
		!text.startsWith(key.suffix, suffixStart) ||
		(key.suffix.length < suffixUnits && text.length - suffixStart !== key.suffix.length)
	) {
		return undefined;
	}
	if (offset > key.offset && text.startsWith(key.prefix, key.offset - key.prefix.length)) {
		return text.slice(key.offset, offset);
	}
	// An edit further up moves the offset of the same place; a short prefix would be found anywhere.
	const isComparable = offset === key.offset || key.prefix.length === prefixUnits;
	return isComparable && text.startsWith(key.prefix, offset - key.prefix.length) ? "" : undefined;
}
