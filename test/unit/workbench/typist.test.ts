import { describe, expect, test } from "vitest";
import {
	drawn,
	endOfRightGhost,
	isCursorAt,
	nextStep,
	reachedByTaking,
	type EditorState,
	type ShownGhost,
} from "../../workbench/typist.ts";
import { placesIn, readScript } from "../../workbench/typingScript.ts";
import { BracketClosingEditor } from "../../support/bracketClosingEditor.ts";

const about = { package: "p", language: "TypeScript", languageId: "typescript", path: "a.ts" };

/** The only place of a marked text, after `typed` of it was typed, and what the editor shows then. */
function shown(marked: string, typed: string, { behind = "" } = {}) {
	const [found] = placesIn(marked);
	if (found === undefined) {
		throw new Error("nothing is marked");
	}
	const place = { ...about, ...found };
	const at = place.start + typed.length;
	const before = place.text.slice(0, at).split("\n");
	const [restOfLine = "", ...linesBelow] = (behind + place.text.slice(place.end)).split("\n");
	const state: EditorState = {
		linePrefix: before.at(-1) ?? "",
		restOfLine,
		line: before.length - 1,
		linesBelow: linesBelow.map((line) => drawn(line).trimEnd()),
		ghost: undefined,
	};
	return { place, at, state };
}

describe("the next step", () => {
	test.each([
		["a character", "a(├bc┤);\n", "", "", { kind: "type", text: "b" }],
		["Enter with its indentation", "{├\n\tb\n┤}\n", "", "", { kind: "type", text: "\n\t" }],
		["what closes a bracket is typed over", "├a(b)┤;\n", "a(b", ")", { kind: "done" }],
		["a bracket in the middle too", "├a(b).c┤\n", "a(b", ")", { kind: "type", text: ")" }],
		["white space before a closer is typed", "├{ b }┤\n", "{ b", "}", { kind: "type", text: " " }],
		[
			"what closes a block stands below",
			"├f {\n\tb\n}\ng┤\n",
			"f {\n\tb",
			"\n}",
			{ kind: "move", text: "\n}" },
		],
		[
			"what closes the outer block isn't taken for the inner one's",
			"├f {\n\tif {\n\t\tb\n\t}\n}┤\n",
			"f {\n\tif {\n\t\tb",
			"\n}",
			{ kind: "type", text: "\n\t" },
		],
		[
			"what closes a tag is gone behind",
			"├<p>b</p>\nc┤\n",
			"<p>b",
			"</p>",
			{ kind: "move", text: "</p>" },
		],
		["what closes nothing goes away", "├a b┤\n", "a", ")", { kind: "deleteRight" }],
		["and when all is typed", "├a b┤\n", "a b", ")", { kind: "deleteRight" }],
		["nothing when all is there", "├a b┤\n", "a b", "", { kind: "done" }],
	])("is %s", (_name, marked, typed, behind, expected) => {
		const { place, at, state } = shown(marked, typed, { behind });
		expect(nextStep(place, at, state)).toEqual(expected);
	});

	test.each([
		["too much", "        ", { kind: "outdent" }],
		["too little", "", { kind: "indent", text: "    " }],
	])("mends a line that the editor indents by %s", (_name, linePrefix, expected) => {
		const { place, at, state } = shown("a:├\n    b┤\n", "\n    ");
		expect(nextStep(place, at, { ...state, linePrefix })).toEqual(expected);
	});

	test("is none in a document that isn't what was typed", () => {
		const { place, at, state } = shown("├abc┤\n", "ab");
		expect(() => nextStep(place, at, { ...state, linePrefix: "ax" })).toThrow(/begins with "ax"/);
		expect(isCursorAt(place, at, { ...state, line: 1 })).toBe(false);
	});
});

describe("a ghost", () => {
	test.each<[string, string, string, ShownGhost, string | undefined]>([
		[
			"goes on as the text does",
			"├abc┤;\n",
			"a",
			{ text: "bc", drawn: "abc", restOfLine: ";" },
			"abc",
		],
		["is something else", "├abc┤;\n", "a", { text: "x", drawn: "ax", restOfLine: ";" }, undefined],
		[
			"goes on too far",
			"├abc┤;\n",
			"a",
			{ text: "bcd", drawn: "abcd", restOfLine: ";" },
			undefined,
		],
		["brings nothing", "├abc┤;\n", "a", { text: "", drawn: "a", restOfLine: ";" }, undefined],
		[
			"has lines, drawn with spaces for tabs",
			"├f {\n\ta;\n}┤\n",
			"f {",
			{ text: "\n    a;\n}", drawn: "f {\n    a;\n}", restOfLine: "" },
			"f {\n\ta;\n}",
		],
		[
			"leaves a bracket that is wanted",
			"├f(a);┤\n",
			"f(",
			{ text: "a", drawn: "f(a", restOfLine: ")" },
			"f(a",
		],
		[
			"doubles a bracket",
			"├f(a);┤\n",
			"f(",
			{ text: "a)", drawn: "f(a)", restOfLine: ")" },
			undefined,
		],
	])("that %s", (_name, marked, typed, ghost, expected) => {
		const { place, at, state } = shown(marked, typed);
		const end = endOfRightGhost(place, at, state, ghost);
		expect(end === undefined ? undefined : place.text.slice(place.start, end)).toBe(expected);
	});
});

test.each([
	["up to its end", "f(a", 3],
	["further, over what stood there", "f(a)", 4],
	["not as far", "f(", undefined],
	["somewhere else", "f(b)", undefined],
])("taking a ghost brings the cursor %s", (_name, linePrefix, expected) => {
	const { place, state } = shown("├f(a);┤\n", "f(");
	expect(reachedByTaking(place, 3, { ...state, linePrefix })).toBe(expected);
});

test("a tab reaches to the next column that is a multiple of four", () => {
	expect(drawn("\ta\n\t\tb\tc")).toBe("    a\n        b   c");
});

test("whoever follows the script in an editor that closes brackets writes what the script says", async () => {
	for (const { file, text, places } of await readScript()) {
		const editor = new BracketClosingEditor(text);
		for (const place of places) {
			editor.cursor = place.start;
			let at = place.start;
			for (let step = nextStep(place, at, editor.state); step.kind !== "done";) {
				editor.perform(step);
				at += step.kind === "type" || step.kind === "move" ? step.text.length : 0;
				step = nextStep(place, at, editor.state);
			}
			expect(editor.text, file).toBe(place.text);
		}
	}
});
