import { describe, expect, test } from "vitest";
import { check, CompletionBench } from "../../support/completionBench.ts";
import { testTokenizer } from "../../support/testModel.ts";
import { settle } from "../../support/fakeClock.ts";

describe("a completion while typing within a line", () => {
	test.each([
		["a new argument in front of another", "foo(a, ║c);", "bar, ", "foo(a, ├bar, ┤c);"],
		["a new argument behind another", "foo(a║, c);", ", bar", "foo(a├, bar┤, c);"],
		["an argument in the middle", "foo(a, ║, c);", "bar, c);", "foo(a, ├bar┤, c);"],
		["a type", "const total: ║ = 3;", "number = 3;", "const total: ├number┤ = 3;"],
		["a parameter", "f((║) => a.id);", "item: Item) => a", "f((├item: Item┤) => a.id);"],
		["an operand", "if (║ && ok) {", "ready && ok) {", "if (├ready┤ && ok) {"],
		["what stands before a comment", "foo(║);  // sums", "value);", "foo(├value┤);  // sums"],
		["code in a string", "s = `Hi ${║} bye`;", "name} bye`;", "s = `Hi ${├name┤} bye`;"],
		["a string", 'fetch("║", options);', `users", options);`, 'fetch("├users┤", options);'],
		[
			"an attribute",
			'//- /a.tsx\n<div ║className="x">',
			'id="main" ',
			'<div ├id="main" ┤className="x">',
		],
	])("is %s", (_, fixture, answer, expected) => check(fixture, answer, expected));

	test.each([
		["the rest with other spaces", "add(║, b)+1;", "abc, b) + 1;", "add(├abc┤, b)+1;"],
		["all of it, and more", "x = ║ + total;", "price + total + tax;", "x = ├price┤ + total;"],
		["the closer only", "f(║) + 1;", "abc)", "f(├abc┤) + 1;"],
	])("leaves alone what stands there when the model writes %s", (_, fixture, answer, expected) =>
		check(fixture, answer, expected),
	);

	test.each([
		["would open what it doesn't close", "x = ║ + 1;", "(bar"],
		["would be one word with what follows", "foo(a, ║c);", "bar"],
		["lacks the comma in front of an element", "foo(a, ║c);", "bar "],
		["begins a comment", "foo(║) + 1;", "// more"],
		["writes what stands there, and goes on otherwise", "a║// x", "// x/* z */"],
	])("is none where it %s", (_, fixture, answer) =>
		check(fixture, answer, { none: "notConfident" }),
	);

	test("is never of several lines", () =>
		check("foo(a, ║, c);", "bar,\n\tbaz", "foo(a, ├bar┤, c);", {}, { multiline: "always" }));

	test.each([
		["foo(a, ║c);", "bar, baz(", "foo(a, ├bar, ┤c);"],
		["foo(a, ║, c);", "bar +", "foo(a, ├bar┤, c);"],
		["foo(║) + 1;", "bar // more", "foo(├bar┤) + 1;"],
		["x = ║ + 1;", "foo(bar", "x = ├foo┤ + 1;"],
	])(
		"in %s ends where the line is whole, though the model writes %s",
		(fixture, answer, expected) => check(fixture, answer, expected),
	);

	test("begins on its line or not at all", () =>
		check("foo(a, ║, c);", "\n\tbar", { none: "emptyResult" }));

	test("has nothing to add where the model writes only what stands there", () =>
		check("foo(a║, c);", ", c);", { none: "emptyResult" }));

	test("is told of the code on the right", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "answer", text: "bar" });
		await bench.provide("foo(a, ║, onTheRight);");
		const [request] = bench.engine.requests;
		const prompt = testTokenizer.createStreamDecoder().push(request?.prompt ?? []);
		expect(prompt).toContain(", onTheRight);");
	});

	test("has to be surer than at the end of the line", async () => {
		const sure = { probability: 0.75 };
		await check("foo(a, ║\n", { kind: "answer", text: "bar", ...sure }, "foo(a, ├bar┤\n");
		await check(
			"foo(a, ║, c);",
			{ kind: "answer", text: "bar", ...sure },
			{ none: "notConfident" },
		);
	});

	test("is none among the words of a comment or a string that began on a line above", async () => {
		await check("/*\nnotes on it, ║, and more\n*/\n", "this", { none: "insideLine" });
		await check("x = `\nhello, ║, and more\n`;\n", "this", { none: "insideLine" });
	});

	test("asks nothing on a line that a program wrote", async () => {
		const bench = new CompletionBench();
		const outcome = await bench.provide(`x=[${"1,".repeat(1000)}║,2]`);
		expect(outcome).toEqual({ kind: "none", reason: "lineTooLong" });
		expect(bench.engine.requests).toEqual([]);
	});
});

describe("what is known already, within a line", () => {
	test("typing as suggested, going back, and a bracket that the editor closes never ask the engine", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "answer", text: "get(b), " });
		expect(await bench.documentAfter("foo(a, ║c);")).toBe("foo(a, ├get(b), ┤c);");
		expect(await bench.documentAfter("foo(a, g║c);")).toBe("foo(a, g├et(b), ┤c);");
		expect(await bench.documentAfter("foo(a, get(║c);")).toBe("foo(a, get(├b), ┤c);");
		expect(await bench.documentAfter("foo(a, get(║)c);")).toBe("foo(a, get(├b┤)c);");
		expect(await bench.documentAfter("foo(a, ║c);")).toBe("foo(a, ├get(b), ┤c);");
		expect(bench.engine.requests.length).toBe(1);
	});

	test("a key in front of a word that disagrees stops what is written, and asks for nothing", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "hold", text: "bar, " });
		const first = bench.provide("foo(a, ║c);");
		await settle();
		expect(await bench.provide("foo(a, x║c);")).toEqual({ kind: "none", reason: "insideWord" });
		expect(await first).toEqual({ kind: "none", reason: "superseded" });
		expect(bench.engine.ends).toEqual(["aborted"]);
	});

	test("the next key joins an answer that is being written, in front of a word too", async () => {
		const bench = new CompletionBench();
		bench.engine.enqueue({ kind: "hold", text: "ba", then: "r, " });
		const first = bench.provide("foo(a, ║c);");
		await settle();
		const second = bench.documentAfter("foo(a, b║c);");
		await settle();
		await bench.engine.release();
		expect(await first).toEqual({ kind: "none", reason: "superseded" });
		expect(await second).toBe("foo(a, b├ar, ┤c);");
		expect(bench.engine.requests.length).toBe(1);
	});
});
