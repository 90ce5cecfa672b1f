import { describe, expect, test } from "vitest";
import { defaultCompletionConfig as config } from "../../../../src/completion/defaultConfig.ts";
import { typePlace, type PipelineTyping } from "../../../../src/evaluation/typing/typePlace.ts";
import { ScriptedCompleter, type Shown } from "../../../support/scriptedCompleter.ts";

/** Types what stands between ├ and ┤ with what a script shows for the line so far. */
async function typed(
	fixture: string,
	shown: Readonly<Record<string, Shown>>,
	hasTextBelow = true,
): Promise<{ readonly result: PipelineTyping; readonly completer: ScriptedCompleter }> {
	const start = fixture.indexOf("├");
	const end = fixture.indexOf("┤") - 1;
	const text = fixture.replaceAll(/[├┤]/g, "");
	const completer = new ScriptedCompleter((line) => shown[line]);
	const file = { package: "p", language: "typescript", languageId: "typescript", path: "a.ts" };
	const place = { ...file, text, start, end };
	return {
		result: await typePlace(place, { provider: completer, config, hasTextBelow }),
		completer,
	};
}

/** What the typist saw, with a ✓ behind what was right. */
function seen({ ghosts }: PipelineTyping): readonly string[] {
	return ghosts.map(({ text, isRight }) => `${text}${isRight ? " ✓" : ""}`);
}

describe("typing a place", () => {
	test("without a ghost every key is pressed, and asked after", async () => {
		const { result, completer } = await typed("a;├\n\tbc;┤\nd;\n", {});
		expect(result).toMatchObject({ keys: 4, pressed: 4, asked: 4, ghosts: [] });
		expect(
			completer.requests.map(
				({ text, offset }) => `${text.slice(0, offset)}║${text.slice(offset)}`,
			),
		).toEqual(["a;║\nd;\n", "a;\n\t║\nd;\n", "a;\n\tb║\nd;\n", "a;\n\tbc║\nd;\n"]);
	});

	test("inside a line it asks behind the last key too, where every ghost is wrong", async () => {
		const { result } = await typed("foo(a, ├bc┤, d);\n", { "foo(a, bc": ".e" });
		expect(result).toMatchObject({ keys: 2, pressed: 2, asked: 3 });
		expect(seen(result)).toEqual([".e"]);
	});

	test("a right ghost is taken with one key", async () => {
		const { result, completer } = await typed("├const a = 1;┤\n", { c: "onst a = 1;" });
		expect(result).toMatchObject({ keys: 12, pressed: 2, asked: 2 });
		expect(result.ghosts).toMatchObject([
			{ offset: 1, isRight: true, keys: 11, taken: 11, lines: 1 },
		]);
		expect(completer.accepted).toEqual(["onst a = 1;"]);
	});

	test("after a ghost that was taken the next one is asked for", async () => {
		const { result } = await typed("├let a = b;┤\n", { l: "et a", "let a": " = b;" });
		expect(seen(result)).toEqual(["et a ✓", " = b; ✓"]);
		expect(result.pressed).toBe(3);
	});

	test("a ghost of several lines saves the keys of their text, not of the indentation", async () => {
		const { result } = await typed("f {├\n\ta;\n\n\tb;\n}┤\n", { "f {": "\n\ta;\n\n\tb;\n}" });
		expect(result.ghosts).toMatchObject([{ isRight: true, keys: 9, taken: 9, lines: 3 }]);
		expect(result).toMatchObject({ keys: 9, pressed: 1 });
	});

	test.each<[string, string, Shown]>([
		["says something else", "├abc┤;\n", "xyz"],
		["begins right and goes wrong", "├abc┤;\n", "abd"],
		["goes on into what stands there already", "├abc┤;\n", "abc;"],
		["takes away what stands there", "├abc┤;\n", { text: "abc", replaceAfter: 1 }],
	])("a ghost is wrong when it %s", async (_name, fixture, shown) => {
		const { result, completer } = await typed(fixture, { "": shown });
		expect(result.ghosts).toMatchObject([{ isRight: false, taken: 0 }]);
		expect(result).toMatchObject({ keys: 3, pressed: 3 });
		expect(completer.accepted).toEqual([]);
	});

	test("a ghost is right when it writes again what it replaces", async () => {
		const { result } = await typed("f(├a┤)\n", { "f(": { text: "a)", replaceAfter: 1 } });
		expect(seen(result)).toEqual(["a) ✓"]);
		expect(result.pressed).toBe(1);
	});

	test("a wrong ghost is one while its own characters are typed", async () => {
		const shown = { "": "abx", a: "bx", ab: "x", abc: "y" };
		const { result } = await typed("├abcd┤\n", shown);
		expect(seen(result)).toEqual(["abx", "y"]);
	});

	test("a ghost that comes back after it was gone is another one", async () => {
		const { result } = await typed("├abcd┤\n", { a: "bx", abc: "x" });
		expect(seen(result)).toEqual(["bx", "x"]);
	});

	test("in a new file nothing stands below", async () => {
		const { completer, result } = await typed("├ab┤\nc\n", { a: "b" }, false);
		expect(completer.requests.map(({ text }) => text)).toEqual(["", "a"]);
		expect(seen(result)).toEqual(["b ✓"]);
	});

	test("what wasn't shown is counted by its reason", async () => {
		const { result } = await typed("├abc┤\n", { a: { none: "filteredOut" } });
		expect([...result.silences]).toEqual([
			["notConfident", 2],
			["filteredOut", 1],
		]);
	});

	test("an engine that fails ends the evaluation", async () => {
		await expect(typed("├abc┤\n", { a: { none: "engineUnavailable" } })).rejects.toThrow(
			"The engine failed during the evaluation",
		);
	});
});
