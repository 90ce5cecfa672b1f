import { expect, test } from "vitest";
import {
	planReplacing,
	planSaving,
	type SavablePrefix,
} from "../../../../src/engine/snapshots/planSaving.ts";
import type { TokenId } from "../../../../src/tokenizer/tokenizer.ts";
import { someTokens, tokens } from "../../../support/engineRequests.ts";

function kept(
	prompt: readonly TokenId[],
	{ answer = 0, mayPersist = true }: { answer?: number; mayPersist?: boolean } = {},
): SavablePrefix {
	return {
		tokens: [...prompt, ...someTokens(answer, 17)],
		bytes: 1,
		priority: "completion",
		logitsAfter: answer === 0 ? undefined : prompt.length,
		mayPersist,
	};
}

test("one cache for each document is written, the newest first", () => {
	expect(
		planSaving(
			[1, 2, 3].map((seed) => kept(someTokens(200, seed))),
			[],
		),
	).toEqual([2, 1, 0]);
	const same = someTokens(500);
	expect(
		planSaving([kept(same), kept([...same.slice(0, 490), ...tokens(31, 31, 31)])], []),
	).toEqual([1]);
});

test("at most four are written at a time", () => {
	const many = [1, 2, 3, 4, 5, 6].map((seed) => kept(someTokens(200, seed)));
	expect(planSaving(many, [])).toEqual([5, 4, 3, 2]);
});

test("what must not lie on the disk is not written, and stands in for nothing", () => {
	const prompt = someTokens(200);
	expect(planSaving([kept(prompt), kept(prompt, { mayPersist: false })], [])).toEqual([0]);
});

test("short prefixes, such as stand in for longer ones, are not written", () => {
	expect(planSaving([kept(someTokens(159))], [])).toEqual([]);
	expect(planSaving([kept(someTokens(160))], [])).toEqual([0]);
});

test("a prefix that only grew by a few tokens is not written again", () => {
	const saved = [kept(someTokens(200))];
	expect(planSaving([kept(someTokens(232))], saved)).toEqual([]);
	expect(planSaving([kept(someTokens(233))], saved)).toEqual([0]);
	expect(planSaving([kept(someTokens(170))], saved)).toEqual([]);
});

test("the answer behind a prompt doesn't count", () => {
	const saved = [kept(someTokens(200))];
	expect(planSaving([kept(someTokens(200), { answer: 60 })], saved)).toEqual([]);
	expect(planSaving([kept(someTokens(130), { answer: 60 })], [])).toEqual([]);
});

test("a new snapshot replaces those that it begins with, all but the last few tokens", () => {
	const start = someTokens(200);
	const typed = kept([...start.slice(0, 170), ...tokens(9, 9, 9)]);
	const other = kept([...start.slice(0, 100), ...someTokens(100, 3)]);
	expect(planReplacing([kept(start), typed, other], start)).toEqual([kept(start), typed]);
});
