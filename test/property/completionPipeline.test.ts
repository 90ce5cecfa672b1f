import fc from "fast-check";
import { expect, test } from "vitest";
import { CompletionBench } from "../support/completionBench.ts";

const fragment = fc.constantFrom(
	"const a = ",
	"foo(",
	")",
	"]",
	"}",
	"{",
	";",
	'"',
	"'",
	"`",
	" ",
	"\t",
	"b",
	"🙂",
	"é",
	"// x",
	"\\",
	"\ud83d",
	"return a;",
);
const lines = fc.array(
	fc.array(fragment, { maxLength: 5 }).map((parts) => parts.join("")),
	{
		maxLength: 6,
	},
);

/** Whether the units of `part` occur in `whole`, in order. */
function isSubsequence(part: string, whole: string): boolean {
	let at = 0;
	for (const char of part) {
		at = whole.indexOf(char, at) + 1;
		if (at === 0) {
			return false;
		}
	}
	return true;
}

test("a completion replaces nothing but closers after the cursor, and brings them itself", async () => {
	await fc.assert(
		fc.asyncProperty(
			lines,
			fc.constantFrom("\n", "\r\n"),
			fc.nat(),
			lines,
			fc.constantFrom("stop", "unlikely"),
			fc.constantFrom("automatic", "invoked"),
			async (documentLines, lineBreak, seed, answerLines, finishReason, trigger) => {
				const text = documentLines.join(lineBreak);
				const offset = seed % (text.length + 1);
				const bench = new CompletionBench();
				bench.engine.enqueue({
					kind: "answer",
					text: answerLines.join("\n").toWellFormed(),
					finishReason,
				});
				const outcome = await bench.provide("║", { text, offset, trigger });
				expect(bench.log).toEqual([]);
				if (outcome.kind === "none") {
					return;
				}
				const { insertText, replace } = outcome.completion;
				const replaced = text.slice(offset, replace.end);
				expect(replace.start).toBe(offset);
				expect(replaced).not.toMatch(/[\r\n\p{L}]/u);
				expect(isSubsequence(replaced.replaceAll(" ", ""), insertText)).toBe(true);
				expect(insertText.isWellFormed()).toBe(true);
				expect(insertText.trim()).not.toBe("");
				expect(insertText.replaceAll(text.includes("\r") ? "\r\n" : "", "")).not.toContain(
					text.includes("\r") ? "\n" : "\r",
				);
			},
		),
		{ numRuns: 300 },
	);
});
