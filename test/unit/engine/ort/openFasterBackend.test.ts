import { afterAll, beforeAll, expect, test } from "vitest";
import type { Clock } from "../../../../src/base/clock.ts";
import { systemClock } from "../../../../src/base/clock.ts";
import {
	openFasterBackend,
	type FasterBackend,
} from "../../../../src/engine/ort/openFasterBackend.ts";
import { openModel, type ModelFolder } from "../../../../src/model/modelStore.ts";
import { someTokens } from "../../../support/engineRequests.ts";
import { recordingLogger } from "../../../support/recordingLogger.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";
import { importTinyModel, type TinyModel } from "../../../support/tinyModel.ts";

let tiny: TinyModel;
let model: ModelFolder;

beforeAll(async () => {
	tiny = await importTinyModel("int4");
	model = await openModel(tiny.folder);
});
afterAll(() => tiny.remove());

/** Counts how often it is looked at: nobody who doesn't time anything does. */
class CountingClock implements Clock {
	looks = 0;
	now(): number {
		this.looks++;
		return systemClock.now();
	}
	sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
		return systemClock.sleep(delayMs, signal);
	}
}

async function opened(
	changes: {
		readonly model?: ModelFolder;
		readonly cacheFolder?: string;
		readonly threads?: number;
	},
	use: (backend: FasterBackend) => Promise<void> | void = () => undefined,
): Promise<{ readonly description: string | undefined; readonly isTimed: boolean; log: string[] }> {
	const clock = new CountingClock();
	const log: string[] = [];
	const faster = await openFasterBackend({
		model,
		threads: 1,
		clock,
		cacheFolder: undefined,
		logger: recordingLogger(log),
		...changes,
	});
	await use(faster);
	await faster.backend.dispose();
	return { description: faster.graphDescription, isTimed: clock.looks > 0, log };
}

const eitherGraph = /^(portable experts|QMoE) \((.* )?as fast as (QMoE|portable experts) here\)$/;

test("both graphs are timed once on a machine, and the faster one runs from then on", async () => {
	using folder = new TemporaryFolder();
	const cacheFolder = folder.path;
	const first = await opened({ cacheFolder }, async ({ backend }) => {
		const cache = backend.createKvCache(20);
		const { rows } = await backend.forward(cache, someTokens(20, 1, 400), 2);
		expect(rows).toBe(2);
	});
	expect(first).toMatchObject({ isTimed: true, log: [] });
	expect(first.description).toMatch(eitherGraph);
	const again = await opened({ cacheFolder });
	expect(again).toEqual({ ...first, isTimed: false });
	expect((await opened({ cacheFolder, threads: 2 })).isTimed).toBe(true);
	expect((await opened({ cacheFolder })).isTimed).toBe(false);
});

test("without a folder both are timed at every start", async () => {
	expect((await opened({})).isTimed).toBe(true);
	expect((await opened({})).isTimed).toBe(true);
});

test("a remembered choice that is damaged costs one sentence, and a time", async () => {
	using folder = new TemporaryFolder({ "graph-choices.json": "{" });
	const { isTimed, log } = await opened({ cacheFolder: folder.path });
	expect(isTimed).toBe(true);
	expect(log).toHaveLength(1);
	expect((await opened({ cacheFolder: folder.path })).isTimed).toBe(false);
});

test("a model with one graph runs in it, without a word about the other", async () => {
	const single = { ...model, portableGraphPath: undefined };
	expect(await opened({ model: single })).toEqual({
		description: undefined,
		isTimed: false,
		log: [],
	});
});

test("a model too large to be in memory twice runs with portable experts", async () => {
	const { files } = model.manifest;
	const weights = { ...files.weights, bytes: 2 ** 30 };
	const large = {
		...model,
		manifest: { ...model.manifest, files: { ...files, weights } },
		// It isn't even opened.
		graphPath: "/nowhere",
	};
	const { description, isTimed } = await opened({ model: large });
	expect([description, isTimed]).toEqual([expect.stringContaining("too large"), false]);
});

test("a graph that can't be opened is a fault, whichever it is", async () => {
	for (const broken of [
		{ ...model, graphPath: "/nowhere" },
		{ ...model, portableGraphPath: "/nowhere" },
	]) {
		await expect(opened({ model: broken })).rejects.toMatchObject({ code: "runtimeFailed" });
	}
});
