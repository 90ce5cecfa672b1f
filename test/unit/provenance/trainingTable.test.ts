import { describe, expect, test } from "vitest";
import { repeatedPackages } from "../../../src/provenance/repeatedPackages.ts";
import { visitShingles } from "../../../src/provenance/shingles.ts";
import {
	encodeTrainingTable,
	isKept,
	maxTableBytes,
	readTrainingTable,
	type TableEntry,
	type TrainingPackage,
	type TrainingTable,
} from "../../../src/provenance/trainingTable.ts";

const shingleLexemes = 8;
const packages: readonly TrainingPackage[] = [
	{ name: "@scope/first", version: "1:2.0~rc1+dfsg-1", licence: "MIT" },
	{ name: "second", version: "3.1.4", licence: "(BSD-2-Clause OR MIT)" },
];
const texts = [
	"export function clamp(value, low, high) { return Math.min(high, Math.max(low, value)); }",
	"def mean(values):\n    total = sum(values)\n    return total / max(1, len(values))",
];
const coverage = { packages: 2, bytes: 170, ofPackages: 10, ofBytes: 1000 };

function entriesOf(keepOneIn: number): readonly TableEntry[] {
	const entries: TableEntry[] = [];
	for (const [packageId, text] of texts.entries()) {
		visitShingles(text, shingleLexemes, (first, second) => {
			if (isKept(first, keepOneIn)) {
				entries.push({ first, second, packageId });
			}
		});
	}
	return entries;
}

function encoded(keepOneIn = 1): Uint8Array<ArrayBuffer> {
	return encodeTrainingTable(
		{ shingleLexemes, keepOneIn, coverage },
		packages,
		entriesOf(keepOneIn),
	);
}

const table = (keepOneIn = 1): Promise<TrainingTable> =>
	readTrainingTable(encoded(keepOneIn), "table");

const running = new AbortController().signal;
const namesIn = async (text: string): Promise<readonly string[]> =>
	(await repeatedPackages(text, await table(), running)).map(({ name }) => name);

describe("a text is named after", () => {
	test.each<readonly [string, string, readonly string[]]>([
		["the package that it repeats", texts[0] ?? "", ["@scope/first"]],
		["it in other white space too", (texts[0] ?? "").replaceAll(" ", "\n\t"), ["@scope/first"]],
		[
			"it when only a part is repeated",
			"return Math.min(high, Math.max(low, value));",
			["@scope/first"],
		],
		[
			"both, the longer first",
			`${texts[0]}\ntotal = sum(values)\n    return total`,
			["@scope/first", "second"],
		],
		["none when it is new", "const sorted = values.toSorted((a, b) => a.size - b.size);", []],
		["none when it is short", "max(low, value)", []],
		["none when a name was changed in each run", "return Math.min(top, Math.max(low, other)", []],
	])("%s", async (_, text, expected) => {
		expect(await namesIn(text)).toEqual(expected);
	});
});

test("what lies behind 16,000 characters is found, also where two slices meet", async () => {
	for (const length of [15_990, 16_000, 17_990, 40_000]) {
		expect(await namesIn(`${"x ".repeat(length / 2)}${texts[1]}`)).toEqual(["second"]);
	}
});

test("after an abort nothing is named", async () => {
	expect(await repeatedPackages(texts[0] ?? "", await table(), AbortSignal.abort())).toEqual([]);
});

test("a sample finds the shingles that it keeps, and no others", async () => {
	const [whole, half] = [await table(1), await table(2)];
	expect(half.entries).toBeLessThan(whole.entries);
	for (const { first, second, packageId } of entriesOf(1)) {
		expect(whole.packageOf(first, second)).toEqual(packages[packageId]);
		expect(half.packageOf(first, second) !== undefined).toBe(isKept(first, 2));
	}
});

