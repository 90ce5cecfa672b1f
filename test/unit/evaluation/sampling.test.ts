import { describe, expect, test } from "vitest";
import { excerpt } from "../../../src/evaluation/sampledTexts.ts";
import { byLanguage, randomStream, shuffledByPackage } from "../../../src/evaluation/sampling.ts";

function entriesOf(counts: Readonly<Record<string, number>>) {
	return Object.entries(counts).flatMap(([name, count]) =>
		Array.from({ length: count }, (_, index) => ({
			package: name,
			language: "go",
			path: `${name}/${index}.go`,
			textOffset: 0,
			textBytes: 10,
		})),
	);
}

describe("a sample of the corpus", () => {
	test("begins with one file of every package", () => {
		const order = shuffledByPackage(entriesOf({ large: 50, small: 1, other: 3 }), 1);
		expect(new Set(order.slice(0, 3).map((entry) => entry.package)).size).toBe(3);
		expect(order).toHaveLength(54);
	});

	test("depends on the seed and not on the order of the file", () => {
		const entries = entriesOf({ a: 20, b: 20 });
		const paths = (seed: number, from = entries) =>
			shuffledByPackage(from, seed).map(({ path }) => path);
		expect(paths(1, entries.toReversed())).toEqual(paths(1));
		expect(paths(2)).not.toEqual(paths(1));
	});

	test("languages come in the order of their names", () => {
		const [first] = entriesOf({ a: 1 });
		const languages = ["rust", "c", "go", "c"].map((language) => ({ ...first, language }));
		expect([...byLanguage(languages as ReturnType<typeof entriesOf>).keys()]).toEqual([
			"c",
			"go",
			"rust",
		]);
	});

	test("a random stream is the same for the same seed and name", () => {
		const numbers = (seed: number, name: string) => {
			const random = randomStream(seed, name);
			return [random(), random(), random()];
		};
		expect(numbers(1, "a")).toEqual(numbers(1, "a"));
		expect(numbers(1, "b")).not.toEqual(numbers(1, "a"));
		expect(numbers(2, "a")).not.toEqual(numbers(1, "a"));
	});
});

describe("an excerpt", () => {
	const text = Array.from({ length: 100 }, (_, index) => `Zeile ${index} größer\n`).join("");

	test.each([0, 0.3, 0.999])("at %f is whole lines of the text within the limit", (place) => {
		const cut = excerpt(text, 300, () => place);
		expect(text).toContain(`\n${cut}`.slice(place === 0 ? 1 : 0));
		expect(cut.endsWith("\n")).toBe(true);
		const bytes = Buffer.byteLength(cut);
		expect(bytes).toBeLessThanOrEqual(300);
		expect(bytes).toBeGreaterThan(240);
	});

	test("of a short text is the text", () => {
		expect(excerpt("a\nb", 3, () => 0.5)).toBe("a\nb");
	});

	test("of one long line doesn't split a character", () => {
		expect(excerpt("ä".repeat(50), 9, () => 0)).toBe("ääää");
	});
});
