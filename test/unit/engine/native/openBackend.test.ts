import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../../src/base/clock.ts";
import { backendNameOf, maxBackendNameLength } from "../../../../src/engine/backendName.ts";
import { openBackend, type OpenedBackend } from "../../../../src/engine/openBackend.ts";
import { parseFromEngine, protocolVersion } from "../../../../src/engineProcess/protocol.ts";
import { openModel, type ModelFolder } from "../../../../src/model/modelStore.ts";
import { builtAddon } from "../../../support/addonBackend.ts";
import { recordingLogger } from "../../../support/recordingLogger.ts";
import { importTinyModel, type TinyModel } from "../../../support/tinyModel.ts";

let model: TinyModel;
let float32: TinyModel;

beforeAll(async () => {
	model = await importTinyModel("int4");
	float32 = await importTinyModel("fp32");
});
afterAll(async () => {
	await Promise.all([model.remove(), float32.remove()]);
});

async function open(
	change: Partial<ModelFolder>,
	log: string[],
	folder: string = model.folder,
): Promise<OpenedBackend> {
	return await openBackend({
		model: { ...(await openModel(folder)), ...change },
		threads: 1,
		clock: systemClock,
		cacheFolder: undefined,
		logger: { ...recordingLogger(log), info: (message) => void log.push(`info: ${message}`) },
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
	expect(log).toEqual([
		expect.stringContaining(`warn: Mote's addon is not used, because ${reason}`),
	]);
	expect(backend.stopsWithinPass).toBe(false);
	await backend.dispose();
});

test("that a model in float32 runs without the addon is not warned of", async () => {
	const log: string[] = [];
	const { backend, backendName } = await open({}, log, float32.folder);
	const reason = "the model keeps its weights in float32";
	expect(backendName).toContain(` — without Mote's addon, because ${reason}`);
	expect(log).toEqual([`info: Mote's addon is not used, because ${reason}.`]);
	await backend.dispose();
});

test("a reason of thousands of characters is logged as it is and cut in the name, which crosses the process boundary", async () => {
	const log: string[] = [];
	const nativeGraphPath = join(model.folder, ...Array<string>(38).fill("x".repeat(100)));
	const { backend, backendName } = await open({ nativeGraphPath }, log);
	expect(log.join("").length).toBeGreaterThan(nativeGraphPath.length);
	expect(backendName).toMatch(/^ONNX Runtime, .* because it could not load the model \(.*x…$/);
	expect(backendName).toHaveLength(maxBackendNameLength);
	await backend.dispose();
});

test.each([399, 400, 401, 5000])(
	"a reason of %i characters gives a name that is accepted",
	(length) => {
		for (const letter of ["x", "\n", "\u{1f600}"]) {
			const withoutAddonReason = letter.repeat(length);
			const backendName = backendNameOf({
				...{ runtime: "ONNX Runtime", threads: 256, choice: undefined, withoutAddonReason },
			});
			const ready = { kind: "ready", protocolVersion, modelName: "m", backendName };
			expect(parseFromEngine(ready).kind).toBe("ok");
			expect(backendName.isWellFormed()).toBe(true);
		}
	},
);
