import { expect, test } from "vitest";
import { modelTable, stepProgress, type ModelTable } from "../../../src/cli/modelTable.ts";
import type { Suggestion } from "../../../src/modelLibrary/suggestions.ts";

const coder: Suggestion = {
	id: "coder",
	name: "Coder 30B",
	repository: "maker/Coder-30B",
	architecture: "qwen3_moe",
	layout: "checkpoint",
	parameters: { totalBillions: 30.5 },
	download: { bytes: 61e9, basis: "computed" },
	license: "Apache-2.0",
	contextTokens: 262_144,
	fim: "<fim>",
	chat: true,
	source: { from: "Model card.", date: "2026-11-23" },
	verified: null,
};

function lines(table: Partial<ModelTable>): readonly string[] {
	return modelTable({
		entries: [],
		suggestions: [],
		machine: { memoryBytes: 64e9, freeDiskBytes: 500e9 },
		importable: new Set(["qwen3_moe"]),
		...table,
	}).split("\n");
}

test("what is begun says how far it is, and how to go on", () => {
	const entry = {
		kind: "unfinished" as const,
		id: "maker--Coder-30B",
		repository: "maker/Coder-30B",
		doneBytes: 12.3e9,
		totalBytes: 61e9,
	};
	expect(lines({ entries: [entry] }).slice(0, 3)).toEqual([
		"Installed",
		"  maker--Coder-30B: 12.3 GB of 61 GB so far",
		"    mote models resume maker/Coder-30B goes on",
	]);
});

test.each<readonly [string, Partial<ModelTable>, string]>([
	["fits", {}, "This machine is large enough for it."],
	[
		"is too large",
		{ machine: { memoryBytes: 8e9, freeDiskBytes: 500e9 } },
		"Coder 30B needs 25.9 GB of memory beside an editor, and this machine has 8 GB; choose a smaller model.",
	],
	[
		"can't be imported",
		{ importable: new Set() },
		'Not yet: this version of Mote doesn\'t import the type "qwen3_moe".',
	],
])("a suggestion that %s says so", (_, table, verdict) => {
	expect(lines({ ...table, suggestions: [coder] }).slice(3)).toEqual([
		"Suggested",
		"  coder (maker/Coder-30B): about 61 GB to fetch, 262144 tokens, completes and converses, Apache-2.0, not tried with Mote",
		`    ${verdict}`,
		"",
	]);
});

test("a step that can be measured has a bar", () => {
	expect([
		stepProgress({ kind: "listing" }),
		stepProgress({ kind: "downloading", doneBytes: 5e9, totalBytes: 61e9 })?.text,
		stepProgress({ kind: "converting", fraction: 0.5 }),
	]).toEqual([undefined, "5 GB of 61 GB", { done: 0.5, total: 1, text: "converted" }]);
});
