import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LocalSyntax } from "../../../src/context/syntax/localSyntax.ts";
import { CorpusFile } from "../../../src/evaluation/corpusFile.ts";
import { drawCases } from "../../../src/evaluation/drawCases.ts";
import { fimCaseIn, type FimCase, type FimKind } from "../../../src/evaluation/fimCases.ts";
import { truthOf } from "../../../src/evaluation/hole.ts";
import { sampleOrder } from "../../../src/evaluation/sampledTexts.ts";
import { randomStream } from "../../../src/evaluation/sampling.ts";
import { sampleRecords, writeCorpusFolder, type CorpusFolder } from "../../support/corpusFolder.ts";
import { grammarFiles } from "../../support/grammarFiles.ts";

const syntax = new LocalSyntax(grammarFiles);

afterAll(() => syntax.dispose());

/** The cases that different random numbers bring in one file, shown as `before║truth║after` of their lines. */
async function casesIn(
	text: string,
	kind: FimKind,
	languageId = "typescript",
): Promise<Set<string>> {
	const file = { package: "some-package", language: languageId, languageId, path: "a.ts", text };
	const shown = new Set<string>();
	for (let seed = 0; seed < 40; seed++) {
		const drawn = await fimCaseIn(file, kind, randomStream(seed, "test"), syntax);
		if (drawn !== undefined) {
			shown.add(show(drawn));
		}
	}
	return shown;
}

function show({ text, start, end }: FimCase): string {
	const from = text.lastIndexOf("\n", start - 1) + 1;
	const to = text.indexOf("\n", end);
	return `${text.slice(from, start)}║${text.slice(start, end)}║${text.slice(end, to < 0 ? text.length : to)}`;
}

const above = "\n".repeat(5);

describe("a fill-in-the-middle case", () => {
	test("restOfLine cuts a line behind any of its signs but the last", async () => {
		const cases = await casesIn(`${above}\tconst a = 12;`, "restOfLine");
		expect(cases).toContain("\tcon║st a = 12;║");
		for (const each of cases) {
			expect(each).toMatch(/^\tc[^║]*║[^║]*\w[^║]*║$/);
		}
	});

	test("singleLine takes a whole line behind its indentation", async () => {
		expect(await casesIn(`${above}\tconst a = 12;\n}`, "singleLine")).toEqual(
			new Set(["\t║const a = 12;║"]),
		);
	});

	test("multiLine takes the block that a line opens, with the line that closes it", async () => {
		const text = `${above}function area(a: number) {\n\tconst b = a;\n\n\treturn a * b;\n}\nnext();`;
		expect(await casesIn(text, "multiLine")).toEqual(
			new Set(["function area(a: number) {║\n\tconst b = a;\n\n\treturn a * b;\n}║"]),
		);
	});

	test("multiLine leaves a line that opens the next block", async () => {
		const text = `${above}if (a > width) {\n\tfoo(a);\n\tbar(a);\n} else {\n\tqux();\n\tx();\n\ty();\n\tz();\n\tw();\n}`;
		expect(await casesIn(text, "multiLine")).toEqual(
			new Set(["if (a > width) {║\n\tfoo(a);\n\tbar(a);║"]),
		);
	});

	test("multiLine ends with the indentation where nothing closes a block", async () => {
		const text = `${above}def area(a, b):\n    c = a * b\n    return c\n\n\nx = 1`;
		expect(await casesIn(text, "multiLine", "python")).toEqual(
			new Set(["def area(a, b):║\n    c = a * b\n    return c║"]),
		);
	});

	test("a statement that goes on without a bracket opens no block", async () => {
		const text = `${above}const path = normalize(file)\n\t.replace("a", "b")\n\t.replace("c", "d");`;
		expect(await casesIn(text, "multiLine")).toEqual(new Set());
	});

	test("a block of more than five lines isn't asked for", async () => {
		const body = "\n\tdoSomething();".repeat(6);
		expect(await casesIn(`${above}function area() {${body}\n}`, "multiLine")).toEqual(new Set());
	});

	test.each([
		["a comment", "`;\n// const width = values.length;\n\t/*\n const width = 12;\n*/"],
		["a string", "\nsome words of prose\nand some more`;"],
		["a file with other line breaks", "`;\r\nconst width = 12;\r\n"],
	])("no line of %s is asked for", async (_, text) => {
		expect(await casesIn(`const a = \`${above}${text}`, "singleLine")).toEqual(new Set());
	});

	test("the first lines of a file aren't asked for", async () => {
		expect(await casesIn("const width = 12;\n".repeat(4), "singleLine")).toEqual(new Set());
	});
});

describe("drawing cases", () => {
	let folder: CorpusFolder;
	let file: CorpusFile;

	beforeAll(async () => {
		folder = await writeCorpusFolder({ validation: sampleRecords() });
		file = await CorpusFile.open(folder.validationPath);
	});
	afterAll(async () => {
		await file[Symbol.asyncDispose]();
		await folder.remove();
	});

	async function draw(seed: number, casesPerKind = 4): Promise<readonly FimCase[]> {
		const languageIdOf = (path: string): string => (path.endsWith(".py") ? "python" : "typescript");
		const order = sampleOrder(file, seed);
		return await drawCases({ file, order, seed, languageIdOf }, casesPerKind, syntax);
	}

	test("the same seed gives the same cases, another one others", async () => {
		expect(await draw(1)).toEqual(await draw(1));
		expect(await draw(2)).not.toEqual(await draw(1));
	});

	test("prefix, truth and suffix are the file, and the truth is in neither", async () => {
		const texts = sampleRecords().map(({ text }) => text);
		for (const drawn of await draw(3)) {
			const { text, start, end } = drawn;
			expect(texts).toContain(text);
			expect(text.slice(0, start) + truthOf(drawn) + text.slice(end)).toBe(text);
			expect(truthOf(drawn)).toMatch(/\w/);
		}
	});

	test("kinds and languages have equally many", async () => {
		const counts = new Map<string, number>();
		for (const { kind, language } of await draw(1)) {
			counts.set(`${kind} ${language}`, (counts.get(`${kind} ${language}`) ?? 0) + 1);
		}
		expect(counts).toEqual(
			new Map(
				["restOfLine", "singleLine", "multiLine"].flatMap((kind) => [
					[`${kind} python`, 2],
					[`${kind} typescript`, 2],
				]),
			),
		);
	});

	test("there are no more than files", async () => {
		expect(await draw(1, 1000)).toHaveLength(3 * 6);
	});
});
