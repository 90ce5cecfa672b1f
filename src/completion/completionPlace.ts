import { mayHoldSecrets } from "../context/files/secrets.ts";
import { lineSlot, type LineSlot } from "./lexical/lineSlot.ts";
import { isHighSurrogate, isLowSurrogate } from "../prompt/promptWindow.ts";
import type { Completion, CompletionRequest, NoCompletionReason } from "./completionProvider.ts";

/**
 * Longest document that is completed in, in UTF-16 code units. Every keystroke searches the text once;
 * nobody types in a file of two million characters.
 */
export const maxDocumentLength = 2_000_000;

/**
 * Where a completion is wanted, in the form that the pipeline works on: "\n" line breaks, and the selected
 * entry of the suggest widget inserted as if the user had taken it.
 */
export interface CompletionPlace {
	readonly path: string;
	/** Whether the document may hold credentials: then nothing of it leaves this machine, or stays on its disk. */
	readonly isSecret: boolean;
	readonly languageId: string;
	/** With what stands before the document, where it is a part of something. */
	readonly text: string;
	/** UTF-16 offset in `text`. */
	readonly offset: number;
	/** The cursor's line before and after the cursor, without its line break. */
	readonly linePrefix: string;
	readonly restOfLine: string;
	/** Whether the rest of the line holds anything but white space. */
	readonly isFollowed: boolean;
	/**
	 * Where the suffix begins that the model is told: at the cursor, or at the end of its line when only
	 * closing brackets and punctuation follow. The editor puts those in while one types, and a prompt with
	 * them would differ from the last one in its very first part; the model writes them again, and the
	 * filter for existing closers joins the two.
	 */
	readonly suffixStart: number;
	/**
	 * What may be put in where code follows on the line while somebody types: then a text is put in front of that code and
	 * nothing of it changes. Undefined where only closers follow, and where a completion was asked for.
	 */
	readonly slot: LineSlot | undefined;
	/** How to say a completion at this place in terms of the document as it was given. */
	readonly document: {
		/** The selected entry's text: what the inserted text begins with. */
		readonly insertPrefix: string;
		readonly replaceStart: number;
		readonly replaceEnd: number;
		readonly lineBreak: "\n" | "\r\n";
	};
}

export type PlaceResult =
	| { readonly kind: "place"; readonly place: CompletionPlace }
	| { readonly kind: "none"; readonly reason: NoCompletionReason };

/** Closing brackets and quotes, then at most one sign: what may stand after the cursor. */
const closersOnly = /^\s*(?:[)>}\]"'`]+\s*)?(?:[:{;,]\s*)?$/;

/** A rest of a line that is longer isn't closers only. */
const maxClosersLength = 80;

export function placeOf(request: CompletionRequest): PlaceResult {
	// The length is known without looking at the text: a huge document must cost nothing.
	const { precedingText = "" } = request;
	if (
		request.text.length > maxDocumentLength ||
		request.text.includes("\0") ||
		precedingText.includes("\0")
	) {
		return { kind: "none", reason: "unsuitableDocument" };
	}
	const selected = request.selectedSuggestion;
	const start = selected?.start ?? request.offset;
	const end = selected?.end ?? request.offset;
	const { text } = request;
	if (
		!(start >= 0 && start <= request.offset && request.offset <= end && end <= text.length) ||
		splitsCharacter(text, start) ||
		splitsCharacter(text, end) ||
		(selected !== undefined &&
			(/[\r\n]/.test(selected.text) || /[\r\n]/.test(text.slice(start, end))))
	) {
		return { kind: "none", reason: "unsuitablePosition" };
	}
	const insertPrefix = selected?.text ?? "";
	const before = toLineFeeds(precedingText) + toLineFeeds(text.slice(0, start)) + insertPrefix;
	const after = toLineFeeds(text.slice(end));
	const whole = before + after;
	const lineEnd = after.indexOf("\n");
	const restOfLine = lineEnd < 0 ? after : after.slice(0, lineEnd);
	const linePrefix = before.slice(before.lastIndexOf("\n") + 1);
	const { languageId } = request;
	const isFollowed = restOfLine.trim() !== "";
	const isTypedInto = request.trigger === "automatic" && isFollowed && !isClosersOnly(restOfLine);
	return {
		kind: "place",
		place: {
			path: request.path,
			isSecret: request.isSecret === true || mayHoldSecrets({ path: request.path, text: whole }),
			languageId,
			text: whole,
			offset: before.length,
			linePrefix,
			restOfLine,
			isFollowed,
			suffixStart: before.length + (isClosersOnly(restOfLine) ? restOfLine.length : 0),
			slot: isTypedInto ? lineSlot({ linePrefix, restOfLine, languageId }) : undefined,
			document: {
				insertPrefix,
				replaceStart: start,
				replaceEnd: end,
				lineBreak: usesCrlf(text) ? "\r\n" : "\n",
			},
		},
	};
}

/** The completion that inserts `text` at `place` and replaces `replaceAfter` units of the line after it. */
export function completionAt(
	place: CompletionPlace,
	text: string,
	replaceAfter: number,
	origin: Completion["origin"],
): Completion {
	const { insertPrefix, replaceStart, replaceEnd, lineBreak } = place.document;
	return {
		insertText: insertPrefix + (lineBreak === "\n" ? text : text.replaceAll("\n", lineBreak)),
		replace: { start: replaceStart, end: replaceEnd + replaceAfter },
		origin,
	};
}

export function isClosersOnly(restOfLine: string): boolean {
	return restOfLine.length <= maxClosersLength && closersOnly.test(restOfLine);
}

/** Whether code follows the cursor on its line that the completion has to join. */
export function isWithinLine({ offset, suffixStart, isFollowed }: CompletionPlace): boolean {
	return offset === suffixStart && isFollowed;
}

function toLineFeeds(text: string): string {
	return text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
}

/** Documents have one kind of line break; the first shows which. */
function usesCrlf(text: string): boolean {
	const newline = text.indexOf("\n");
	return newline > 0 && text.charAt(newline - 1) === "\r";
}

/** Between the halves of a surrogate pair or of a CRLF. */
function splitsCharacter(text: string, offset: number): boolean {
	return (
		(isHighSurrogate(text, offset - 1) && isLowSurrogate(text, offset)) ||
		(text.charAt(offset - 1) === "\r" && text.charAt(offset) === "\n")
	);
}
