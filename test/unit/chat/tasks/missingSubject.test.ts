import { afterAll, expect, test } from "vitest";
import { missingSubject } from "../../../../src/chat/tasks/missingSubject.ts";
import { LocalSyntax } from "../../../../src/context/syntax/localSyntax.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";

const syntax = new LocalSyntax(grammarFiles);

afterAll(() => syntax.dispose());

/** Whether there is something between `├` and `┤`. */
async function isThere(languageId: string, marked: string, needsCode: boolean): Promise<boolean> {
	const text = marked.replace("├", "").replace("┤", "");
	const code = {
		path: "a",
		languageId,
		text,
		start: marked.indexOf("├"),
		end: marked.indexOf("┤") - 1,
		needsCode,
	};
	const sentence = await missingSubject("doc", code, syntax, new AbortController().signal);
	return sentence === undefined;
}

test.each([
	["an empty document", "typescript", "├┤", true, false],
	["an empty line", "typescript", "a();\n├┤\nb();\n", true, false],
	["a line of blanks", "typescript", "a();\n├\t ┤\nb();\n", false, false],
	[
		"an empty line in a language that nothing can parse",
		"cobol",
		"├┤\nMOVE A TO B\n",
		false,
		false,
	],
	["a comment", "typescript", "├// Adds them.┤\nadd();\n", true, false],
	["a comment of several lines", "typescript", "├/**\n * Adds them.\n */┤\nadd();\n", true, false],
	["a comment of Python", "python", "├# Adds them.┤\nadd()\n", true, false],
	["a comment in a language that nothing can parse", "lua", "├-- adds┤\nadd()\n", true, false],
	[
		"a comment of several lines that nothing can parse",
		"lua",
		"├--[[ adds ]]┤\nadd()\n",
		true,
		false,
	],
	["a comment of PowerShell", "powershell", "├<# Adds. #>┤\nAdd\n", true, false],
	["a comment of Haskell", "haskell", "├{- Adds. -}┤\nadd = 1\n", true, false],
	["a comment of a page", "html", "├<!-- Adds. -->┤\n<p></p>\n", true, false],
	["a comment, for whoever reads it", "typescript", "├// Adds them.┤\n", false, true],
	["a closing bracket", "typescript", "if (a) {\n\tb();\n├}┤\n", true, false],
	["a statement", "typescript", "├const a = 1;┤\n", true, true],
	["a statement behind comments", "typescript", "├// One.\n\nconst a = 1;┤\n", true, true],
	["a statement in a language that nothing can parse", "cobol", "├MOVE A TO B┤\n", true, true],
])("whether there is something: %s", async (_what, languageId, marked, needsCode, expected) => {
	expect(await isThere(languageId, marked, needsCode)).toBe(expected);
});
