import path from "node:path";
import { expect, test } from "vitest";
import type { CopiedFile, CopiedQuery } from "../../../../src/context/copied/copiedFile.ts";
import { CopiedText } from "../../../../src/extension/copied/copiedText.ts";
import { copiedSentence } from "../../../../src/extension/copied/copiedNotice.ts";
import { visitShingles } from "../../../../src/provenance/shingles.ts";
import { encodeTrainingTable, type TableEntry } from "../../../../src/provenance/trainingTable.ts";
import type { Ghost } from "../../../../src/statistics/ghostWatch.ts";
import { eventually } from "../../../support/eventually.ts";
import { recordingLogger } from "../../../support/recordingLogger.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

const known =
	"export function clamp(value: number, low: number, high: number) {\n\treturn Math.min(high, Math.max(low, value));\n}\n";
const unknown =
	"const ordered = values.toSorted((one, other) => one.size - other.size).map(({ size }) => size);\n";
const shingleLexemes = 16;
const running = new AbortController().signal;
const ofPackage =
	"This suggestion repeats text of clamp 1.0.0 (MIT), which mote-base was trained on.";
const file: CopiedFile = {
	...{ path: "lib/a.ts", line: 4, licence: "GPL-3.0-only", holder: "Grace Hopper" },
};

function tableOf(text: string): Uint8Array {
	const entries: TableEntry[] = [];
	visitShingles(text, shingleLexemes, (first, second) =>
		entries.push({ first, second, packageId: 0 }),
	);
	const coverage = { packages: 1, bytes: 1, ofPackages: 1, ofBytes: 1 };
	const named = [{ name: "clamp", version: "1.0.0", licence: "MIT" }];
	return encodeTrainingTable({ shingleLexemes, keepOneIn: 1, coverage }, named, entries);
}

class Bench implements Disposable {
	readonly folder: TemporaryFolder;
	readonly notices: (string | undefined)[] = [];
	readonly queries: CopiedQuery[] = [];
	readonly log: string[] = [];
	readonly copied: CopiedText;
	file: CopiedFile | undefined;
	fault: Error | undefined;

	constructor(files: Readonly<Record<string, Uint8Array>> = { table: tableOf(known) }) {
		this.folder = new TemporaryFolder(files);
		this.copied = new CopiedText({
			tableFile: path.join(this.folder.path, "table"),
			copiedFile: (query) => {
				this.queries.push(query);
				return this.fault === undefined ? Promise.resolve(this.file) : Promise.reject(this.fault);
			},
			pathOf: (document) => document.replace("file:///w/", ""),
			onDidChange: (notice) => this.notices.push(notice),
			logger: recordingLogger(this.log),
		});
	}

	show(text: string, offset = 10, document = "file:///w/src/mine.ts"): void {
		const ghost: Ghost = { document, languageId: "typescript", offset, text };
		this.copied.shown(ghost);
	}

	[Symbol.dispose](): void {
		this.copied.dispose();
		this.folder[Symbol.dispose]();
	}
}

test("a long suggestion that repeats a package of the training data is said to, after it was shown", async () => {
	using bench = new Bench();
	bench.show(known);
	expect([bench.notices, bench.queries]).toEqual([[undefined], []]);
	await eventually(() => bench.notices.length === 2);
	expect(bench.notices[1]).toBe(ofPackage);
	expect(bench.copied.lastNotice).toBe(ofPackage.replace("This", "A"));
});

test("a file of the workspace with a licence header comes first", async () => {
	using bench = new Bench();
	bench.file = file;
	bench.show(known);
	await eventually(() => bench.notices.length === 2);
	expect(bench.notices[1]).toBe(
		"This suggestion repeats lib/a.ts from line 5, whose header says: GPL-3.0-only, Grace Hopper.",
	);
	expect(bench.queries).toEqual([{ path: "src/mine.ts", text: known }]);
});

test("the notice stays while somebody types along, and goes with the next suggestion", async () => {
	using bench = new Bench();
	bench.show(known);
	await eventually(() => bench.notices.length === 2);
	bench.show(known.slice(7), 17);
	bench.show(known.slice(90), 100);
	bench.show("return 1;", 200);
	expect(bench.notices.slice(2)).toEqual([ofPackage, ofPackage, undefined]);
	expect(bench.queries).toHaveLength(1);
});

test("a suggestion that is typed along while it is looked at is looked at once, to the end", async () => {
	using bench = new Bench();
	bench.show(known);
	for (let typed = 1; typed < 80; typed++) {
		bench.show(known.slice(typed), 10 + typed);
	}
	await eventually(() => bench.notices.at(-1) !== undefined);
	expect([bench.notices.at(-1), bench.queries.length]).toEqual([ofPackage, 1]);
});

test("short suggestions are never looked at, and the table isn't read for them", async () => {
	using bench = new Bench({});
	bench.show("return Math.min(high, Math.max(low, value));");
	expect(await bench.copied.noticesOn(["a = b"], undefined, running)).toEqual([]);
	expect([bench.queries, bench.log, bench.notices]).toEqual([[], [], [undefined]]);
});

test("nothing is said of a suggestion that another has replaced meanwhile", async () => {
	using bench = new Bench();
	bench.show(known);
	bench.show(unknown, 500);
	await eventually(() => bench.queries.length > 0);
	await bench.copied.noticesOn([unknown], undefined, running);
	expect(bench.notices).toEqual([undefined, undefined]);
	expect(bench.queries.map(({ text }) => text)).not.toContain(known);
});

test("an answer has a sentence for each source, once", async () => {
	using bench = new Bench();
	const blocks = [known, unknown, known];
	expect(await bench.copied.noticesOn(blocks, "src/mine.ts", running)).toEqual([
		ofPackage.replace("This suggestion", "Code in this answer"),
	]);
	expect(await bench.copied.noticesOn(blocks, "src/mine.ts", AbortSignal.abort())).toEqual([]);
});

test.each<readonly [string, Readonly<Record<string, Uint8Array>>, RegExp]>([
	["is missing", {}, /because .*table can't be read: .*ENOENT/],
	["is damaged", { table: Uint8Array.of(1, 2, 3) }, /is not what Mote ships .*install Mote again/],
])("a table that %s is warned of once, and suggestions go on", async (_, files, warning) => {
	using bench = new Bench(files);
	expect(await bench.copied.noticesOn([known, known], undefined, running)).toEqual([]);
	expect(bench.log).toEqual([expect.stringMatching(warning)]);
	bench.file = file;
	expect(await bench.copied.noticesOn([known], undefined, running)).toHaveLength(1);
});

test("a fault of the search is logged, and says nothing of the text", async () => {
	using bench = new Bench();
	bench.fault = new Error("the index is gone");
	expect(await bench.copied.noticesOn([known], undefined, running)).toEqual([]);
	expect(bench.log).toEqual([expect.stringContaining("the index is gone")]);
});

test("names of files can draw no icon and break no line", () => {
	const hostile = { path: "a\n$(error)\u202e.ts", line: 0, licence: "MIT", holder: "$(x)" };
	expect(copiedSentence("It", { kind: "file", file: hostile })).toBe(
		"It repeats a $ (error) .ts from line 1, whose header says: MIT, $ (x).",
	);
});
