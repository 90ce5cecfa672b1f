import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rememberEncodings } from "../../../src/prompt/encodingCache.ts";
import { promptWindow } from "../../../src/prompt/promptWindow.ts";
import { testTokenizer, textOf } from "../../support/testModel.ts";

const encode = rememberEncodings(testTokenizer);

function windowAt(text: string, cursor: number, tokens = 100) {
	const { prefix, suffix } = promptWindow({
		text,
		prefixEnd: cursor,
		suffixStart: cursor,
		maxPrefixTokens: tokens,
		maxSuffixTokens: tokens,
		encode,
	});
	return { prefix: textOf(prefix), suffix: textOf(suffix), counts: [prefix.length, suffix.length] };
}

const lines = Array.from({ length: 400 }, (_, i) => `\tconst value${i} = areaOf(${i}, width);\n`);

test("a short document goes in whole", () => {
	expect(windowAt("a\nb\nc\nd\n", 4)).toMatchObject({ prefix: "a\nb\n", suffix: "c\nd\n" });
	expect(windowAt("", 0)).toMatchObject({ prefix: "", suffix: "" });
});

test("the prefix ends at the cursor and begins with a line; the suffix is whole lines", () => {
	const text = lines.join("");
	const cursor = text.indexOf("value200") + 4;
	const { prefix, suffix } = windowAt(text, cursor, 400);
	expect([
		text.slice(0, cursor).endsWith(prefix),
		text.at(cursor - prefix.length - 1),
		text.slice(cursor).startsWith(suffix),
		suffix.at(-1),
	]).toEqual([true, "\n", true, "\n"]);
});

test("wherever the cursor stands, at least half of the budget is used", () => {
	const text = lines.join("");
	for (const budget of [50, 86, 200, 300]) {
		const counts = Array.from(
			{ length: 150 },
			(_, i) => windowAt(text, 6000 + 7 * i, budget).counts[0] ?? 0,
		);
		expect(Math.min(...counts)).toBeGreaterThanOrEqual(budget / 2 - 4);
	}
});

test("typing moves the start of the window only when the budget is exceeded", () => {
	const cursor = lines.slice(0, 200).join("").length;
	let text = lines.join("");
	let at = cursor;
	let starts = 0;
	let lastStart = -1;
	const typed = lines.slice(0, 40).join("");
	for (const char of typed) {
		text = text.slice(0, at) + char + text.slice(at);
		at++;
		const start = at - windowAt(text, at, 800).prefix.length;
		starts += start === lastStart ? 0 : 1;
		lastStart = start;
	}
	// 1,400 characters fill about two cells of 800.
	expect(starts).toBeLessThanOrEqual(4);
});

describe("laws", () => {
	const anyText = fc.oneof(
		fc.string({ unit: "binary", maxLength: 3000 }),
		fc
			.array(fc.constantFrom(...lines.slice(0, 5), "\n", "🙂", "x".repeat(700)), { maxLength: 60 })
			.map((parts) => parts.join("")),
	);

	test("the window is text around the cursor, within its budget", () => {
		fc.assert(
			fc.property(anyText, fc.nat(), fc.integer({ min: 8, max: 300 }), (text, seed, budget) => {
				const well = text.toWellFormed();
				let cursor = seed % (well.length + 1);
				if (/^[\udc00-\udfff]/.test(well.slice(cursor))) {
					cursor--;
				}
				const { prefix, suffix, counts } = windowAt(well, cursor, budget);
				expect(Math.max(...counts)).toBeLessThanOrEqual(budget);
				// A cut within a character decodes to replacement characters at the outer ends.
				expect(well.slice(0, cursor).endsWith(prefix.replace(/^\ufffd+/, ""))).toBe(true);
				expect(well.slice(cursor).startsWith(suffix.replace(/\ufffd+$/, ""))).toBe(true);
			}),
			{ numRuns: 60 },
		);
	});
});
