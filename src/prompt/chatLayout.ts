import { randomBytes } from "node:crypto";

/**
 * Finds out what a chat template puts around messages without ever showing it one: it renders marks in
 * their places. What a message says can then neither become structure nor change it.
 */

/** Where a template puts the contents of messages, and what stands around them. */
export interface ChatLayout {
	/** What stands before, between and behind the contents: one more than there are of them. */
	readonly structure: readonly string[];
	/** The messages in the order in which they stand, by index, and what of their white space is cut off. */
	readonly contents: readonly {
		readonly index: number;
		readonly trimStart: boolean;
		readonly trimEnd: boolean;
	}[];
}

/** Makes the text of a conversation with these contents, one for each message. Throws what it likes. */
export type RenderContents = (contents: readonly string[]) => string;

/** Why a template can't be used, for the middle of a sentence. */
export class LayoutProblem extends Error {}

/** White space before and after a message, such as templates cut off and never write. */
const padStart = "\u2003\u2002\u2009\u2003";
const padEnd = "\u2009\u2009\u2003\u2002";
/** What escaping, quoting and formatting would change. */
const fragile = `"\\'<é&>\n\t{{ a }}{% b %}{# c #}%s  x`;

/**
 * Renders twice: with bare marks, which shows the structure, and with marks around text that is easily
 * damaged, in white space. In both the structure has to be the same and each mark stand once, as it was;
 * only white space around a message may be missing.
 *
 * A template may still look into messages, for `</think>` or a tool's answer. It sees a mark there, so each
 * message is treated as one that has nothing of the kind.
 *
 * @throws LayoutProblem, or what `render` throws.
 */
export function layOut(count: number, render: RenderContents): ChatLayout {
	// Unguessable, so that no template can hold them; of both cases, so that changes of case are noticed.
	const nonce = randomBytes(12).toString("hex");
	const marks = Array.from({ length: count }, (_, index) => `Q${nonce}x${index}Z`);
	const bare = split(render(marks), marks);
	const guarded = marks.map((mark) => `${mark}${fragile}${mark}`);
	const padded = split(render(guarded.map((text) => padStart + text + padEnd)), guarded);
	if (padded.order.join() !== bare.order.join()) {
		throw new LayoutProblem("it changes the order of messages by what they say");
	}
	const kept = bare.gaps.map((gap, at) => keptPads(gap, padded.gaps[at] ?? ""));
	return {
		structure: bare.gaps,
		contents: bare.order.map((index, at) => ({
			index,
			trimStart: kept[at]?.before === false,
			trimEnd: kept[at + 1]?.after === false,
		})),
	};
}

interface SplitText {
	readonly gaps: readonly string[];
	readonly order: readonly number[];
}

/** Cuts `text` at `marks`, each of which has to stand in it once. */
function split(text: string, marks: readonly string[]): SplitText {
	const places = marks.map((mark, index) => {
		const start = text.indexOf(mark);
		if (start < 0) {
			throw new LayoutProblem("it leaves out messages or changes what they say");
		}
		if (text.includes(mark, start + 1)) {
			throw new LayoutProblem("it repeats messages");
		}
		return { index, start, end: start + mark.length };
	});
	places.sort((a, b) => a.start - b.start);
	const starts = [...places.map(({ start }) => start), text.length];
	return {
		gaps: starts.map((start, at) => text.slice(places[at - 1]?.end ?? 0, start)),
		order: places.map(({ index }) => index),
	};
}

/** Whether the white space after the message before a gap, and before the message after it, is still there. */
function keptPads(
	gap: string,
	padded: string,
): { readonly after: boolean; readonly before: boolean } {
	for (const after of [true, false]) {
		for (const before of [true, false]) {
			if (padded === `${after ? padEnd : ""}${gap}${before ? padStart : ""}`) {
				return { after, before };
			}
		}
	}
	throw new LayoutProblem("what it writes depends on what messages say");
}
