import { describe, expect, test } from "vitest";
import type { MixtureSource } from "../../../../src/adaptation/mixtureGate.ts";
import { AdaptiveDrafter } from "../../../../src/engine/speculative/adaptiveDrafter.ts";
import { noDraft, type Drafter } from "../../../../src/engine/speculative/drafter.ts";
import { NgramDrafter } from "../../../../src/engine/speculative/ngramDrafter.ts";
import type { TokenId } from "../../../../src/tokenizer/tokenizer.ts";
import { tokens } from "../../../support/engineRequests.ts";
import { NaiveNgramCounts } from "../../../support/naiveNgramCounts.ts";

const silent: Drafter = { propose: () => Promise.resolve(noDraft) };

describe("a draft from counts", () => {
	test("follows what came after the longest context that was seen", async () => {
		const file = source("file", repeat(tokens(1, 2, 3, 4, 5, 6), 4));
		const drafter = new AdaptiveDrafter([file], silent);
		const draft = await drafter.propose(tokens(9, 1, 2, 3), 3);
		expect(draft).toEqual({ tokens: [4, 5, 6], strength: "strong" });
	});

	test("takes the file's word before the repository's, in whatever order they are given", async () => {
		const file = source("file", repeat(tokens(1, 2, 3), 3));
		const repository = source("repository", repeat(tokens(1, 2, 4), 9));
		const drafter = new AdaptiveDrafter([repository, file], silent);
		expect((await drafter.propose(tokens(9, 1, 2), 1)).tokens).toEqual([3]);
	});

	test("takes the repository's where it knows more of the context", async () => {
		const file = source("file", repeat(tokens(1, 2, 3), 3));
		const repository = source("repository", repeat(tokens(8, 1, 2, 4), 9));
		const drafter = new AdaptiveDrafter([file, repository], silent);
		expect((await drafter.propose(tokens(8, 1, 2), 1)).tokens).toEqual([4]);
	});

	test("ends where the counts no longer agree", async () => {
		const file = source("file", ...[4, 5, 6, 7, 8].map((last) => tokens(1, 2, 3, last)));
		const drafter = new AdaptiveDrafter([file], silent);
		expect((await drafter.propose(tokens(1, 2), 8)).tokens).toEqual([3]);
	});

	test("doesn't follow a single token", async () => {
		const file = source("file", repeat(tokens(2, 3), 9));
		const drafter = new AdaptiveDrafter([file], silent);
		expect(await drafter.propose(tokens(9, 2), 4)).toEqual(noDraft);
	});

	test("leaves the draft to the prompt where nothing was counted", async () => {
		const drafter = new AdaptiveDrafter([source("file")], new NgramDrafter());
		const sequence = tokens(1, 2, 3, 4, 1, 2);
		expect(await drafter.propose(sequence, 2)).toEqual(
			await new NgramDrafter().propose(sequence, 2),
		);
	});

	test("leaves the draft to the prompt where that is better founded", async () => {
		const sure: Drafter = {
			propose: () => Promise.resolve({ tokens: tokens(7, 7), strength: "strong" }),
		};
		const drafter = new AdaptiveDrafter([source("file", tokens(4, 1, 2, 3))], sure);
		expect((await drafter.propose(tokens(4, 1, 2), 2)).tokens).toEqual([7, 7]);
	});
});

function repeat(text: readonly TokenId[], times: number): readonly TokenId[] {
	return Array.from({ length: times }, () => text).flat();
}

function source(
	kind: MixtureSource["kind"],
	...texts: readonly (readonly TokenId[])[]
): MixtureSource {
	return { kind, counts: new NaiveNgramCounts(texts) };
}
