import { describe, expect, test } from "vitest";
import type { PipelineGhost, PipelineTyping } from "../../../../src/evaluation/typing/typePlace.ts";
import { typingFigures } from "../../../../src/evaluation/typing/typingFigures.ts";
import {
	figuresByLanguage,
	ghostLines,
	typingTable,
} from "../../../../src/evaluation/typing/typingReport.ts";

const wrong: PipelineGhost = {
	...{ offset: 0, text: "wrong", origin: "model" },
	...{ isRight: false, keys: 5, taken: 0, lines: 1 },
};
const right: PipelineGhost = { ...wrong, text: "right one", isRight: true, keys: 9, taken: 9 };
const block: PipelineGhost = { ...right, text: "\n\ta\n\tb\n", keys: 31, taken: 31, lines: 2 };

function place(keys: number, pressed: number, ghosts: readonly PipelineGhost[]): PipelineTyping {
	return { keys, pressed, ghosts, asked: pressed, silences: new Map([["notConfident", 10]]) };
}

const places = [place(100, 62, [right, block]), place(100, 100, [wrong, wrong])];

describe("figures of typing", () => {
	test("are over all keys and all ghosts, not means of places", () => {
		expect(typingFigures([...places, place(200, 200, [])])).toMatchObject({
			...{ places: 3, keys: 400, ghosts: 4, ghostsOfSeveralLines: 1 },
			keysSaved: { value: 38 / 400 },
			right: { value: 0.5 },
			ghostsPer100Keys: { value: 1 },
			wrongGhostsPer100Keys: { value: 0.5 },
			charactersPerGhost: { value: (9 + 31 + 5 + 5) / 4 },
			savedBySeveralLines: { value: 31 / 40 },
			silences: { notConfident: 30 / 362 },
		});
	});

	test("an interval spans what the places differ in", () => {
		expect(typingFigures(places).keysSaved).toEqual({ value: 0.19, low: 0, high: 0.38 });
		expect(typingFigures([places[0] ?? place(0, 0, [])]).keysSaved).toEqual({
			...{ value: 0.38, low: 0.38, high: 0.38 },
		});
	});

	test("what has nothing to be a share of has no figure", () => {
		const nothing = { right: null, charactersPerGhost: null, savedBySeveralLines: null };
		expect(typingFigures([place(10, 10, [])])).toMatchObject({
			...nothing,
			keysSaved: { value: 0 },
		});
		expect(typingFigures([])).toMatchObject({ ...nothing, keysSaved: null });
	});
});

describe("the report of typing", () => {
	const hole = {
		package: "p",
		languageId: "x",
		path: "src/a",
		text: "const right one;",
		start: 6,
		end: 15,
	};
	const results = [
		{ place: { ...hole, language: "go" }, typed: place(100, 62, [{ ...right, offset: 6 }]) },
		{ place: { ...hole, language: "rust" }, typed: place(100, 100, [wrong, wrong]) },
	];

	test("has every language and all of them", () => {
		const figures = figuresByLanguage(results);
		expect(Object.keys(figures)).toEqual(["all", "go", "rust"]);
		expect(figures["rust"]).toEqual(typingFigures([places[1] ?? place(0, 0, [])]));
	});

	test("says what it was measured under and what its words mean", () => {
		const cold = figuresByLanguage(results);
		const table = typingTable({
			...{ model: "m", quantization: "int4", seed: 1 },
			typing: { cold },
		});
		expect(table).toContain("cold: no other file is known");
		expect(table).not.toContain("warm");
		expect(table).toMatch(/^go +1 +100 +38\.0 % \(38\.0–38\.0\) +100\.0 % \(100\.0–100\.0\) /m);
		expect(table).toMatch(/^key +one character, or Enter/m);
	});

	test("every ghost is told with what was written there", () => {
		const [line = ""] = ghostLines("warm", results).split("\n");
		expect(JSON.parse(line)).toMatchObject({
			...{ condition: "warm", language: "go", path: "src/a", lineBefore: "const " },
			...{ text: "right one", isRight: true, written: "right one" },
		});
	});
});
