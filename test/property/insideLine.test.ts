import fc from "fast-check";
import { expect, test } from "vitest";
import { CompletionBench } from "../support/completionBench.ts";

const languages = ["typescript", "python", "rust", "typescriptreact", "html", "plaintext"];

const fragment = fc.constantFrom(
	...[
		"a",
		"b, ",
		", ",
		",",
		"(",
		")",
		"[",
		"]",
		"{",
		"}",
		"<",
		">",
		'"',
		"'",
		"`",
		"${",
		" ",
		": ",
	],
	...[
		" = ",
		" + ",
		".",
		"🙂",
		"é",
		"// x",
		"# y",
		"/* z */",
		"\\",
		"=> ",
		"number",
		'id="c" ',
		"<b>",
		"\n",
	],
);
const code = (maxLength: number): fc.Arbitrary<string> =>
	fc.array(fragment, { maxLength }).map((parts) => parts.join(""));

/** Lines as people write them, cut in two: the cursor is between the parts. */
const line = fc.constantFrom(
	..."foo(a, ║, c);|foo(a, ║c);|foo(║) + 1;|const x: ║ = 3;|f((║) => a.id);|if (║ && ok) {|<div ║ class='x'>".split(
		"|",
	),
);
const parts = fc.oneof(
	line.map((text) => text.split("║")),
	fc.tuple(code(4), code(4)).map((both) => both.map((part) => part.replaceAll("\n", ""))),
);

test("what is accepted within a line, wholly or after typing a part of it, keeps what stands to the right, once", async () => {
	let completions = 0;
	let typedOn = 0;
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...languages),
			parts,
			code(5),
			fc.boolean(),
			async (languageId, [before = "", behind = ""], answer, bringsWhatIsBehind) => {
				const bench = new CompletionBench();
				const written = answer + (bringsWhatIsBehind ? behind : "");
				bench.engine.enqueue({ kind: "answer", text: written });
				const above = "x = y\n";
				const below = "\nz = y\n";
				const ask = async (typed: string): Promise<string | undefined> => {
					const text = above + before + typed + behind + below;
					const offset = above.length + before.length + typed.length;
					bench.engine.enqueue({ kind: "answer", text: "" });
					const outcome = await bench.provide("║", { languageId, text, offset });
					if (outcome.kind === "none") {
						return undefined;
					}
					const { insertText, replace } = outcome.completion;
					const isInsideLine = !/^\s*(?:[)>}\]"'`]+\s*)?(?:[:{;,]\s*)?$/.test(behind);
					if (!isInsideLine) {
						return undefined;
					}
					expect(replace).toEqual({ start: offset, end: offset });
					expect(insertText).not.toMatch(/[\r\n]/);
					expect(insertText.trim()).not.toBe("");
					// Never all that stands there once more, but for the end of what was shown and is typed now: of "b, c" in
					// front of "c", say.
					expect(typed === "" && insertText.trim() === behind.trim()).toBe(false);
					// Never one word of two.
					expect(`${insertText}║${behind}`).not.toMatch(/[\p{ID_Continue}$]║[\p{ID_Continue}$]/u);
					return insertText;
				};
				const shown = await ask("");
				expect(bench.log).toEqual([]);
				if (shown === undefined) {
					return;
				}
				completions++;
				const [first = ""] = shown;
				const left = await ask(first);
				if (left !== undefined && bench.engine.requests.length === 1) {
					typedOn++;
					expect(first + left).toBe(shown);
				}
			},
		),
		{ numRuns: 500 },
	);
	// Otherwise nothing was tried.
	expect(completions).toBeGreaterThan(30);
	expect(typedOn).toBeGreaterThan(10);
});
