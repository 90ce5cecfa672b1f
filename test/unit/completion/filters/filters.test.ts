import { describe, expect, test } from "vitest";
import { blank } from "../../../../src/completion/filters/blank.ts";
import { existingClosers } from "../../../../src/completion/filters/existingClosers.ts";
import type { CompletionFilter } from "../../../../src/completion/filters/filter.ts";
import { nextLineCopy } from "../../../../src/completion/filters/nextLineCopy.ts";
import { repetition } from "../../../../src/completion/filters/repetition.ts";
import { suffixOverlap } from "../../../../src/completion/filters/suffixOverlap.ts";
import { trailingWhitespace } from "../../../../src/completion/filters/trailingWhitespace.ts";
import { placeAt } from "../../../support/placeAt.ts";

/** The document after the filter, with what was inserted marked; undefined when it was rejected. */
function filtered(filter: CompletionFilter, fixture: string, text: string): string | undefined {
	const place = placeAt(fixture);
	const candidate = filter({ text, replaceAfter: 0, isFitted: false }, place);
	return candidate === undefined
		? undefined
		: place.text.slice(0, place.offset) +
				`├${candidate.text}┤` +
				place.text.slice(place.offset + candidate.replaceAfter);
}

describe("existingClosers", () => {
	test.each([
		["foo(║)", "a, b)", "foo(├a, b)┤"],
		["foo(║)", "a, b", "foo(├a, b┤)"],
		["foo(║)", "a, b);", "foo(├a, b);┤"],
		["foo(║);", "a, b);", "foo(├a, b);┤"],
		["foo(║);", "a, b)", "foo(├a, b)┤;"],
		["foo(║)", "a).bar(b)", "foo(├a).bar(b)┤"],
		["foo(bar(║))", "a)", "foo(bar(├a)┤)"],
		["foo(bar(║))", "a))", "foo(bar(├a))┤"],
		["foo(bar(║))", "(b))", "foo(bar(├(b))┤)"],
		['foo("║")', 'a")', 'foo("├a")┤'],
		['foo("║")', 'a", "b")', 'foo("├a", "b")┤'],
		['foo("║")', "a", 'foo("├a┤")'],
		["a[║]", "0] = 1;", "a[├0] = 1;┤"],
		["if (║) {", "a) {", "if (├a) {┤"],
		["if (║) {", "a", "if (├a┤) {"],
		["if (a) {║}", "\n\tb();\n}", "if (a) {├\n\tb();\n}┤"],
		["if (a) {║}", "\n\tb();", "if (a) {├\n\tb();\n┤}"],
		["\tfoo(║)", "\n\t\ta,", "\tfoo(├\n\t\ta,\n\t┤)"],
		["<b║>", " c>", "<b├ c>┤"],
		["foo( ║ )", "a )", "foo( ├a )┤"],
		["foo(║)", '")")', 'foo(├")")┤'],
		["foo(║)", "'it\\'s)')", "foo(├'it\\'s)')┤"],
		["// don't (║)", "do)", "// don't (├do)┤"],
		["foo║", "(a)", "foo├(a)┤"],
	])("%s and %j", (fixture, text, expected) => {
		expect(filtered(existingClosers, fixture, text)).toBe(expected);
	});
});

describe("suffixOverlap", () => {
	test.each([
		["f() {\n\t║\n}\n", "a();\n}", "f() {\n\t├a();┤\n}\n"],
		["f() {\n\t║\n}\n", "if (a) {\n\t\tb();\n\t}", "f() {\n\t├if (a) {\n\t\tb();\n\t}┤\n}\n"],
		["\t║\n\tb();\n\tc();\n", "a();\n\tb();\n\tc();", "\t├a();┤\n\tb();\n\tc();\n"],
		["\t║\n\n\tb();\n", "a();\n\tb();", "\t├a();┤\n\n\tb();\n"],
		["\t║\n\tb();\n", "a();\n\tb();\n\tc();", "\t├a();\n\tb();\n\tc();┤\n\tb();\n"],
		["\t║\n", "a();\n}", "\t├a();\n}┤\n"],
	])("%j and %j", (fixture, text, expected) => {
		expect(filtered(suffixOverlap, fixture, text)).toBe(expected);
	});
});

describe("nextLineCopy", () => {
	test.each([
		["\t║\n\treturn a;\n", "return a;", undefined],
		["\tret║\n\n\n\treturn a;\n", "urn a;\n\tb();", undefined],
		["\t║\n\treturn a;\n", "return b;", "\t├return b;┤\n\treturn a;\n"],
		["f() {║\n\treturn a;\n", "\n\treturn a;", undefined],
		[
			"\tif (a) {\n\t\t║\n\t}\n\treturn a;\n",
			"return a;",
			"\tif (a) {\n\t\t├return a;┤\n\t}\n\treturn a;\n",
		],
		["\t║\n\t}\n", "}", "\t├}┤\n\t}\n"],
	])("%j and %j", (fixture, text, expected) => {
		expect(filtered(nextLineCopy, fixture, text)).toBe(expected);
	});
});

describe("repetition", () => {
	test.each([
		["a, b, ".repeat(10)],
		["x".repeat(40)],
		["{ TLLLLT_LT_LT_LT_LT_LT_LT_LT_LT_L, a"],
		["const a = 1;\nfoo(bar, baz, qux);\n".repeat(4)],
		["foo();\nfoo();\nfoo();\n"],
		[`start ${"and so on, ".repeat(6)}`],
	])("rejects %j", (text) => {
		expect(filtered(repetition, "║", text)).toBe(undefined);
	});

	test.each([
		["[0, 0, 0, 0, 0];"],
		["// ----------------------------------------"],
		["}\n}\n}\n}"],
		["case 1:\n\tbreak;\ncase 2:\n\tbreak;\ncase 3:\n\tbreak;"],
		["                                        x"],
		["import { a } from 'a';\nimport { b } from 'b';\nimport { c } from 'c';"],
	])("keeps %j", (text) => {
		expect(filtered(repetition, "║", text)).toBe(`├${text}┤`);
	});

	test("rejects the line above once more", () => {
		expect(filtered(repetition, "\tfoo(bar);\n\tfoo║", "(bar);")).toBe(undefined);
		expect(filtered(repetition, "\tbreak;\n\t║", "break;")).toBe("\tbreak;\n\t├break;┤");
	});
});

test("blank and trailing white space", () => {
	expect([
		filtered(blank, "║", " \n\t"),
		filtered(trailingWhitespace, "║", "a();  \n\n\t"),
		filtered(trailingWhitespace, "f(║)", "a "),
	]).toEqual([undefined, "├a();┤", "f(├a┤)"]);
});
