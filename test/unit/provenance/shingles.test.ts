import { expect, test } from "vitest";
import { distinctLexemes, visitShingles } from "../../../src/provenance/shingles.ts";

interface Visited {
	readonly hash: string;
	readonly text: string;
}

function shinglesOf(text: string, lexemes: number): readonly Visited[] {
	const visited: Visited[] = [];
	visitShingles(text, lexemes, (first, second, start, end) =>
		visited.push({ hash: `${first} ${second}`, text: text.slice(start, end) }),
	);
	return visited;
}

const hashesOf = (text: string, lexemes: number): readonly string[] =>
	shinglesOf(text, lexemes).map(({ hash }) => hash);

test("a shingle is so many names, numbers and other characters behind each other", () => {
	expect(shinglesOf("let total = 12;\n\treturn total", 4).map(({ text }) => text)).toEqual([
		"let total = 12",
		"total = 12;",
		"= 12;\n\treturn",
		"12;\n\treturn total",
	]);
});

test.each([
	["indentation", "if (a) {\n\tb();\n}", "if (a) {\n    b();\n}"],
	["line breaks", "f(a, b)", "f(\r\n  a,\r\n  b)"],
	["missing white space", "a = b + c;", "a=b+c;"],
	["white space of other scripts", "a = b", "a\u3000=\u00a0b"],
])("%s changes no hash", (_, a, b) => {
	expect(hashesOf(a, 3)).toEqual(hashesOf(b, 3));
	expect(hashesOf(a, 3).length).toBeGreaterThan(0);
});

test.each([
	["another name", "a = b + c", "a = b + d"],
	["another order", "a = b + c", "a = c + b"],
	["names that were one", "ab c d e f", "a bc d e f"],
	["another case", "Total = b + c", "total = b + c"],
])("%s changes the hash", (_, a, b) => {
	expect(hashesOf(a, 5)[0]).not.toBe(hashesOf(b, 5)[0]);
});

test("the same run has the same hash wherever it stands", () => {
	const run = "for (const one of all) { sum += one.size; }";
	const alone = hashesOf(run, 16);
	const within = hashesOf(`const x = 1;\n${run}\nreturn sum;`, 16);
	expect(alone).toHaveLength(1);
	expect(within).toContain(alone[0]);
});

test("a text that is shorter than a shingle has none", () => {
	expect([hashesOf("", 8), hashesOf("a b c", 8), hashesOf("   \n\t", 1)]).toEqual([[], [], []]);
});

test("characters outside the basic plane and lone surrogates are lexemes of their own", () => {
	expect(shinglesOf("x 😀 y \ud800 z", 5)).toHaveLength(1);
	expect(shinglesOf("變數 = 值", 3)).toHaveLength(1);
});

test("a table of numbers has few different lexemes", () => {
	expect([distinctLexemes("0, 0, 0, 0, 1, 1"), distinctLexemes("const a = b(c);")]).toEqual([3, 8]);
});
