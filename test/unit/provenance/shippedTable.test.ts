import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { repeatedPackages } from "../../../src/provenance/repeatedPackages.ts";
import { readTrainingTable, trainingTableFileName } from "../../../src/provenance/trainingTable.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const folder = path.join(root, "models/mote-base");
const table = await readTrainingTable(
	new Uint8Array(readFileSync(path.join(folder, trainingTableFileName))),
	trainingTableFileName,
);
const running = new AbortController().signal;
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const namesIn = async (text: string): Promise<readonly string[]> =>
	(await repeatedPackages(text, table, running)).map(({ name }) => name);

const count = (value: number): string => value.toLocaleString("en-US");

test("the model's README states its size and what it covers", () => {
	const { bytes, entries, keepOneIn, shingleLexemes, coverage } = table;
	const readme = read("models/mote-base/README.md").replaceAll(/\s+/g, " ");
	const share = Math.round((100 * coverage.bytes) / coverage.ofBytes);
	const megabytes = `${Math.floor(coverage.bytes / 1e6)} of ${Math.floor(coverage.ofBytes / 1e6)} MB (${share} %)`;
	for (const stated of [
		`${count(bytes)} bytes, ${count(entries)} shingles`,
		`${shingleLexemes} lexemes behind each other`,
		`one in ${keepOneIn} is kept`,
		`${count(coverage.packages)} of ${count(coverage.ofPackages)} packages, ${megabytes}`,
		`one of ${(2 ** 40 / entries / 1e6).toFixed(1)} million shingles`,
	]) {
		expect(readme).toContain(stated);
	}
	expect(bytes).toBeLessThan(14_000_000);
});

test("of a million shingles that are nobody's, hardly one is taken for somebody's", () => {
	// xorshift32: the same numbers on every machine.
	let state = 0x9e3779b9;
	const next = (): number => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return state >>> 0;
	};
	let taken = 0;
	for (let tried = 0; tried < 1_000_000; tried++) {
		// Of each, the sample would keep it.
		const first = next() & ~(table.keepOneIn - 1);
		if (table.packageOf(first >>> 0, next()) !== undefined) {
			taken++;
		}
	}
	const expected = (1_000_000 * table.entries) / 2 ** 40;
	expect(taken).toBeLessThan(expected + 4 * Math.sqrt(expected));
});

/** Packages of the training data that are installed here for other reasons, with files that came with them. */
const installed: readonly (readonly [string, string])[] = [
	["zod", "node_modules/zod/src/v4/core/util.ts"],
	["eslint", "node_modules/eslint/lib/rules/no-unused-vars.js"],
];

describe("text of a package that it covers is named after it:", () => {
	test.each(installed)("%s", async (name, file) => {
		expect(await namesIn(read(file))).toContain(name);
	});
});

test("code that was written for Mote is named after nobody", async () => {
	const files = globSync("src/{provenance,statistics,nextEdit,completion}/**/*.ts", { cwd: root });
	expect(files.length).toBeGreaterThan(40);
	for (const file of files) {
		expect([file, await namesIn(read(file))]).toEqual([file, []]);
	}
});
