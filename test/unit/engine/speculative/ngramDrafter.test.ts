import * as fc from "fast-check";
import { expect, test } from "vitest";
import { NgramDrafter } from "../../../../src/engine/speculative/ngramDrafter.ts";
import { tokens } from "../../../support/engineRequests.ts";

async function check(sequence: number[], maxTokens: number): Promise<unknown> {
	return [...(await new NgramDrafter().propose(tokens(...sequence), maxTokens)).tokens];
}

test("proposes what followed the longest earlier occurrence of the end", async () => {
	expect(await check([1, 2, 3, 9, 9, 2, 3, 8, 8, 1, 2, 3], 2)).toEqual([9, 9]);
});

test("of equally long occurrences the newest counts", async () => {
	expect(await check([2, 3, 9, 2, 3, 8, 2, 3], 1)).toEqual([8]);
});

test("a repetition is continued beyond the end of the text", async () => {
	expect(await check([7, 1, 2, 1, 2, 1, 2], 5)).toEqual([1, 2, 1, 2, 1]);
	expect(await check([7, 5, 5, 5], 3)).toEqual([5, 5, 5]);
});

test("one recurring token is no reason to draft", async () => {
	expect(await check([1, 2, 3, 2], 4)).toEqual([]);
	expect(await check([1], 4)).toEqual([]);
});

test("longer matches are called stronger", async () => {
	const strengths = [];
	for (const length of [2, 4, 8, 20]) {
		const part = Array.from({ length }, (_, i) => i);
		const draft = await new NgramDrafter().propose(tokens(...part, 99, ...part), 1);
		strengths.push([draft.tokens[0], draft.strength]);
	}
	expect(strengths).toEqual([
		[99, "weak"],
		[99, "fair"],
		[99, "strong"],
		[99, "strong"],
	]);
});

test("a drafter that follows a growing text proposes what a new one does", async () => {
	const text = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 60 });
	await fc.assert(
		fc.asyncProperty(text, fc.array(fc.integer({ min: 1, max: 60 })), async (ids, stops) => {
			const following = new NgramDrafter();
			for (const stop of stops.sort((a, b) => a - b)) {
				const sequence = tokens(...ids.slice(0, stop));
				const fresh = await new NgramDrafter().propose(sequence, 4);
				expect(await following.propose(sequence, 4)).toEqual(fresh);
			}
		}),
	);
});

test("every draft follows an earlier occurrence of the last two tokens", async () => {
	const text = fc.array(fc.nat({ max: 5 }), { minLength: 2, maxLength: 60 });
	await fc.assert(
		fc.asyncProperty(text, async (ids) => {
			const [next] = (await new NgramDrafter().propose(tokens(...ids), 1)).tokens;
			const [a, b] = ids.slice(-2);
			const followers = ids.filter((_, i) => i >= 2 && ids[i - 2] === a && ids[i - 1] === b);
			if (next === undefined) {
				expect(followers).toEqual([]);
			} else {
				expect(followers).toContain(next);
			}
		}),
	);
});
