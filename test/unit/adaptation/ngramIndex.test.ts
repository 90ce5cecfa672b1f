import { describe, expect, test } from "vitest";
import { NgramIndex } from "../../../src/adaptation/ngramIndex.ts";
import { tokens } from "../../support/engineRequests.ts";
import { plain } from "../../support/plainSuccessors.ts";

const vocabularySize = 1000;

function newIndex(maxBytes = 10_000_000, size = vocabularySize): NgramIndex {
	return new NgramIndex({ vocabularySize: size, maxBytes });
}

/** Text that repeats nothing within a few hundred tokens, and differs with the seed. */
function text(length: number, seed = 1): number[] {
	return Array.from({ length }, (_, i) => (i * i * 7 + i * seed + seed) % vocabularySize);
}

describe("an n-gram index", () => {
	test("gives what followed, for every length of context that was seen", () => {
		const index = newIndex();
		index.putFile("a.ts", [1, 2, 3, 1, 2, 4]);
		expect(plain(index.successors(tokens(9, 1, 2)))).toEqual([
			{
				order: 1,
				counts: [
					[3, 1],
					[4, 1],
				],
				total: 2,
			},
			{
				order: 2,
				counts: [
					[3, 1],
					[4, 1],
				],
				total: 2,
			},
		]);
		expect(plain(index.successors(tokens(3, 1, 2)))).toContainEqual({
			order: 3,
			counts: [[4, 1]],
			total: 1,
		});
	});

	test("knows nothing of contexts that were never followed by anything", () => {
		const index = newIndex();
		index.putFile("a.ts", [1, 2]);
		expect(index.successors(tokens(2))).toEqual([]);
		expect(index.successors([])).toEqual([]);
	});

	test("has no n-grams from one file into the next", () => {
		const index = newIndex();
		index.putFile("a.ts", [1, 2]);
		index.putFile("b.ts", [3, 4]);
		expect(index.successors(tokens(2))).toEqual([]);
		expect(plain(index.successors(tokens(2, 3)))).toEqual([
			{ order: 1, counts: [[4, 1]], total: 1 },
		]);
	});

	test("counts a token that follows itself a hundred thousand times", async () => {
		const index = newIndex(40_000_000);
		index.putFile("a.ts", new Uint16Array(100_001).fill(5));
		await index.settle(1);
		expect(plain(index.successors(tokens(5, 5, 5)))).toEqual(
			[1, 2, 3].map((order) => ({
				order,
				counts: [[5, 100_001 - order]],
				total: 100_001 - order,
			})),
		);
	});

	test.each([65_535, 65_536, 300_000])("takes the last token of a vocabulary of %i", (size) => {
		const index = newIndex(50_000_000, size);
		index.putFile("a.ts", [size - 1, 0, size - 1]);
		expect(plain(index.successors(tokens(0)))).toEqual([
			{ order: 1, counts: [[size - 1, 1]], total: 1 },
		]);
		expect(() => index.putFile("a.ts", [size])).toThrow("outside of the vocabulary");
	});

	test("counts an edit of a counted file at once, and a large new file only after work", () => {
		const index = newIndex();
		expect(index.putFile("large.ts", text(5000))).toBe("pending");
		expect(index.statistics()).toMatchObject({ files: 1, tokens: 5000, pendingFiles: 1 });
		expect(index.successors(tokens(1))).toEqual([]);
		while (index.work(1)) {
			// Until it is counted.
		}
		expect(index.putFile("large.ts", [...text(5000), 1, 2, 3])).toBe("counted");
		expect(index.statistics()).toMatchObject({ tokens: 5003, pendingFiles: 0 });
	});

	test("works in slices and says whether there is more", () => {
		let time = 0;
		const index = new NgramIndex({
			vocabularySize,
			maxBytes: 20_000_000,
			clock: { now: () => time++ },
		});
		index.putFile("large.ts", text(50_000));
		let slices = 0;
		while (index.work(0)) {
			slices++;
		}
		expect(slices).toBeGreaterThan(20);
		expect(index.work(0)).toBe(false);
	});

	test("stops working when it is told to", async () => {
		const index = newIndex(20_000_000);
		index.putFile("large.ts", text(50_000));
		await index.settle(0, AbortSignal.abort());
		expect(index.statistics().pendingFiles).toBe(1);
	});

	test("forgets a file that is removed before it was counted", async () => {
		const index = newIndex();
		index.putFile("large.ts", text(5000));
		index.work(0);
		index.removeFile("large.ts");
		await index.settle(1);
		expect(index.contents()).toEqual({ files: [], segments: [] });
	});

	test("keeps the stamp of the newest version", () => {
		const index = newIndex();
		index.putFile("a.ts", text(5000), "first");
		index.putFile("a.ts", text(5001), "second");
		expect(index.stampOf("a.ts")).toBe("second");
		index.removeFile("a.ts");
		expect(index.stampOf("a.ts")).toBeUndefined();
	});

	test("drops the files first that were not put or touched for the longest time", async () => {
		const index = newIndex(1_700_000);
		const kept = (): readonly string[] =>
			["a", "b", "c", "d", "e"].filter((key) => index.stampOf(key) !== undefined);
		for (const [seed, key] of ["a", "b", "c"].entries()) {
			index.putFile(key, text(10_000, seed));
		}
		await index.settle(1);
		expect(kept()).toEqual(["a", "b", "c"]);
		index.touch("a");
		index.putFile("d", text(10_000, 4));
		expect(kept()).toEqual(["a", "c", "d"]);
		index.putFile("e", text(10_000, 5));
		expect(kept()).toEqual(["a", "d", "e"]);
		await index.settle(1);
		expect(index.contents().files.map(([key]) => key)).toEqual(["a", "d", "e"]);
	});

	test("refuses a file that alone would not fit, and forgets its earlier version", () => {
		const index = newIndex(2_000_000);
		index.putFile("a.ts", [1, 2]);
		expect(index.putFile("a.ts", text(100_000))).toBe("tooLarge");
		expect(index.stampOf("a.ts")).toBeUndefined();
		expect(index.successors(tokens(1))).toEqual([]);
	});

	test("stays within its memory when files are replaced and nobody calls work", () => {
		const index = newIndex(2_000_000);
		for (let seed = 0; seed < 40; seed++) {
			index.putFile(`${seed % 3}.ts`, text(8000, seed));
			expect(index.statistics().bytes).toBeLessThanOrEqual(2_000_000);
		}
		expect(index.statistics().files).toBe(3);
	});

	test("keeps few segments however much is typed", () => {
		const index = newIndex();
		const typed: number[] = text(500);
		for (let i = 0; i < 500; i++) {
			typed.splice(250, 0, i);
			index.putFile("a.ts", typed);
		}
		index.work(Infinity);
		expect(index.statistics().segments).toBeLessThan(8);
		expect(index.statistics().tokens).toBe(1000);
	});

	test("without a file asks for its newest counted version", () => {
		const index = newIndex();
		const without = index.without("a.ts");
		index.putFile("b.ts", [1, 2]);
		index.putFile("a.ts", [1, 2, 1, 3]);
		const only = [{ order: 1, counts: [[2, 1]], total: 1 }];
		expect(plain(without.successors(tokens(1)))).toEqual(only);
		index.putFile("a.ts", [1, 4, 1, 5, 1, 6]);
		expect(plain(without.successors(tokens(1)))).toEqual(only);
		expect(plain(without.successors(tokens(4)))).toEqual([]);
	});
});
