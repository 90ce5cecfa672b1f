import type { Merging } from "./mergeNode.ts";
import type { OutlineNode } from "./outline.ts";
import { plainTextOf } from "./outlineIndex.ts";

/** Statements that are this alike, by their words, are two versions of one. */
const minLikeness = 0.5;

/** Those that are less alike have nothing to do with each other. */
const maxDifference = 0.25;

/** Statements between two anchors that are compared one by one. */
const maxCompared = 400;

/** The one statement that is another version of this one. */
export function likeOf(
	{ block, file }: Merging,
	node: OutlineNode,
	present: readonly OutlineNode[],
): OutlineNode | "new" | "unclear" {
	if (present.length > maxCompared) {
		return "unclear";
	}
	const words = wordsOf(plainTextOf(block, node));
	const unnamed = present.filter(
		({ role, key }) => role === "code" && (node.key === undefined ? key === undefined : false),
	);
	const scored = unnamed
		.map((other) => ({ other, score: likeness(words, wordsOf(plainTextOf(file, other))) }))
		.sort((a, b) => b.score - a.score);
	const [best, second] = scored;
	if (best === undefined || best.score <= maxDifference) {
		return "new";
	}
	return best.score >= minLikeness && (second?.score ?? 0) < best.score ? best.other : "unclear";
}

function wordsOf(text: string): readonly string[] {
	return text.slice(0, 2000).match(/[\w$]+|[^\s\w]/g) ?? [];
}

function likeness(a: readonly string[], b: readonly string[]): number {
	const counts = new Map<string, number>();
	for (const word of a) {
		counts.set(word, (counts.get(word) ?? 0) + 1);
	}
	let shared = 0;
	for (const word of b) {
		const count = counts.get(word) ?? 0;
		if (count > 0 && /\w/.test(word)) {
			shared += 2;
		}
		counts.set(word, count - 1);
	}
	const all = [...a, ...b].filter((word) => /\w/.test(word)).length;
	return all === 0 ? 0 : shared / all;
}
