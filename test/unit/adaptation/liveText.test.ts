import { describe, expect, test } from "vitest";
import { LiveText } from "../../../src/adaptation/liveText.ts";
import { tokens } from "../../support/engineRequests.ts";
import { NaiveNgramCounts } from "../../support/naiveNgramCounts.ts";
import { plain } from "../../support/plainSuccessors.ts";

function live(before: readonly number[], after: readonly number[]): LiveText {
	const text = new LiveText(100);
	text.update(before, after);
	return text;
}

describe("live text", () => {
	test("counts both sides of the cursor and nothing from one into the other", () => {
		const text = live([1, 2], [3, 1, 4]);
		expect(plain(text.successors(tokens(1)))).toEqual([
			{
				order: 1,
				counts: [
					[2, 1],
					[4, 1],
				],
				total: 2,
			},
		]);
		expect(text.successors(tokens(2))).toEqual([]);
	});

	test("forgets tokens that are deleted and counts those that are typed", () => {
		const text = live([1, 2, 1, 3], []);
		text.update([1, 2, 1], []);
		expect(plain(text.successors(tokens(1)))).toEqual([{ order: 1, counts: [[2, 1]], total: 1 }]);
		text.update([1, 2, 1, 5, 1], []);
		expect(plain(text.successors(tokens(2, 1)))).toEqual([
			{
				order: 1,
				counts: [
					[2, 1],
					[5, 1],
				],
				total: 2,
			},
			{ order: 2, counts: [[5, 1]], total: 1 },
		]);
	});

	test("follows the cursor through a long file", () => {
		const file = Array.from({ length: 5000 }, (_, i) => (i * i * 3) % 89);
		const text = live(file, []);
		for (const cursor of [0, 2500, 4999, 1, 5000, 1234]) {
			const parts = [file.slice(0, cursor), file.slice(cursor)] as const;
			text.update(...parts);
			const context = tokens(...file.slice(2000, 2005));
			const expected = new NaiveNgramCounts(parts.map((part) => tokens(...part)));
			expect(plain(text.successors(context))).toEqual(plain(expected.successors(context)));
		}
	});

	test("refuses tokens outside of the vocabulary", () => {
		expect(() => live([1, 100], [])).toThrow("token 100 is outside of the vocabulary");
		expect(() => live([], [-1])).toThrow("token -1 is outside of the vocabulary");
	});
});
