import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../../src/base/clock.ts";
import { openBackend, type OpenedBackend } from "../../../../src/engine/openBackend.ts";
import { openModel, type ModelFolder } from "../../../../src/model/modelStore.ts";
import { builtAddon } from "../../../support/addonBackend.ts";
import { recordingLogger } from "../../../support/recordingLogger.ts";
import { importTinyModel, type TinyModel } from "../../../support/tinyModel.ts";

let model: TinyModel;

beforeAll(async () => {
	model = await importTinyModel("int4");
});
afterAll(async () => {
	await model.remove();
});

async function open(change: Partial<ModelFolder>, log: string[]): Promise<OpenedBackend> {
	return await openBackend({
		model: { ...(await openModel(model.folder)), ...change },
		threads: 1,
		clock: systemClock,
		cacheFolder: undefined,
		logger: recordingLogger(log),
	});
}

test("a model with a graph for the addon runs on it", async () => {
	const log: string[] = [];
	const { backend, backendName } = await open({}, log);
	expect(backendName).toBe(
		`Mote's addon on ONNX Runtime, CPU, 1 thread, ${builtAddon().instructions}`,
	);
	expect([backend.stopsWithinPass, log]).toEqual([true, []]);
	await backend.dispose();
});

test.each([
	["the addon can't read the graph", "model.onnx", "it could not load the model ("],
	["the model has no graph for it", undefined, "the model was imported without a graph for it"],
])("where %s, onnxruntime-node runs the model and says why", async (_, fileName, reason) => {
	const log: string[] = [];
	const nativeGraphPath = fileName && join(model.folder, fileName);
	const { backend, backendName } = await open({ nativeGraphPath }, log);
	expect(backendName).toContain(` — without Mote's addon, because ${reason}`);
	expect(log).toEqual([expect.stringContaining(`Mote's addon is not used, because ${reason}`)]);
	expect(backend.stopsWithinPass).toBe(false);
	await backend.dispose();
});
