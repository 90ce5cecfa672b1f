import { expect, test } from "vitest";
import { CompletionBench, check } from "../../support/completionBench.ts";

test("what stands before a document is read, and the completion goes into the document alone", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue({ kind: "answer", text: "(1);" });
	const after = await bench.documentAfter("//- /plot.ts\nlet b;\r\nsolve║\r\n", {
		precedingText: "function solve() {}\r\n\n",
	});
	expect(after).toBe("let b;\r\nsolve├(1);┤\r\n");
	// The cursor's word is healed: the answer begins with it.
	expect(bench.engine.requests).toHaveLength(1);
});

test("the model sees it in front of the document", async () => {
	const lengthWith = async (precedingText: string): Promise<number> => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "answer", text: "1;" });
		await bench.provide("const a = ║\n", { precedingText });
		return bench.engine.requests[0]?.prompt.length ?? 0;
	};
	expect(await lengthWith("const cells = [];\n\n")).toBeGreaterThan(await lengthWith(""));
});

test("the entry that is selected in the list is replaced where the document has it", () =>
	check("console.lo║\n", "(a);", "console.├log(a);┤\n", {
		precedingText: "const a = 1;\n\n",
		selectedSuggestion: { text: "log", start: 8, end: 10 },
	}));

test("the same line in another cell isn't answered with what was written for this one", async () => {
	const bench = new CompletionBench();
	bench.engine.enqueue({ kind: "answer", text: "1;" }, { kind: "answer", text: "2;" });
	expect(await bench.documentAfter("x = ║", { precedingText: "a = 1\n\n" })).toBe("x = ├1;┤");
	expect(await bench.documentAfter("x = ║", { precedingText: "b = 2\n\n" })).toBe("x = ├2;┤");
});

test("a text with a character that texts don't have is refused there too", () =>
	check("a║", "();", { none: "unsuitableDocument" }, { precedingText: "\0\n" }));
