import { describe, expect, test } from "vitest";
import {
	fixByEditor,
	fixesByNearNames,
	silences,
	type EditorFixes,
	type QuickFix,
} from "../../../../src/chat/tasks/fixWithoutModel.ts";

/** With the problem between `├` and `┤`. */
function place(marked: string, message: string) {
	const text = marked.replace("├", "").replace("┤", "");
	const problem = { start: marked.indexOf("├"), end: marked.indexOf("┤") - 1, message };
	return {
		code: { path: "a.ts", languageId: "typescript", text, start: 0, end: text.length },
		problem,
	};
}

const quickFix = (title: string, more: Partial<QuickFix> = {}): QuickFix => ({
	title,
	isPreferred: false,
	text: `text of ${title}`,
	written: title,
	...more,
});

interface Given {
	readonly quickFixes?: readonly QuickFix[];
	readonly names?: readonly string[];
	readonly marked?: string;
	readonly message?: string;
}

/** The title of the fix and its text; undefined when there is none. */
async function check(
	{
		quickFixes = [],
		names = [],
		marked = "return ├totl┤;",
		message = "Cannot find name 'totl'.",
	}: Given,
	expected: readonly [by: string, text: string] | undefined,
): Promise<void> {
	const { code, problem } = place(marked, message);
	const editor: EditorFixes = {
		quickFixes: () => Promise.resolve(quickFixes),
		namesAt: () => Promise.resolve(names),
	};
	const mended = await fixByEditor(code, problem, editor);
	expect(mended && [mended.by, mended.text]).toEqual(expected);
}

describe("what the editor itself can mend", () => {
	test("a name of which only the beginning is known", () =>
		check({ names: ["total"], marked: "return ├┤totl;" }, [
			": total instead of totl",
			"return total;",
		]));

	test("nothing in the middle of a name", () =>
		check({ names: ["total"], marked: "return to├┤tl;" }, undefined));

	test("its preferred quick fix goes before everything", () =>
		check(
			{
				quickFixes: [quickFix("Declare totl"), quickFix("Spell total", { isPreferred: true })],
				names: ["total"],
			},
			[" by the editor: Spell total", "text of Spell total"],
		));

	test("then the nearest name that the language offers", () =>
		check({ quickFixes: [quickFix("Declare totl")], names: ["toll", "total"] }, [
			": total instead of totl",
			"return total;",
		]));

	test("then another quick fix", () =>
		check({ quickFixes: [quickFix("Declare totl")], names: ["unrelated"] }, [
			" by the editor: Declare totl",
			"text of Declare totl",
		]));

	test("never one that silences the reporter", () =>
		check(
			{
				quickFixes: [
					quickFix("Ignore", { isPreferred: true, written: "// eslint-disable-next-line\n" }),
				],
			},
			undefined,
		));

	test.each([
		[
			"a name that the language knows",
			"return ├totl┤;",
			"'totl' is never read.",
			["totl", "total"],
		],
		["a name that the message doesn't say", "return ├totl┤;", "This is unreachable.", ["total"]],
		["more than a name", "return ├a.totl┤;", "Cannot find 'a.totl'.", ["total"]],
	])("%s isn't misspelt", (_what, marked, message, names) =>
		check({ marked, message, names }, undefined),
	);
});

test("names of the document and of related code are candidates, the nearest first", () => {
	const { code, problem } = place("const tutl = 1;\nreturn ├totl┤;", "undefined name totl");
	const related = [{ path: "b.ts", text: "export const total = 1;" }];
	expect(fixesByNearNames(code, problem, related).map(({ text }) => text)).toEqual([
		"const tutl = 1;\nreturn total;",
		"const tutl = 1;\nreturn tutl;",
	]);
});

test.each([
	["// @ts-ignore\n", true],
	["// @ts-expect-error\n", true],
	["/* eslint-disable no-undef */\n", true],
	["// eslint-disable-next-line no-undef\n", true],
	["  # noqa: F821", true],
	["  # type: ignore[name]", true],
	["# pyright: ignore", true],
	["# pylint: disable=undefined-variable\n", true],
	["//nolint:unused", true],
	["#pragma warning disable CS0103\n", true],
	["#[allow(dead_code)]\n", true],
	['@SuppressWarnings("unused")\n', true],
	["# rubocop:disable Lint/Syntax\n", true],
	["// biome-ignore lint: x\n", true],
	["quantity", false],
	["type: ignore,", false],
	['import { total } from "./totals";\n', false],
	["await ", false],
])("%j silences a reporter: %j", (written, expected) => {
	expect(silences(written)).toBe(expected);
});
