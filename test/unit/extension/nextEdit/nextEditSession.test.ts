import { describe, expect, test } from "vitest";
import { pauseMs } from "../../../../src/extension/nextEdit/nextEditSession.ts";
import { NextEditBench } from "../../../support/nextEditBench.ts";
import {
	addedParameter,
	addedMember,
	renamed,
	type Scenario,
} from "../../../support/nextEditScenarios.ts";

const text = `let total = 1;
use(total);

log(total);

print(total);
`;

/** The name is changed where it is defined, and somebody rests. */
async function renamedTotal(): Promise<NextEditBench> {
	const bench = new NextEditBench(text);
	bench.type("total", "sumOfAll");
	await bench.rest();
	return bench;
}

const shownLines = ({ session: { shown } }: NextEditBench): readonly number[] =>
	shown === undefined ? [] : [shown.current, ...shown.others].map(({ edit }) => edit.line);

describe("next edits", () => {
	test.each<[string, Scenario, "\n" | "\r\n"]>([
		["a name is changed", renamed, "\n"],
		["a name is changed, with CRLF", renamed, "\r\n"],
		["a parameter is added", addedParameter, "\n"],
		["a member of an enumeration is added", addedMember, "\n"],
	])("lead to the end of the change by Tab alone, where %s", async (_what, scenario, end) => {
		const bench = new NextEditBench(scenario.before, end);
		const before = bench.model.text;
		for (const [old, next] of scenario.byHand) {
			bench.type(old, next);
			await bench.clock.advance(5000);
		}
		while (await bench.accept()) {
			await bench.rest();
		}
		expect(bench.model.lines).toEqual(scenario.after.split("\n"));
		expect(bench.model.text.includes("\r\n")).toBe(end === "\r\n");
		while (bench.undoable.length > 0) {
			bench.undo();
		}
		expect(bench.model.text).toBe(before);
	});

	test("wait for a pause, and one search is made for all that was typed before it", async () => {
		const bench = new NextEditBench(text);
		bench.type("total", "s");
		for (const key of "umOfAll") {
			await bench.clock.advance(pauseMs - 1);
			bench.type("let s", `let s${key}`);
		}
		expect(bench.searches).toBe(0);
		expect(bench.session.shown).toBeUndefined();
		await bench.rest();
		expect(bench.searches).toBe(1);
	});

	test("cost a key no look at the text and no search, whatever is shown", async () => {
		const bench = await renamedTotal();
		const { reads, searches } = bench;
		for (const key of "typing on") {
			bench.type("= 1", `= 1${key}`);
		}
		expect([bench.reads, bench.searches]).toEqual([reads, searches]);
		expect(shownLines(bench)).toEqual([1, 3, 5]);
	});

	test("come from the cursor down, and the next is there as soon as one is put in", async () => {
		const bench = await renamedTotal();
		expect(shownLines(bench)).toEqual([1, 3, 5]);
		await bench.accept();
		expect(bench.model.lines[1]).toBe("use(sumOfAll);");
		expect(shownLines(bench)).toEqual([3, 5]);
	});

	test("move with what is typed above, and go where their line is changed", async () => {
		const bench = await renamedTotal();
		bench.type("1;\n", "1;\n// one\n// two\n");
		expect(shownLines(bench)).toEqual([3, 5, 7]);
		bench.type("log(", "log(a, ");
		expect(shownLines(bench)).toEqual([3, 7]);
		await bench.accept();
		expect(bench.model.lines.join("\n")).toBe(
			"let sumOfAll = 1;\n// one\n// two\nuse(sumOfAll);\n\nlog(a, total);\n\nprint(total);\n",
		);
	});

	test("that were found in a text that has changed since aren't shown", async () => {
		const bench = new NextEditBench(text);
		bench.type("total", "sumOfAll");
		bench.isHeld = true;
		await bench.rest();
		expect(bench.searches).toBe(1);
		bench.type("use(total)", "use(other)");
		await bench.answer();
		expect(bench.session.shown).toBeUndefined();
		await bench.rest();
		expect(bench.searches).toBe(2);
		expect(shownLines(bench)).toEqual([3, 5]);
	});

	test("aren't put in where their lines have changed without anybody saying so", async () => {
		const bench = await renamedTotal();
		bench.model.apply({ startLine: 1, startColumn: 0, endLine: 1, endColumn: 3, text: "xyz" });
		const before = bench.model.text;
		expect(await bench.accept()).toBe(false);
		expect(bench.model.text).toBe(before);
		expect(shownLines(bench)).toEqual([3, 5]);
	});

	test("that are dismissed stay away until more edits speak for them", async () => {
		const bench = await renamedTotal();
		bench.session.dismiss();
		expect(bench.session.shown).toBeUndefined();
		await bench.clock.advance(5000);
		bench.type("1;\n", "1;\n// a remark\n");
		await bench.rest();
		expect(bench.session.shown).toBeUndefined();
		expect(bench.session.lastSearch?.judged.map(({ verdict }) => verdict)).toContain("dismissed");
		await bench.clock.advance(5000);
		bench.type("use(total)", "use(sumOfAll)");
		await bench.rest();
		expect(shownLines(bench)).toEqual([4, 6]);
	});

	test("that are put in and undone count as dismissed", async () => {
		const bench = await renamedTotal();
		await bench.accept();
		bench.undo();
		expect(bench.session.shown).toBeUndefined();
		await bench.rest();
		expect(bench.session.shown).toBeUndefined();
		expect(bench.model.lines[1]).toBe("use(total);");
	});

	test("that are put in count as dismissed only where they are undone, not in another document", async () => {
		const bench = new NextEditBench(`export ${text}`, "\n", { other: "a = 1;\n\nuse(total);\n" });
		bench.open("other");
		bench.type("1", "2");
		bench.open("doc");
		bench.type("total", "sumOfAll");
		await bench.rest();
		await bench.accept();
		bench.open("other");
		expect(shownLines(bench)).toEqual([2]);
		bench.edit({ startLine: 0, startColumn: 4, endLine: 0, endColumn: 5, text: "1" }, true);
		expect(shownLines(bench)).toEqual([2]);
		bench.undo();
		await bench.rest();
		expect(bench.model.lines[1]).toBe("use(total);");
		expect(bench.session.shown).toBeUndefined();
	});

	test("are gone with an undo of what they followed from", async () => {
		const bench = await renamedTotal();
		bench.undo();
		await bench.rest();
		expect(bench.session.shown).toBeUndefined();
		expect(bench.model.lines.join("\n")).toBe(text);
	});

	test("aren't looked for where it shall be quiet, and no text is read there", async () => {
		const bench = new NextEditBench(text);
		bench.quiet = "secret";
		bench.session.placeChanged();
		bench.type("total", "sumOfAll");
		await bench.rest();
		expect(bench.searches).toBe(0);
		expect(bench.session.quiet).toBe("secret");
	});

	test("disappear at once where it becomes quiet, and are found again behind that", async () => {
		const bench = await renamedTotal();
		bench.quiet = "snoozed";
		bench.session.placeChanged();
		expect(bench.session.shown).toBeUndefined();
		bench.quiet = undefined;
		bench.session.placeChanged();
		await bench.rest();
		expect(shownLines(bench)).toEqual([1, 3, 5]);
	});

	test("go on after a paste of 5 MB that was taken back, and after 10,000 edits at once", async () => {
		const bench = new NextEditBench(text);
		bench.type("\n\n", `\n${"x".repeat(5_000_000)}\n`);
		bench.undo();
		for (let i = 0; i < 10_000; i++) {
			bench.type(i % 2 === 0 ? "log" : "logs", i % 2 === 0 ? "logs" : "log");
		}
		await bench.rest();
		expect(bench.session.shown).toBeUndefined();
		bench.type("total", "sumOfAll");
		await bench.rest();
		expect(shownLines(bench)).toEqual([1, 3, 5]);
	});

	test("go when their document is closed, and come again where it was opened in another language", async () => {
		const bench = await renamedTotal();
		bench.session.closed("doc", true);
		expect(bench.session.shown).toBeUndefined();
		bench.session.placeChanged();
		bench.type("sumOfAll", "sumOfThem");
		await bench.rest();
		bench.type("use(total)", "use(sumOfThem)");
		await bench.rest();
		expect(shownLines(bench)).toEqual([3, 5]);
	});

	test("go on where the search has lost a document: it is told the text again", async () => {
		const bench = await renamedTotal();
		bench.server.receive({ kind: "close", document: "doc" });
		bench.type("let sumOfAll", "let sumOfThem");
		await bench.rest();
		expect(bench.session.shown).toBeUndefined();
		bench.type("use(total)", "use(sumOfThem)");
		await bench.rest();
		bench.type("log(total)", "log(sumOfThem)");
		await bench.rest();
		expect(shownLines(bench)).toEqual([5]);
	});
});
