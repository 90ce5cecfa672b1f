import { yieldToEventLoop } from "../base/abort.ts";

/** So much of a text is looked at in one go, which takes about a millisecond. UTF-16 units. */
const sliceLength = 16_000;
/** More than the lexemes of a shingle have, mostly: what lies across two slices is seen whole in the first. */
const overlapLength = 2_000;

export interface Slice {
	readonly text: string;
	/** Where it begins, in UTF-16 units. */
	readonly startOffset: number;
}

/** A text in pieces that overlap, with the thread given back before each but the first. Ends after an abort. */
export async function* slicesOf(
	text: string,
	signal: AbortSignal,
): AsyncGenerator<Slice, void, void> {
	for (let startOffset = 0; startOffset < text.length; startOffset += sliceLength) {
		if (startOffset > 0) {
			await yieldToEventLoop();
		}
		if (signal.aborted) {
			return;
		}
		yield { text: text.slice(startOffset, startOffset + sliceLength + overlapLength), startOffset };
	}
}
