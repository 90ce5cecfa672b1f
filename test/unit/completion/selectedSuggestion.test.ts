import { expect, test } from "vitest";
import { CompletionBench, applied } from "../../support/completionBench.ts";

/** `├…┤` marks what goes in; the document has the typed part of the entry in its place. */
test.each<[string, string, { text: string; start: number; end: number }, string, string | object]>([
	[
		"an entry whose beginning is typed",
		"console.lo║\n",
		{ text: "log", start: 8, end: 10 },
		"(a);",
		"console.├log(a);┤\n",
	],
	[
		"an entry of which nothing is typed",
		"console.║\n",
		{ text: "log", start: 8, end: 8 },
		"(a);",
		"console.├log(a);┤\n",
	],
	[
		"an entry that is typed in other letters",
		"console.LO║\n",
		{ text: "log", start: 8, end: 10 },
		"(a);",
		"console.├log(a);┤\n",
	],
	[
		"an entry that is found by letters within it",
		"console.ge║\n",
		{ text: "logMessage", start: 8, end: 10 },
		"(a);",
		"console.├logMessage(a);┤\n",
	],
	[
		"an entry that replaces the rest of a word",
		"console.lo║ng\n",
		{ text: "log", start: 8, end: 12 },
		"(a);",
		"console.├log(a);┤\n",
	],
	[
		"an entry that is typed wholly",
		"console.log║\n",
		{ text: "log", start: 8, end: 11 },
		"(a);",
		"console.├log(a);┤\n",
	],
	[
		"an entry with brackets of its own",
		"console.lo║\n",
		{ text: "log()", start: 8, end: 10 },
		".then(a);",
		"console.├log().then(a);┤\n",
	],
	[
		"an entry in front of the bracket that the editor has closed",
		"f(us║)\n",
		{ text: "user", start: 2, end: 4 },
		".name",
		"f(├user.name┤)\n",
	],
	[
		"a snippet of several lines",
		"fo║\n",
		{ text: "for (;;) {\n}", start: 0, end: 2 },
		"x",
		{ none: "unsuitablePosition" },
	],
	[
		"a range that ends before the cursor",
		"console.log║\n",
		{ text: "log", start: 8, end: 9 },
		"(a);",
		{ none: "unsuitablePosition" },
	],
	[
		"a range beyond the document",
		"lo║",
		{ text: "log", start: 0, end: 9 },
		"(a);",
		{ none: "unsuitablePosition" },
	],
	[
		"a range over several lines",
		"a║\nb",
		{ text: "ab", start: 0, end: 3 },
		"(a);",
		{ none: "unsuitablePosition" },
	],
])(
	"with the list of suggestions open: %s",
	async (_what, fixture, selectedSuggestion, answer, expected) => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "answer", text: answer });
		const outcome = await bench.provide(fixture, { selectedSuggestion });
		const text = fixture.replace("║", "");
		const offset = fixture.indexOf("║");
		expect(
			applied(
				{ path: "a.ts", languageId: "typescript", text, offset, trigger: "automatic" },
				outcome,
			),
		).toEqual(expected);
		if (outcome.kind === "completion") {
			// The editor shows a ghost only that goes on from the entry, in the entry's place.
			const { insertText, replace } = outcome.completion;
			expect(insertText.startsWith(selectedSuggestion.text)).toBe(true);
			expect([replace.start, replace.end]).toEqual([
				selectedSuggestion.start,
				selectedSuggestion.end,
			]);
		}
	},
);
