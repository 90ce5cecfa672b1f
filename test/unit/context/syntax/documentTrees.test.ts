import fc from "fast-check";
import { Parser, type Language, type Tree } from "web-tree-sitter";
import { beforeAll, describe, expect, test } from "vitest";
import type { Clock } from "../../../../src/base/clock.ts";
import { changeBetween, DocumentTrees } from "../../../../src/context/syntax/documentTrees.ts";
import { Grammars } from "../../../../src/context/syntax/grammars.ts";
import { FakeClock } from "../../../support/fakeClock.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";

let language: Language;
beforeAll(async () => {
	language = await new Grammars(grammarFiles).load("typescript");
});

const fragment = fc.constantFrom(
	"const a = 1;\n",
	"function f() {\n",
	"}\n",
	"`",
	'"é🙂"',
	"// x\n",
	"/*",
	"*/",
	"(",
	")",
	"\n\n",
	"{",
	"🙂",
);
const source = fc.array(fragment, { maxLength: 30 }).map((parts) => parts.join(""));

describe("incremental trees", () => {
	test("are the same as trees from scratch", () => {
		const parser = new Parser().setLanguage(language);
		// How tree-sitter recovers from an error depends on what it parsed before, so that only the extent
		// of a text with errors is the same.
		const sexp = ({ rootNode }: Tree): string =>
			rootNode.hasError
				? `error ${rootNode.endIndex}`
				: `${rootNode.toString()} ${rootNode.endIndex}`;
		fc.assert(
			fc.property(fc.array(source, { minLength: 2, maxLength: 5 }), source, (texts, inserted) => {
				const trees = new DocumentTrees(new FakeClock());
				for (const text of texts) {
					const fresh = parser.parse(text);
					expect(trees.withTree(language, text, sexp)).toBe(fresh === null ? "" : sexp(fresh));
					fresh?.delete();
				}
				const [text = ""] = texts;
				const at = Math.floor(text.length / 2);
				const edited = parser.parse(text.slice(0, at) + inserted + text.slice(at));
				expect(trees.withInsertion(language, text, at, inserted, (_, tree) => sexp(tree))).toBe(
					edited === null ? "" : sexp(edited),
				);
				edited?.delete();
				trees.dispose();
			}),
			{ numRuns: 60 },
		);
		parser.delete();
	});

	test("the change between two texts turns one into the other", () => {
		fc.assert(
			fc.property(source, source, (a, b) => {
				const { start, oldEnd, newEnd } = changeBetween(a, b);
				expect(a.slice(0, start) + b.slice(start, newEnd) + a.slice(oldEnd)).toBe(b);
			}),
		);
	});
});

test("a text that is too long isn't parsed", () => {
	const trees = new DocumentTrees(new FakeClock());
	expect(trees.withTree(language, "a".repeat(512 * 1024 + 1), () => "parsed")).toBe(undefined);
	trees.dispose();
});

test("a parse that takes too much work is given up, and texts of that length for a while", async () => {
	const clock = new FakeClock();
	let reports = 0;
	const trees = new DocumentTrees(clock, () => reports++);
	const long = "a?.b(c=>[d]);".repeat(512 * 1024).slice(0, 512 * 1024);
	const use = (): string => "parsed";
	expect(trees.withTree(language, long, use)).toBeUndefined();
	const once = reports;
	expect(once).toBeLessThan(5010);
	expect([
		trees.withTree(language, `;${long.slice(1)}`, use),
		trees.withTree(language, "a;", use),
	]).toEqual([undefined, "parsed"]);
	expect(reports - once).toBeLessThan(10);
	await clock.advance(31_000);
	trees.withTree(language, `;${long.slice(1)}`, use);
	expect(reports - once).toBeGreaterThan(1000);
	trees.dispose();
});

test("how long a parse takes on a busy machine doesn't matter", () => {
	let nowMs = 0;
	const clock: Clock = { now: () => (nowMs += 60_000), sleep: () => Promise.resolve() };
	const trees = new DocumentTrees(clock);
	expect(trees.withTree(language, "foo(bar);\n".repeat(2000), () => "parsed")).toBe("parsed");
	trees.dispose();
});