test("what is read says what it was made of", async () => {
	const { coverage: read, keepOneIn, shingleLexemes: length, bytes } = await table(4);
	expect({ read, keepOneIn, length, bytes }).toEqual({
		...{ read: coverage, keepOneIn: 4, length: shingleLexemes },
		bytes: encoded(4).length,
	});
});

test("a table may begin anywhere in memory", async () => {
	const bytes = encoded();
	const memory = new Uint8Array(bytes.length + 3);
	memory.set(bytes, 3);
	const moved = await readTrainingTable(memory.subarray(3), "table");
	expect(moved.entries).toBe((await table()).entries);
});

describe("refused with a sentence:", () => {
	const changed = (change: (bytes: Uint8Array<ArrayBuffer>) => void): Uint8Array<ArrayBuffer> => {
		const bytes = encoded();
		change(bytes);
		return bytes;
	};
	const groupsEnd = encoded().length - 5 * entriesOf(1).length;
	/** Two entries that differ in their last bits only. */
	const oneGroup = (change: (bytes: Uint8Array<ArrayBuffer>) => void): Uint8Array<ArrayBuffer> => {
		const entry = { first: 0, packageId: 0 };
		const bytes = encodeTrainingTable({ shingleLexemes, keepOneIn: 1, coverage }, packages, [
			{ ...entry, second: 7 },
			{ ...entry, second: 8 },
		]);
		change(bytes);
		return bytes;
	};
	const withHeader = (header: unknown): Uint8Array<ArrayBuffer> => {
		const json = new TextEncoder().encode(JSON.stringify(header));
		const bytes = new Uint8Array(12 + json.length);
		bytes.set(encoded().subarray(0, 8));
		new DataView(bytes.buffer).setUint32(8, json.length, true);
		bytes.set(json, 12);
		return bytes;
	};
	const header = { shingleLexemes, keepOneIn: 1, entries: 0, coverage, packages: [] };
	test.each<readonly [string, Uint8Array<ArrayBuffer>, RegExp]>([
		["nothing", new Uint8Array(), /0 bytes/],
		["more than there may be", new Uint8Array(maxTableBytes + 1), /16777217 bytes/],
		["another file", changed((bytes) => bytes.set([0], 0)), /something else/],
		["a header without end", changed((bytes) => bytes.fill(0xff, 8, 12)), /doesn't end/],
		["a header that isn't JSON", changed((bytes) => bytes.set([0x7d], 12)), /can't be read/],
		["a file that was cut", encoded().slice(0, -1), /instead of/],
		["a file that goes on", new Uint8Array([...encoded(), 0]), /instead of/],
		[
			"groups out of order",
			changed((bytes) => bytes.fill(0xff, groupsEnd - 80, groupsEnd - 76)),
			/groups are not in order/,
		],
		[
			"groups that end elsewhere",
			changed((bytes) => bytes.fill(0xff, groupsEnd - 4, groupsEnd)),
			/groups don't hold/,
		],
		[
			"entries out of order",
			oneGroup((bytes) => bytes.fill(0xff, -10, -8)),
			/entries are not in order/,
		],
		[
			"a package that isn't there",
			oneGroup((bytes) => bytes.fill(0xff, -6, -4)),
			/names a package/,
		],
		["a sample of one in three", withHeader({ ...header, keepOneIn: 3 }), /can't be read/],
		["millions of entries", withHeader({ ...header, entries: 1e9 }), /can't be read/],
		[
			"an icon for a name",
			withHeader({ ...header, packages: [["$(x)", "1", "MIT"]] }),
			/can't be read/,
		],
		["a line break", withHeader({ ...header, packages: [["a\nb", "1", "MIT"]] }), /can't be read/],
		["markup", withHeader({ ...header, packages: [["[a](b)", "<b>", "MIT"]] }), /can't be read/],
	])("%s", async (_, bytes, problem) => {
		await expect(readTrainingTable(bytes, "table")).rejects.toThrow(problem);
	});
});
