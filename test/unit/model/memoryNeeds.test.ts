import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { bundledModelFolders } from "../../../src/model/bundledModel.ts";
import { parseManifest, type ModelManifest } from "../../../src/model/manifest.ts";
import { memoryNeedsOf, preflight } from "../../../src/model/memoryNeeds.ts";
import { testManifest } from "../../support/testModel.ts";

const file = testManifest.files.weights;

/** With the numbers of Qwen3-Coder-30B-A3B. */
const large: ModelManifest = {
	...testManifest,
	name: "Qwen3-Coder-30B-A3B",
	contextLength: 262_144,
	layers: 48,
	kvHeads: 4,
	headDim: 128,
	files: {
		...testManifest.files,
		nativeGraph: file,
		weights: { ...file, bytes: 17.2e9 },
	},
};

test("a large model needs its weights, a KV cache for some turns, and a process", () => {
	const needs = memoryNeedsOf(large);
	expect(needs.kvCacheBytes).toBe(8192 * 2 * 48 * 4 * (128 + 4));
	expect(needs.totalBytes).toBe(17.2e9 + needs.kvCacheBytes + 2 ** 30);
});

test("KV caches count as what keeps them does: int8 with the addon, the graph's own format without", () => {
	const withoutAddon: ModelManifest = {
		...large,
		files: { ...testManifest.files, weights: large.files.weights },
	};
	const perPosition = 2 * 48 * 4 * 128;
	expect(memoryNeedsOf(withoutAddon).kvCacheBytes).toBe(8192 * perPosition * 4);
	expect(memoryNeedsOf({ ...withoutAddon, kvCache: "int8" }).kvCacheBytes).toBe(8192 * perPosition);
	expect(memoryNeedsOf({ ...withoutAddon, contextLength: 100 }).kvCacheBytes).toBe(
		100 * perPosition * 4,
	);
});

test.each([
	["Mote's addon", large.files, undefined, 17.2e9],
	["one graph", { ...large.files, nativeGraph: undefined }, undefined, 1.25 * 17.2e9],
	[
		"two graphs to try",
		{ ...large.files, nativeGraph: undefined, portableGraph: file },
		undefined,
		2.1 * 17.2e9,
	],
])("weights count as often as they are in memory: %s", (_, files, exportedGraph, expected) => {
	expect(memoryNeedsOf({ ...large, files, exportedGraph }).weightsBytes).toBeCloseTo(expected);
});

test("weights in several files count together", () => {
	const split = {
		...large,
		files: { ...large.files, moreWeights: [{ ...file, name: "more", bytes: 2e9 }] },
	};
	expect(memoryNeedsOf(split).weightsBytes).toBe(19.2e9);
});

test("too little memory is a sentence with numbers and ways on", () => {
	expect(preflight(large, 9.1e9)).toEqual({
		kind: "notEnough",
		sentence:
			"Qwen3-Coder-30B-A3B needs about 18.7 GB of memory (17.2 GB for its weights, 415.2 MB for what it reads), and 9.1 GB are free; close other programs and try again, choose a smaller model, or name a server.",
	});
});

test.each([
	["exactly enough", memoryNeedsOf(large).totalBytes, "enough"],
	["a byte too little", memoryNeedsOf(large).totalBytes - 1, "notEnough"],
	["nobody knows how much", undefined, "enough"],
])("%s", (_, freeBytes, kind) => {
	expect(preflight(large, freeBytes).kind).toBe(kind);
});

test.each(Object.values(bundledModelFolders))("%s is never refused", async (folder) => {
	const parsed = parseManifest(await readFile(`${folder}/mote-model.json`, "utf8"));
	expect(parsed.kind === "ok" && preflight(parsed.manifest, 0)).toEqual({ kind: "enough" });
});
