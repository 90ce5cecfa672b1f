import { expect, test } from "vitest";
import { UserError } from "../../../src/base/userError.ts";
import {
	chooseModel,
	standInFor,
	type ModelChoice,
	type ModelSetting,
} from "../../../src/model/modelChoice.ts";

const gib = 2 ** 30;
const auto: ModelSetting = { kind: "auto" };
const base: ModelSetting = { kind: "bundled", model: "base" };
const nano: ModelSetting = { kind: "bundled", model: "nano" };
const folder: ModelSetting = { kind: "folder", folder: "/models/mine" };

const inWords = (choice: ModelChoice | undefined): string => {
	if (choice === undefined) {
		return "none";
	}
	const { source, maxFirstTokenMs, because } = choice;
	const name = source.kind === "folder" ? source.folder : source.model;
	const limit = maxFirstTokenMs === undefined ? "" : ` within ${maxFirstTokenMs} ms`;
	return `${name}${limit}${because === undefined ? "" : `, ${because.kind}`}`;
};

test.each([
	[auto, 8, "base within 17.5 ms"],
	[auto, 5, "base within 17.5 ms"],
	// As a machine of 4 GB says what it has, or a container.
	[auto, 3.8, "nano, shortOfMemory"],
	[auto, 2, "nano, shortOfMemory"],
	[base, 2, "base"],
	[nano, 64, "nano"],
	[folder, 2, "/models/mine"],
] as const)("%j with %d GB takes %s", (setting, memoryGib, expected) => {
	expect(inWords(chooseModel(setting, memoryGib * gib))).toBe(expected);
});

test("a machine that is short of memory hears how much it has, and how to overrule that", () => {
	expect(chooseModel(auto, 3.84 * gib).because?.sentence).toBe(
		"mote-nano runs, because this machine has 3.8 GB of memory and mote-base wants 5; set “mote.completion.model” to “base” to use it all the same.",
	);
});

const altered = new UserError(
	"modelUnusable",
	"weights.bin is not whole; install the model again.",
);
const slow = new UserError("modelTooSlow", "mote-base takes 40.0 ms.");

test.each([
	["base in the way of auto", chooseModel(auto, 8 * gib), altered, "nano, fault"],
	["base that was chosen", chooseModel(base, 8 * gib), altered, "nano, fault"],
	["nano that was chosen", chooseModel(nano, 8 * gib), altered, "base, fault"],
	["nano for lack of memory", chooseModel(auto, 2 * gib), altered, "base, fault"],
	["base that is too slow", chooseModel(auto, 8 * gib), slow, "nano, tooSlow"],
	["a folder", chooseModel(folder, 8 * gib), altered, "none"],
] as const)("where %s can't run: %s", (_, choice, error, expected) => {
	expect(inWords(standInFor(choice, error))).toBe(expected);
});

test("where nano is broken, base runs even if it is slow; where both are, none does", () => {
	const slower = standInFor(chooseModel(auto, 8 * gib), slow);
	const last = slower && standInFor(slower, altered);
	expect(inWords(last)).toBe("base, fault");
	expect(last && standInFor(last, altered)).toBeUndefined();
});

test("what takes over says for whom, and why", () => {
	expect(standInFor(chooseModel(base, 8 * gib), altered)?.because?.sentence).toBe(
		"mote-nano has taken over, because mote-base can't be used: weights.bin is not whole; install the model again.",
	);
	expect(standInFor(chooseModel(auto, 8 * gib), slow)?.because?.sentence).toBe(
		"mote-base takes 40.0 ms. So mote-nano runs; set “mote.completion.model” to “base” to use it all the same.",
	);
});
