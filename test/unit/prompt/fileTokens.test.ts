import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rememberEncodings } from "../../../src/prompt/encodingCache.ts";
import { fileTokens } from "../../../src/prompt/fileTokens.ts";
import { promptWindow } from "../../../src/prompt/promptWindow.ts";
import { testTokenizer, textOf } from "../../support/testModel.ts";

const encode = rememberEncodings(testTokenizer);

/** Ten cells. */
const maxUnitsAfter = 10 * 2048;

function tokensAt(text: string, cursor: number, suffixStart = cursor) {
	return fileTokens({ text, prefixEnd: cursor, suffixStart, encode });
}

const line = fc.oneof(
	fc.constantFrom(
		"\tconst value = areaOf(width);\n",
		"for (const value of values) {\n",
		"\n",
		"\n\n\t\n",
		'größe = "naïve 🙂 façade";\n',
	),
	fc.string({ unit: "grapheme", maxLength: 80 }).map((text) => `${text.replaceAll("\r", "")}\n`),
	// A line that fills more than a cell.
	fc.integer({ min: 1900, max: 5000 }).map((length) => "x1 🙂".repeat(length / 4)),
);

const arbitraryFile = fc.array(line, { maxLength: 20 }).chain((lines) => {
	// Long enough for several cells, and short enough to be told when it fails.
	const text = lines.join("").repeat(4).slice(0, 10_000).toWellFormed();
	return fc.record({
		text: fc.constant(text),
		cursor: fc.nat({ max: text.length }).map((at) => characterStart(text, at)),
	});
});

function characterStart(text: string, at: number): number {
	return at > 0 && at < text.length && (text.codePointAt(at - 1) ?? 0) > 0xffff ? at - 1 : at;
}

describe("the tokens of a file", () => {
	test("are all of its text, before the cursor and after it", () => {
		fc.assert(
			fc.property(arbitraryFile, ({ text, cursor }) => {
				const { before, after } = tokensAt(text, cursor);
				expect(textOf(before)).toBe(text.slice(0, cursor));
				expect(textOf(after)).toBe(text.slice(cursor));
			}),
			{ numRuns: 150 },
		);
	});

	test("leave out what the model is to fill", () => {
		expect(textOf(tokensAt("a\nb\nc\n", 2, 4).before)).toBe("a\n");
		expect(textOf(tokensAt("a\nb\nc\n", 2, 4).after)).toBe("c\n");
	});

	test("change in the last cell only when a character is typed", () => {
		fc.assert(
			fc.property(arbitraryFile, fc.constantFrom("x", " ", "\n", "🙂", "("), (file, typed) => {
				const { text, cursor } = file;
				const next = text.slice(0, cursor) + typed + text.slice(cursor);
				const old = tokensAt(text, cursor);
				const { before, after } = tokensAt(next, cursor + typed.length);
				expect(after).toEqual(old.after);
				const same = before.findIndex((token, i) => token !== old.before[i]);
				const changedText = textOf(same < 0 ? [] : before.slice(same));
				// A cell has up to 2 × 2048 units, and one may have been begun by what was typed.
				expect(changedText.length).toBeLessThanOrEqual(2 * 2048 + typed.length);
			}),
			{ numRuns: 150 },
		);
	});

	test("cost one encoding for a character that is typed", () => {
		const text = "\tconst value = areaOf(width);\n".repeat(1000);
		const encoded: string[] = [];
		const counting = rememberEncodings({
			...testTokenizer,
			encode: (part) => {
				encoded.push(part);
				return testTokenizer.encode(part);
			},
		});
		const ask = (typed: string): void => {
			const place = 20_010 + typed.length;
			const file = text.slice(0, 20_010) + typed + text.slice(20_010);
			fileTokens({ text: file, prefixEnd: place, suffixStart: place, encode: counting });
		};
		ask("");
		encoded.length = 0;
		ask("w");
		ask("wi");
		expect(encoded.map((part) => part.slice(-2))).toEqual([
			expect.stringMatching(/w$/u),
			expect.stringMatching(/wi$/u),
		]);
		expect(encoded.every((part) => part.length <= 2 * 2048)).toBe(true);
	});

	test("end as the prompt's window does, whose n-grams they are", () => {
		fc.assert(
			fc.property(arbitraryFile, fc.constantFrom(400, 1000, 3000), (file, maxTokens) => {
				const { text, cursor } = file;
				const { before } = tokensAt(text, cursor);
				const window = promptWindow({
					text,
					prefixEnd: cursor,
					suffixStart: cursor,
					maxPrefixTokens: maxTokens,
					maxSuffixTokens: 100,
					encode,
				}).prefix;
				// The last line at least, however the grids of the two lie: they cut only a line that fills a cell.
				const lineStart = text.lastIndexOf("\n", cursor - 1);
				const isWhole = cursor - lineStart <= Math.min(maxTokens, 2048);
				const lastLine = isWhole ? testTokenizer.encode(text.slice(lineStart, cursor)) : [];
				const shared = Math.min(lastLine.length, 150, window.length) - 1;
				expect(shared <= 0 ? [] : before.slice(-shared)).toEqual(
					shared <= 0 ? [] : window.slice(-shared),
				);
			}),
			{ numRuns: 150 },
		);
	});

	test("of a very long file end with a whole character", () => {
		// Of two units, every other of which the end would split.
		for (const text of ["🙂".repeat(20_000), `x${"🙂".repeat(20_000)}`]) {
			const { after } = tokensAt(text, 0);
			expect(text.startsWith(textOf(after))).toBe(true);
			expect(textOf(after).length).toBeGreaterThan(maxUnitsAfter - 2);
		}
	});

	test("of a very long file are those around the cursor", () => {
		const text = Array.from({ length: 10_000 }, (_, i) => `line ${i} is here\n`).join("");
		const cursor = 100_000;
		const { before, after } = tokensAt(text, cursor);
		expect(text.slice(0, cursor).endsWith(textOf(before))).toBe(true);
		expect(textOf(before).length).toBeGreaterThan(18 * 2048);
		expect(text.slice(cursor).startsWith(textOf(after))).toBe(true);
		expect(textOf(after)).toHaveLength(maxUnitsAfter);
	});
});
