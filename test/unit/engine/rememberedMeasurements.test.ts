import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { graphChoices, type GraphChoice } from "../../../src/engine/ort/graphChoice.ts";
import {
	RememberedMeasurements,
	type MeasuredOn,
} from "../../../src/engine/rememberedMeasurements.ts";
import { recordingLogger } from "../../support/recordingLogger.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

const fileName = "graph-choices.json";
const key: MeasuredOn = {
	processor: "A Processor @ 3 GHz",
	runtime: "1.30.0",
	threads: 2,
	weights: "0a".repeat(32),
};
const portable: GraphChoice = { graph: "portable", timesAsFast: 3.14 };
const qmoe: GraphChoice = { graph: "qmoe", timesAsFast: 1.2 };

let folder: TemporaryFolder;
let log: string[];
let choices: RememberedMeasurements<GraphChoice>;

beforeEach(() => {
	folder = new TemporaryFolder();
	log = [];
	choices = new RememberedMeasurements(folder.path, graphChoices, recordingLogger(log));
});
afterEach(() => folder[Symbol.dispose]());

test("a choice is found again, by another process too", async () => {
	expect(await choices.find(key)).toBeUndefined();
	await choices.remember(key, portable);
	const later = new RememberedMeasurements(folder.path, graphChoices, recordingLogger(log));
	expect(await later.find(key)).toEqual(portable);
	expect(log).toEqual([]);
	expect(folder.list()).toEqual([fileName]);
});

test("a choice holds for its processor, runtime, threads and weights only", async () => {
	await choices.remember(key, portable);
	const others: readonly MeasuredOn[] = [
		{ ...key, processor: "Another Processor" },
		{ ...key, runtime: "1.31.0" },
		{ ...key, threads: 1 },
		{ ...key, weights: "0b".repeat(32) },
	];
	for (const other of others) {
		expect(await choices.find(other)).toBeUndefined();
		await choices.remember(other, qmoe);
	}
	expect(await choices.find(key)).toEqual(portable);
	expect(await choices.find({ ...key, threads: 1 })).toEqual(qmoe);
});

test("the last choice for one key counts", async () => {
	await choices.remember(key, portable);
	await choices.remember(key, qmoe);
	expect(await choices.find(key)).toEqual(qmoe);
	expect(readFileSync(path.join(folder.path, fileName), "utf8").match(/"graph"/g)).toHaveLength(1);
});

test("of many choices the oldest are forgotten", async () => {
	for (let threads = 1; threads <= 40; threads++) {
		await choices.remember({ ...key, threads }, portable);
	}
	const found = await Promise.all(
		Array.from({ length: 40 }, (_, i) => choices.find({ ...key, threads: i + 1 })),
	);
	expect(found.map((choice) => choice !== undefined)).toEqual([
		...Array<boolean>(8).fill(false),
		...Array<boolean>(32).fill(true),
	]);
});

test("a processor with a long name is remembered as well", async () => {
	const long = { ...key, processor: "x".repeat(1000) };
	await choices.remember(long, portable);
	expect(await choices.find(long)).toEqual(portable);
	expect(log).toEqual([]);
});

test("the folder is made where it is missing", async () => {
	const below = new RememberedMeasurements(
		path.join(folder.path, "a/b"),
		graphChoices,
		recordingLogger(log),
	);
	await below.remember(key, portable);
	expect(await below.find(key)).toEqual(portable);
});

describe("a damaged file is ignored with one sentence, and written anew:", () => {
	const valid = { version: 1, entries: [{ ...key, measured: portable }] };
	const damaged: Record<string, string> = {
		"an empty one": "",
		"half of one": JSON.stringify(valid).slice(0, 60),
		"another version": JSON.stringify({ ...valid, version: 2 }),
		"another graph": JSON.stringify({
			version: 1,
			entries: [{ ...key, measured: { ...portable, graph: "x" } }],
		}),
		"a number that is none": JSON.stringify({
			version: 1,
			entries: [{ ...key, measured: { ...portable, timesAsFast: "3" } }],
		}),
		"an unknown field": JSON.stringify({ ...valid, command: "rm" }),
		"a huge one": `${JSON.stringify(valid)}${" ".repeat(200_000)}`,
	};
	test.each(Object.entries(damaged))("%s", async (_, content) => {
		folder.write(fileName, content);
		expect(await choices.find(key)).toBeUndefined();
		expect(log).toEqual([
			expect.stringMatching(/^warn: What [^\n]+ is ignored, because [^\n]+\.$/),
		]);
		await choices.remember(key, qmoe);
		expect(await choices.find(key)).toEqual(qmoe);
	});
});

test("a folder that can't be written to costs a sentence and nothing else", async () => {
	folder.write("file", "");
	const inside = new RememberedMeasurements(
		path.join(folder.path, "file"),
		graphChoices,
		recordingLogger(log),
	);
	await inside.remember(key, portable);
	expect(log.at(-1)).toMatch(
		/^warn: What was measured about which graph is the faster one can't be remembered \([^\n]+\), /,
	);
	expect(folder.list()).toEqual(["file"]);
});
