import type { Merging } from "./merging.ts";
import type { OutlineNode } from "./outline.ts";
import { plainTextOf } from "./outlineIndex.ts";
import { sharedPart } from "./sharedPart.ts";

/** Statements that are this alike, by their words, may be two versions of one. */
const minLikeness = 0.5;

/** Statements between two anchors that are compared one by one. */
const maxCompared = 400;

/** The rest of a longer statement isn't compared, in UTF-16 units. */
const maxComparedLength = 2000;

/**
 * The statement that this one is another version of: what a body returns, or `new` where nothing is like it.
 * `unclear` where it might as well stand beside one that is alike, since that must neither go nor come twice.
 */
export function likeOf(
	{ block, file }: Merging,
	node: OutlineNode,
	present: readonly OutlineNode[],
): OutlineNode | "new" | "unclear" {
	if (present.length > maxCompared) {
		return "unclear";
	}
	const text = plainTextOf(block, node);
	const last = present.at(-1);
	const isResult = (other: string): boolean => /^(?:return|throw|raise)\b/.test(other);
	if (last !== undefined && isResult(text) && isResult(plainTextOf(file, last))) {
		return last;
	}
	const words = wordsOf(text);
	const isAlike = present.some(
		(other) =>
			other.role === "code" &&
			node.key === undefined &&
			other.key === undefined &&
			areAlike(words, wordsOf(plainTextOf(file, other))),
	);
	return isAlike ? "unclear" : "new";
}

/** By most of their words, or where one only says more than the other: `<b/>` and `<b id="1"/>`. */
function areAlike(a: readonly string[], b: readonly string[]): boolean {
	const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
	const all = new Set(longer);
	const isExtended =
		shorter.length > 0 && shorter[0] === longer[0] && shorter.every((word) => all.has(word));
	return isExtended || sharedPart(a, b) >= minLikeness;
}

function wordsOf(text: string): readonly string[] {
	return (text.slice(0, maxComparedLength).match(/[\w$]+/g) ?? []).filter((word) =>
		/\w/.test(word),
	);
}
