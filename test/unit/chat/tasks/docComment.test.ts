import { afterAll, describe, expect, test } from "vitest";
import { writeDocComment, type DocCommentOutcome } from "../../../../src/chat/tasks/docComment.ts";
import { LocalSyntax } from "../../../../src/context/syntax/localSyntax.ts";
import { AnsweringInfillModel, type HoleFilling } from "../../../support/answeringModels.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";

const syntax = new LocalSyntax(grammarFiles);

afterAll(() => syntax.dispose());

interface Documented {
	readonly outcome: DocCommentOutcome;
	readonly model: AnsweringInfillModel;
}

/** Has the declaration at `║` documented by a model that writes `answers`, one for each attempt. */
async function documented(
	languageId: string,
	textWithCursor: string,
	...answers: readonly (string | HoleFilling)[]
): Promise<Documented> {
	const offset = textWithCursor.indexOf("║");
	const text = textWithCursor.replace("║", "");
	const left = [...answers];
	const model = new AnsweringInfillModel(() => {
		const answer = left.shift() ?? "";
		return typeof answer === "string" ? { text: answer } : answer;
	});
	const code = { path: "a", languageId, text, start: offset, end: offset };
	const outcome = await writeDocComment(
		{ code, related: [] },
		{ model, syntax },
		new AbortController().signal,
	);
	return { outcome, model };
}

const textOf = ({ outcome }: Documented): string =>
	outcome.kind === "written" ? outcome.text : `none: ${outcome.sentence}`;

const method = "class A {\n\tadd(a: number): number {\n\t\treturn ║a + 1;\n\t}\n}\n";

describe("documenting without a chat model", () => {
	test("writes a comment above the declaration", async () => {
		const outcome = await documented("typescript", method, "Adds one to a number.");
		expect(textOf(outcome)).toBe(
			"class A {\n\t/** Adds one to a number. */\n\tadd(a: number): number {\n\t\treturn a + 1;\n\t}\n}\n",
		);
		const [request] = outcome.model.requests;
		expect(request?.prefix).toBe("class A {\n\t/** ");
		expect(request?.suffix).toBe(" */\n\tadd(a: number): number {\n\t\treturn a + 1;\n\t}\n}\n");
		expect(request?.stop).toContain("*/");
	});

	test("gives each line of a longer comment its mark", async () => {
		const answer = "\n\t * Adds one to a number.\n\t *\n\t * @param a any number\n\t ";
		expect(textOf(await documented("typescript", method, answer))).toContain(
			"\t/**\n\t * Adds one to a number.\n\t *\n\t * @param a any number\n\t */\n\tadd(",
		);
	});

	test("stops where the comment ends, whatever the model goes on with", async () => {
		const answer = "Adds one to it. */\n\tevil(): void {}\n\t/** More of it.";
		expect(textOf(await documented("typescript", method, answer))).toContain(
			"{\n\t/** Adds one to it. */\n\tadd(",
		);
	});

	test.each([
		[
			"go",
			"package a\n\nfunc f() {\n\t║g()\n}\n",
			"f calls the other.\nfunc x() {",
			"\n// f calls the other.\nfunc f",
		],
		[
			"rust",
			"fn f() {\n    ║g();\n}\n",
			"Calls the other.\n/// Twice, if need be.\nfn",
			"/// Calls the other.\n/// Twice, if need be.\nfn f",
		],
		[
			"python",
			"def f():\n    return ║1\n",
			"Always gives one.",
			'def f():\n    """Always gives one."""\n    return 1\n',
		],
	])("keeps to the comments of %s", async (languageId, text, answer, expected) => {
		expect(textOf(await documented(languageId, text, answer))).toContain(expected);
	});

	test("cuts an answer that doesn't end after its last whole sentence", async () => {
		const answer = { text: "Adds one to a number. Then it goes on and", end: "length" } as const;
		expect(textOf(await documented("typescript", method, answer))).toContain(
			"/** Adds one to a number. */",
		);
	});

	test("asks again where the first answer says nothing", async () => {
		const outcome = await documented("typescript", method, "\n", "Adds one to a number.");
		expect(textOf(outcome)).toContain("/** Adds one to a number. */");
		expect(outcome.model.requests.map(({ temperature }) => temperature)).toEqual([0, 0.5]);
	});

	test("says so when no answer is a comment", async () => {
		expect(textOf(await documented("typescript", method, "", "!!!", "x"))).toBe(
			"none: Scripted wrote no comment that could stand there; a chat model may write a better one.",
		);
	});

	test("leaves a declaration alone that has a comment", async () => {
		const outcome = await documented("typescript", `/** Known. */\nfunction f() {\n\t║g();\n}\n`);
		expect(textOf(outcome)).toMatch(/^none: There is a comment already/);
		expect(outcome.model.requests).toEqual([]);
	});

	test("leaves a function of Python alone that has a docstring", async () => {
		const text = 'def f():\n    """Known."""\n    return ║1\n';
		expect(textOf(await documented("python", text))).toMatch(/^none: There is a comment already/);
	});

	test("says so for a language whose comments it doesn't know", async () => {
		expect(textOf(await documented("cobol", "║MOVE A TO B"))).toBe(
			"none: Mote doesn't know how comments are written in cobol.",
		);
	});
});
