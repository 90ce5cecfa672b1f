import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { architectureNames } from "../../../src/model/architecture.ts";
import { modelId, parseRepository } from "../../../src/modelLibrary/hub/hubAddress.ts";
import { needsOf, obstacleTo, parseSuggestions } from "../../../src/modelLibrary/suggestions.ts";

const file = path.resolve(import.meta.dirname, "../../../models/suggestions.json");
const text = readFileSync(file, "utf8");
const suggestions = parseSuggestions(text);

test("the file that ships is what its schema says, and names each model once", () => {
	const ids = suggestions.map(({ id }) => id);
	const folders = suggestions.map(({ repository }) => modelId(parseRepository(repository)));
	expect(new Set(ids).size).toBe(ids.length);
	expect(new Set(folders).size).toBe(folders.length);
});

test("no fact is of a day that is to come, and nothing counts as verified without what was run", () => {
	const today = new Date().toISOString().slice(0, 10);
	const days = suggestions.flatMap(({ source, verified }) => [
		source.date,
		...(verified === null ? [] : [verified.date]),
	]);
	expect(days.filter((day) => day > today)).toEqual([]);
	const [first] = suggestions;
	const claimed = JSON.stringify({ formatVersion: 1, models: [{ ...first, verified: true }] });
	expect(() => parseSuggestions(claimed)).toThrow(/verified/);
});

test("a size that was computed is that of the parameters in 16 bits", () => {
	const wrong = suggestions.filter(
		({ download, parameters }) =>
			download.basis === "computed" && download.bytes !== parameters.totalBillions * 2e9,
	);
	expect(wrong.map(({ id }) => id)).toEqual([]);
});

test("a checkpoint becomes smaller, a ready-made layout stays", () => {
	const needs = suggestions.map((suggestion) => ({
		layout: suggestion.layout,
		share: needsOf(suggestion).installedBytes / needsOf(suggestion).downloadBytes,
	}));
	for (const { layout, share } of needs) {
		expect(share).toBeCloseTo(layout === "checkpoint" ? 0.35 : 1, 5);
	}
});

test("what can't be imported says why", () => {
	const obstaclesWith = (importable: ReadonlySet<string>): Readonly<Record<string, unknown>> =>
		Object.fromEntries(
			suggestions.map((suggestion) => [suggestion.id, obstacleTo(suggestion, importable)]),
		);
	expect(obstaclesWith(new Set(["qwen3_moe"]))).toMatchObject({
		"qwen3-coder-30b": undefined,
		"mellum2-base": 'this version of Mote doesn\'t import the type "mellum"',
		"gpt-oss-20b": "this version of Mote doesn't read the layout of genai",
	});
	const now = obstaclesWith(new Set(architectureNames));
	expect(suggestions.filter(({ id }) => now[id] === undefined).map(({ id }) => id)).toEqual([
		"mellum2-base",
		"mellum2-instruct",
		"qwen3-coder-30b",
		"deepseek-coder-v2-lite-base",
		"deepseek-coder-v2-lite-instruct",
		"qwen2.5-coder-1.5b-instruct",
		"qwen2.5-coder-0.5b-instruct",
		"qwen2.5-coder-7b-instruct",
		"qwen2.5-coder-1.5b",
	]);
});
