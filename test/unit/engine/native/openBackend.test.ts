import { afterAll, beforeAll, expect, test } from "vitest";
import { openBackend } from "../../../../src/engine/openBackend.ts";
import { openModel } from "../../../../src/model/modelStore.ts";
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

test("a model with a graph for the addon runs on it", async () => {
	const log: string[] = [];
	const { backend, name } = await openBackend(
		await openModel(model.folder),
		2,
		recordingLogger(log),
	);
	expect(name).toBe(
		`Mote's addon on ONNX Runtime, CPU with ${builtAddon().instructions}, 2 threads`,
	);
	expect([backend.stopsWithinPass, log]).toEqual([true, []]);
	await backend.dispose();
});

test("where the addon can't read the graph, onnxruntime-node runs the model and the log says why", async () => {
	const log: string[] = [];
	const folder = await openModel(model.folder);
	const { backend, name } = await openBackend(
		{ ...folder, nativeGraphPath: folder.graphPath },
		1,
		recordingLogger(log),
	);
	expect(name).toContain("without Mote's own addon, because it could not load the model (");
	expect(log).toEqual([expect.stringContaining("Mote's own addon is not used, because")]);
	expect(backend.stopsWithinPass).toBe(false);
	await backend.dispose();
});
