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
const line = fc.array(fragment, { maxLength: 5 }).map((parts) => parts.join(""));
const lines = fc.array(line, { maxLength: 6 });

/** The rest of the cursor's line: mostly what an editor closed. */
const behindCursor = fc.oneof(
	{
		weight: 3,
		arbitrary: fc
			.array(fc.constantFrom(")", "]", "}", '"', "'", "`", ";", " "), { maxLength: 3 })
			.map((parts) => parts.join("")),
	},
	{ weight: 1, arbitrary: line },
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

test("a completion replaces nothing that it does not bring itself, and while typing nothing but closers", async () => {
	let completions = 0;
	let replacing = 0;
	await fc.assert(
		fc.asyncProperty(
			fc.record({ before: lines, behind: behindCursor, after: lines }),
			fc.constantFrom("\n", "\r\n"),
			fc.record({ answer: lines, bringsWhatIsBehind: fc.boolean() }),
			fc.constantFrom("stop", "unlikely"),
			fc.constantFrom("automatic", "invoked"),
			async (
				{ before, behind, after },
				lineBreak,
				{ answer, bringsWhatIsBehind },
				finishReason,
				trigger,
			) => {
				const prefix = before.join(lineBreak);
				const text = [prefix + behind, ...after].join(lineBreak);
				const offset = prefix.length;
				const bench = new CompletionBench();
				bench.engine.enqueue({
					kind: "answer",
					text: (answer.join("\n") + (bringsWhatIsBehind ? behind : "")).toWellFormed(),
					finishReason,
				});
				const outcome = await bench.provide("║", { text, offset, trigger });
				expect(bench.log).toEqual([]);
				if (outcome.kind === "none") {
					return;
				}
				const { insertText, replace } = outcome.completion;
				completions++;
				replacing += replace.end > offset ? 1 : 0;
				const replaced = text.slice(offset, replace.end);
				expect(replace.start).toBe(offset);
				expect(replaced).not.toMatch(trigger === "invoked" ? /[\r\n]/ : /[\r\n\p{L}]/u);
				expect(isSubsequence(replaced.replaceAll(/\s/g, ""), insertText)).toBe(true);
				expect(insertText.isWellFormed()).toBe(true);
				expect(insertText.trim()).not.toBe("");
				expect(insertText.replaceAll(text.includes("\r") ? "\r\n" : "", "")).not.toContain(
					text.includes("\r") ? "\n" : "\r",
				);
			},
		),
		{ numRuns: 300 },
	);
	// Otherwise nothing was tried.
	expect(completions).toBeGreaterThan(100);
	expect(replacing).toBeGreaterThan(10);
});
