import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isUserError } from "../../src/base/userError.ts";
import { SharedRun } from "../../src/provenance/sharedRun.ts";
import { visitShingles } from "../../src/provenance/shingles.ts";
import {
	encodeTrainingTable,
	readTrainingTable,
	type TableEntry,
	type TrainingTable,
} from "../../src/provenance/trainingTable.ts";

const shingleLexemes = 8;
const running = new AbortController().signal;
const lexeme = fc.oneof(
	fc.constantFrom("const", "x", "(", ")", "=", ";", "=>", "0", "變", "😀", "$el"),
	fc.stringMatching(/^[a-z_]{1,12}$/),
);
const space = fc.constantFrom(" ", "\n", "\t", "  ", "\r\n", "\u00a0", "\n\t\t");

function shinglesOf(text: string): readonly string[] {
	const shingles: string[] = [];
	visitShingles(text, shingleLexemes, (first, second) => shingles.push(`${first} ${second}`));
	return shingles;
}

test("the shingles of a text don't depend on its white space", () => {
	fc.assert(
		fc.property(fc.array(fc.tuple(lexeme, space, space), { maxLength: 60 }), (parts) => {
			const [one, other] = [
				parts.map(([word, before]) => before + word).join(""),
				parts.map(([word, , before]) => word + before).join(""),
			];
			expect(shinglesOf(one)).toEqual(shinglesOf(other));
		}),
	);
});

test("a run that two texts share is found wherever it stands, also across slices", async () => {
	const words = fc.array(lexeme, { minLength: 12, maxLength: 30 });
	await fc.assert(
		fc.asyncProperty(words, fc.nat(40_000), words, async (run, length, around) => {
			const shared = run.join(" ");
			const other = `${"y ".repeat(length / 2)}${around.join(" ")} ${shared} ${around.join(" ")}`;
			const start = await new SharedRun(shared, shingleLexemes).startIn(other, running);
			expect(start).toBeDefined();
			expect(start).toBeLessThanOrEqual(other.lastIndexOf(shared));
		}),
		{ numRuns: 30 },
	);
});

test("a table that somebody has changed is refused with a sentence, or answers like any other", async () => {
	const text =
		"export function clamp(value, low, high) { return Math.min(high, Math.max(low, value)); }";
	const entries: TableEntry[] = [];
	visitShingles(text, shingleLexemes, (first, second) =>
		entries.push({ first, second, packageId: 0 }),
	);
	const coverage = { packages: 1, bytes: 1, ofPackages: 1, ofBytes: 1 };
	const named = [{ name: "clamp", version: "1.0.0", licence: "MIT" }];
	const whole = encodeTrainingTable({ shingleLexemes, keepOneIn: 1, coverage }, named, entries);
	// The header, anywhere, and the entries.
	const place = fc.oneof(
		fc.nat(400),
		fc.nat(whole.length - 1),
		fc.nat(5 * entries.length).map((back) => whole.length - 1 - back),
	);
	const change = fc.tuple(place, fc.nat(255));
	await fc.assert(
		fc.asyncProperty(
			fc.array(change, { minLength: 1, maxLength: 6 }),
			fc.option(fc.nat(whole.length), { nil: whole.length }),
			async (changes, length) => {
				const bytes = whole.slice();
				for (const [at, value] of changes) {
					bytes[at] = value;
				}
				let table: TrainingTable;
				try {
					table = await readTrainingTable(bytes.slice(0, length), "table");
				} catch (error) {
					expect(isUserError(error)).toBe(true);
					return;
				}
				for (const { first, second } of entries) {
					expect(table.packageOf(first, second)?.name ?? "none").toMatch(/^[\w@./+~-]+$|^none$/);
				}
			},
		),
		{ numRuns: 2000 },
	);
});
