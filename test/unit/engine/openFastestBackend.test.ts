import { mkdirSync, writeFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { maxBackendNameLength, backendNameWithoutGpu } from "../../../src/engine/backendName.ts";
import { gpuProvidersOn, type GpuSetting } from "../../../src/engine/gpu/gpuProviders.ts";
import type { OpenedBackend } from "../../../src/engine/openBackend.ts";
import { openFastestBackend } from "../../../src/engine/openFastestBackend.ts";
import { openDeviceBackend } from "../../../src/engine/ort/deviceBackend.ts";
import { openOrtBackend } from "../../../src/engine/ort/ortBackend.ts";
import { openModel, type ModelFolder } from "../../../src/model/modelStore.ts";
import { rounding, rowsOf, tokens } from "../../support/deviceLogits.ts";
import { patientClock } from "../../support/patientClock.ts";
import { recordingLogger } from "../../support/recordingLogger.ts";
import { relativeError } from "../../support/relativeError.ts";
import { FakeDeviceProcess } from "../../support/servedDevice.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";
import { importTinyModel, type TinyModel } from "../../support/tinyModel.ts";

let tiny: TinyModel;
let float32: TinyModel;

beforeAll(async () => {
	tiny = await importTinyModel("int4");
	float32 = await importTinyModel("fp32");
});
afterAll(async () => {
	await Promise.all([tiny.remove(), float32.remove()]);
});

async function open(
	gpu: GpuSetting,
	log: string[],
	{ folder = tiny.folder, change = {} }: { folder?: string; change?: Partial<ModelFolder> } = {},
): Promise<OpenedBackend> {
	const opened = await openFastestBackend({
		model: { ...(await openModel(folder)), ...change },
		gpu,
		gpuLibraries: undefined,
		threads: 1,
		clock: systemClock,
		cacheFolder: undefined,
		logger: recordingLogger(log),
	});
	await opened.backend.dispose();
	return opened;
}

/** What any machine of this platform is asked for; none of the tests depends on whether it has it. */
const provider = gpuProvidersOn(`${platform()}-${arch()}`)[0] ?? "webgpu";
const isOffered = gpuProvidersOn(`${platform()}-${arch()}`).includes(provider);

test("without a graph for GPUs the processor runs the model, and who has asked for one hears of it", async () => {
	const log: string[] = [];
	const change = { denseGraphPath: undefined, halfGraphPath: undefined };
	const { backendName } = await open(provider, log, { change });
	const reason = isOffered
		? "the model was imported without a graph for GPUs; import it again"
		: "there is none on this system";
	expect(backendName).toMatch(/CPU, 1 thread/);
	expect(backendName).toContain(reason);
	expect(log).toContainEqual(expect.stringContaining(reason));
});

test("a model in float32 says so to who has asked, and nothing to others", async () => {
	const log: string[] = [];
	const { backendName } = await open("auto", log, { folder: float32.folder });
	expect(backendName).not.toContain("not on");
	expect(log.filter((line) => line.includes("is not used, because the model"))).toEqual([]);
});

test("switched off, the name is that of the processor alone", async () => {
	const { backendName } = await open("off", []);
	expect(backendName).toMatch(/CPU, 1 thread/);
	expect(backendName).not.toContain("not on");
});

test("a graphics card whose passes block their thread runs in a process of its own, and the processor goes on when that is gone", async () => {
	using root = new TemporaryFolder();
	const drivers = join(root.path, "usr/share/vulkan/icd.d");
	mkdirSync(drivers, { recursive: true });
	writeFileSync(join(drivers, "radeon_icd.json"), "{}");
	const model = await openModel(tiny.folder);
	const { manifest, denseGraphPath: graphPath = "" } = model;
	const device = await openDeviceBackend({ graphPath, manifest, threads: 1, provider: "cpu" });
	const process = new FakeDeviceProcess(() =>
		Promise.resolve({ backend: device, numbers: manifest }),
	);
	const log: string[] = [];
	const { backend, backendName } = await openFastestBackend({
		...{ model, gpu: "webgpu", gpuLibraries: undefined, threads: 1 },
		startDeviceProcess: () => process,
		machine: { system: "linux", root: root.path, arch: "x64", env: {}, release: "6.1.0" },
		clock: patientClock,
		cacheFolder: undefined,
		logger: recordingLogger(log),
	});
	expect([backendName, process.isDead]).toEqual([expect.stringContaining("WebGPU"), false]);
	const ordinary = await openOrtBackend({ ...model, threads: 1 });
	const [cache, expected] = [backend.createKvCache(64), ordinary.createKvCache(64)];
	for (const [chunk, isGone] of [
		[tokens.slice(0, 16), false],
		[tokens.slice(16, 17), true],
		[tokens.slice(17, 18), true],
	] as const) {
		if (isGone) {
			process.die();
		}
		const rows = await rowsOf(backend, cache, chunk, 1);
		const wanted = await rowsOf(ordinary, expected, chunk, 1);
		expect(relativeError(rows, wanted)).toBeLessThan(rounding);
	}
	expect(log).toEqual([
		"warn: WebGPU is not used any more, because its driver ended the process that it ran in (SIGSEGV); install a newer driver of the graphics card, or set “mote.engine.gpu” to “auto” or “off”. The processor goes on.",
	]);
	await Promise.all([backend.dispose(), ordinary.dispose(), device.dispose()]);
});

test("a name with several reasons stays short enough for the process boundary", () => {
	const name = backendNameWithoutGpu("x".repeat(300), "2.0 times as fast as WebGPU here", [
		`CUDA, because ${"y".repeat(300)}`,
	]);
	expect(name).toHaveLength(maxBackendNameLength);
});
