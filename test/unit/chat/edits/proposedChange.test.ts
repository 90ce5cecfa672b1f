import { describe, expect, test } from "vitest";
import { proposedChange, type ProposedChange } from "../../../../src/chat/edits/proposedChange.ts";

const file = `import { sum } from "./sum";

export function first(items: string[]): string {
	return items[0];
}

export class Store {
	#items: string[] = [];

	add(item: string): void {
		this.#items.push(item);
	}

	clear(): void {
		this.#items = [];
	}
}
`;

interface Given {
	readonly info?: string;
	readonly pathHint?: string;
	/** The lines that may change. */
	readonly marked?: string;
	readonly text?: string;
	readonly isCut?: boolean;
}

function change(content: string, given: Given = {}): ProposedChange {
	const { info = "ts", pathHint, marked, text = file, isCut = false } = given;
	const start = marked === undefined ? -1 : text.indexOf(marked);
	return proposedChange(
		{ content, info, pathHint, isCut },
		{
			path: "src/store.ts",
			text,
			range: marked === undefined ? undefined : { start, end: start + marked.length },
		},
	);
}

function textOf(proposed: ProposedChange): string {
	return proposed.kind === "change" ? proposed.text : `refused: ${proposed.sentence}`;
}

const refusal = (proposed: ProposedChange): string =>
	proposed.kind === "refused" ? proposed.sentence : `changed: ${proposed.text}`;

describe("a code block becomes a change", () => {
	test("of the whole file", () => {
		const whole = file.replace("items[0]", "items.at(0)");
		expect(textOf(change(whole))).toBe(whole);
	});

	test("of an empty document", () => {
		expect(textOf(change("const a = 1;\n", { text: "" }))).toBe("const a = 1;\n");
	});

	test("of the function that it is a version of", () => {
		const block = `export function first(items: string[]): string {\n\treturn items.at(0) ?? "";\n}\n`;
		expect(textOf(change(block))).toBe(file.replace("items[0]", 'items.at(0) ?? ""'));
	});

	test("of a function whose first line is another now", () => {
		const block = `export function first(items: readonly string[]): string | undefined {\n\treturn items[0];\n}\n`;
		expect(textOf(change(block))).toBe(
			file.replace("items: string[]): string {", "items: readonly string[]): string | undefined {"),
		);
	});

	test("of a method, indented as it stands in the file", () => {
		const block = "add(item: string): void {\n\tthis.#items.unshift(item);\n}\n";
		expect(textOf(change(block))).toBe(file.replace("push", "unshift"));
	});

	test("of several places with code left out between them", () => {
		const block = `export function first(items: string[]): string {
	return items.at(0);
}

// ... existing code ...

	clear(): void {
		this.#items.length = 0;
	}
`;
		expect(textOf(change(block))).toBe(
			file.replace("items[0]", "items.at(0)").replace("this.#items = []", "this.#items.length = 0"),
		);
	});

	test("by a diff whose line numbers are wrong", () => {
		const block = `--- a/src/store.ts
+++ b/src/store.ts
@@ -99,3 +1,9 @@
 \tadd(item: string): void {
-\t\tthis.#items.push(item);
+\t\tthis.#items.unshift(item);
 \t}
`;
		expect(textOf(change(block, { info: "diff" }))).toBe(file.replace("push", "unshift"));
	});

	test("of the marked lines, indented like them", () => {
		const marked = "\t\tthis.#items.push(item);";
		expect(textOf(change("if (item) {\n\tthis.#items.push(item);\n}\n", { marked }))).toBe(
			file.replace(marked, "\t\tif (item) {\n\t\t\tthis.#items.push(item);\n\t\t}"),
		);
	});

	test("of the marked lines, where the answer repeats what is around them", () => {
		const marked = "\treturn items[0];";
		const block = `export function first(items: string[]): string {\n\treturn items.at(0);\n}\n`;
		expect(textOf(change(block, { marked }))).toBe(file.replace("items[0]", "items.at(0)"));
	});

	test("of a file that has the path's end", () => {
		const whole = file.replace("items[0]", "items.at(0)");
		expect(textOf(change(whole, { pathHint: "./store.ts" }))).toBe(whole);
	});
});

describe("a code block is refused", () => {
	test.each([
		"src/other.ts",
		"../store.ts",
		"/etc/store.ts",
		"C:\\store.ts",
		"~/store.ts",
		"package.json",
	])("when it is about another file: %j", (pathHint) => {
		expect(refusal(change(file.replace("items[0]", "1"), { pathHint }))).toMatch(
			/^The answer is about another file \(.*\), so it is not applied to src\/store\.ts\.$/,
		);
	});

	test("when it would change lines outside those that were marked", () => {
		const block = file.replace("items[0]", "items.at(0)").replace("push", "unshift");
		expect(refusal(change(block, { marked: "\treturn items[0];" }))).toBe(
			"The answer would change src/store.ts outside the lines that it was asked about, so nothing was applied.",
		);
	});

	test("when a diff changes lines outside those that were marked", () => {
		const block = "-\t\tthis.#items.push(item);\n+\t\tprocess.exit();\n";
		expect(refusal(change(block, { info: "diff", marked: "\treturn items[0];" }))).toMatch(
			/outside the lines/,
		);
	});

	test("when a diff is of another file", () => {
		const block =
			"--- a/package.json\n+++ b/package.json\n@@ -1 +1 @@\n-\treturn items[0];\n+\treturn 1;\n";
		expect(refusal(change(block, { info: "diff" }))).toMatch(/change of another file/);
	});

	test("when nothing in the file is like it", () => {
		expect(refusal(change("const unrelated = 1;\nconst more = 2;\n"))).toMatch(
			/^It is not clear where the code of the answer belongs in src\/store\.ts/,
		);
	});

	test("when it fits several places", () => {
		const text = "a();\nb();\nc();\n\na();\nb();\nc();\n\nx();\ny();\nz();\nw();\n";
		expect(refusal(change("a();\nB();\nc();\n", { text }))).toMatch(/fits several places/);
	});

	test("when it changes nothing", () => {
		expect(refusal(change(file))).toBe("The answer changes nothing in src/store.ts.");
	});
});
