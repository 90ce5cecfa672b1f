import { expect, test } from "vitest";
import { changeOfAnswer } from "../../../../src/chat/edits/changeOfAnswer.ts";
import { block } from "../../../support/appliedBlock.ts";

const text = "import x from 'x';\n\nfunction a() {\n  return 1;\n}\n";
const part = "function a() {\n  return 1;\n}";
const changed = part.replace("1", "2");
const range = { start: text.indexOf("function"), end: text.length - 1 };

function resultOf(answer: string): string | undefined {
	const change = changeOfAnswer(answer, { path: "a.ts", text, range });
	return change?.kind === "refused" ? `refused: ${change.sentence}` : change?.text;
}

test.each([
	["the code as it was", block("ts", part)],
	["a command", block("bash", "npm install x")],
	["thoughts with code", `<think>\n${block("ts", "function a() {}")}</think>\n`],
	["a part of another file", block("ts src/b.ts", "export const b = 1;")],
])("an answer with %s before the new code changes the code", (_, before) => {
	expect(resultOf(`First:\n\n${before}\nThen:\n\n${block("ts", changed)}`)).toBe(
		text.replace("1", "2"),
	);
});

test("an answer that was cut in its code changes nothing", () => {
	expect(resultOf(`\`\`\`ts\n${changed.slice(0, 20)}`)).toMatch(
		/^refused: .* ends before it is complete/,
	);
});

test("an answer without code is none", () => {
	expect(resultOf("It is fine.")).toBeUndefined();
});
