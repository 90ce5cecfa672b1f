import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../../../src/engine/backend.ts";
import type { DeviceProcessBackend } from "../../../../src/engine/deviceProcess/deviceProcessBackend.ts";
import type { FromDevice } from "../../../../src/engine/deviceProcess/messages.ts";
import type { OpenedDevice } from "../../../../src/engine/deviceProcess/serveDevice.ts";
import { gpuFaultOf, gpuFaultReason } from "../../../../src/engine/gpu/gpuFault.ts";
import { openDeviceBackend } from "../../../../src/engine/ort/deviceBackend.ts";
import { openOrtBackend } from "../../../../src/engine/ort/ortBackend.ts";
import { openModel, type ModelFolder } from "../../../../src/model/modelStore.ts";
import { expectSameAnswer, restored, rowsOf, tokens } from "../../../support/deviceLogits.ts";
import { someTokens } from "../../../support/engineRequests.ts";
import { relativeError } from "../../../support/relativeError.ts";
import { FakeDeviceProcess, openFrom } from "../../../support/servedDevice.ts";
import { importTinyModel, type TinyModel } from "../../../support/tinyModel.ts";
import { withPasses } from "../../../support/withPasses.ts";

/** Beyond the port everything is real, on the processor's provider; the port copies messages as that of a process does. */

let tiny: TinyModel;
let model: ModelFolder;
let ordinary: Backend;
let process: FakeDeviceProcess;
/** In the other process. */
let served: Backend[] = [];

beforeAll(async () => {
	tiny = await importTinyModel("int4");
	model = await openModel(tiny.folder);
	ordinary = await openOrtBackend({ ...model, threads: 1 });
});
afterEach(async () => {
	await Promise.all(served.map((backend) => backend.dispose()));
	served = [];
});
afterAll(async () => {
	await ordinary.dispose();
	await tiny.remove();
});

async function openTiny(): Promise<OpenedDevice> {
	const { manifest, denseGraphPath: graphPath = "" } = model;
	const backend = await openDeviceBackend({ graphPath, manifest, threads: 1, provider: "cpu" });
	served.push(backend);
	return { backend, numbers: manifest };
}

async function open(openOther = openTiny): Promise<DeviceProcessBackend> {
	process = new FakeDeviceProcess(openOther);
	return await openFrom(process, model.manifest);
}

describe("a device in another process", () => {
	test("gives the logits of the processor, over chunks, drafts, rewinds and growth", async () => {
		const device = await open();
		expect(device.kvLayout.id).toBe(served[0]?.kvLayout.id);
		await expectSameAnswer(device, ordinary);
		await device.dispose();
		expect(process.isDead).toBe(true);
	});

	test("goes on from ordinary memory with what it has given back, copied or saved", async () => {
		const device = await open();
		const cache = device.createKvCache(64);
		await device.forward(cache, tokens.slice(0, 20), 0);
		const expected = await rowsOf(device, cache, tokens.slice(20, 21), 1);
		const copy = cache.copyPrefix(20, 64);
		const fromBytes = restored(device, cache, 20);
		cache.rewindTo(20);
		for (const each of [copy, fromBytes, cache]) {
			const rows = await rowsOf(device, each, tokens.slice(20, 21), 1);
			expect(relativeError(rows, expected)).toBeLessThan(1e-5);
		}
		// Of the three the first had to leave.
		expect([copy, fromBytes, cache].map(({ isOnDevice }) => isOnDevice)).toEqual([
			false,
			true,
			true,
		]);
		copy.rewindTo(20);
		const again = await rowsOf(device, copy, tokens.slice(20, 21), 1);
		expect(relativeError(again, expected)).toBeLessThan(1e-5);
		await device.dispose();
	});

	test("keeps what was filled where a pass fails, and says what the runtime said", async () => {
		let fails = false;
		const device = await open(async () => {
			const { backend, numbers } = await openTiny();
			return {
				backend: withPasses(backend, (...pass) =>
					fails ? Promise.reject(new Error("CUDA error: out of memory")) : backend.forward(...pass),
				),
				numbers,
			};
		});
		const cache = device.createKvCache(64);
		await device.forward(cache, tokens.slice(0, 20), 0);
		fails = true;
		const failed = device.forward(cache, tokens.slice(20, 21), 1).catch((error: unknown) => error);
		expect(gpuFaultOf(await failed)).toEqual({ kind: "outOfMemory" });
		expect(cache.length).toBe(20);
		fails = false;
		const onProcessor = restored(ordinary, cache, 20);
		const rows = await rowsOf(device, cache, tokens.slice(20, 21), 1);
		const expected = await rowsOf(ordinary, onProcessor, tokens.slice(20, 21), 1);
		expect(relativeError(rows, expected)).toBeLessThan(0.02);
		await device.dispose();
	});
});

describe("a process that", () => {
	const reasonOf = (error: unknown): string => gpuFaultReason("webgpu", gpuFaultOf(error));

	test("ends during a pass, or before one, is said to have ended, and what was filled stays", async () => {
		const device = await open();
		const cache = device.createKvCache(64);
		await device.forward(cache, tokens.slice(0, 20), 0);
		const next = (): Promise<unknown> =>
			device.forward(cache, tokens.slice(20, 21), 1).catch((error: unknown) => error);
		const running = next();
		process.die();
		for (const error of [await running, await next()]) {
			expect(error).toMatchObject({ code: "runtimeFailed" });
			expect(reasonOf(error)).toContain("its driver ended the process that it ran in (SIGSEGV)");
		}
		const onProcessor = restored(ordinary, cache, 20);
		expect(onProcessor.length).toBe(20);
	});

	test("hangs is killed, and the pass that runs rejects", async () => {
		const device = await open(async () => {
			const { backend, numbers } = await openTiny();
			return { backend: withPasses(backend, () => new Promise(() => undefined)), numbers };
		});
		const cache = device.createKvCache(64);
		const pass = device.forward(cache, tokens.slice(0, 20), 0);
		device.kill();
		await expect(pass).rejects.toMatchObject({ code: "runtimeFailed" });
		expect([process.isDead, cache.length]).toEqual([true, 0]);
	});

	test("never opens is ended by the signal of who waits", async () => {
		const controller = new AbortController();
		const hanging = new FakeDeviceProcess();
		const opening = openFrom(hanging, model.manifest, controller.signal);
		controller.abort();
		await expect(opening).rejects.toMatchObject({ code: "runtimeFailed" });
		expect(hanging.isDead).toBe(true);
		const late = new FakeDeviceProcess();
		await expect(openFrom(late, model.manifest, controller.signal)).rejects.toBeDefined();
		expect(late.isDead).toBe(true);
	});

	test("can't open the model says why, and is ended", async () => {
		const refusing = new FakeDeviceProcess(() =>
			Promise.reject(new Error("Failed to get a WebGPU adapter: No supported adapters.")),
		);
		const error: unknown = await openFrom(refusing, model.manifest).catch(
			(reason: unknown) => reason,
		);
		expect(gpuFaultOf(error)).toEqual({ kind: "noDevice" });
		expect(refusing.isDead).toBe(true);
	});

	const numbers = { vocabularySize: 512, contextLength: 256 };
	test.each<[string, readonly unknown[]]>([
		["nothing that is known", ["hello"]],
		["another model", [{ kind: "opened", ...numbers, vocabularySize: 7, layoutId: "x" }]],
		["that it has run what it was not asked for", [passed(0, 0)]],
	])("says %s when it is to open is refused", async (_, messages) => {
		const broken = new FakeDeviceProcess();
		const opening = openFrom(broken, model.manifest);
		messages.forEach((message) => {
			broken.childPort.send(message);
		});
		await expect(opening).rejects.toMatchObject({ code: "runtimeFailed" });
		expect(broken.isDead).toBe(true);
	});

	test.each<[string, unknown]>([
		["too few logits", passed(511, 4 * 64)],
		["too few keys and values", passed(512, 3)],
		["to have opened", { kind: "opened", ...numbers, layoutId: "x" }],
		["nothing", null],
	])("answers a pass with %s is not believed", async (_, message) => {
		const broken = new FakeDeviceProcess();
		const opening = openFrom(broken, model.manifest);
		broken.childPort.send({ kind: "opened", ...numbers, layoutId: "x" });
		const device = await opening;
		const cache = device.createKvCache(64);
		const pass = device.forward(cache, someTokens(1, 1, 512), 1);
		broken.childPort.send(message);
		await expect(pass).rejects.toMatchObject({ code: "runtimeFailed" });
		expect(cache.length).toBe(0);
	});

	test("gets what is no message ends", () => {
		const device = new FakeDeviceProcess(openTiny);
		device.port.send({ kind: "pass", cache: -1 });
		return expect(device.exited).resolves.toMatchObject({ description: "exit code 1" });
	});
});

function passed(logits: number, appended: number): FromDevice {
	return {
		kind: "passed",
		logits: new Float32Array(logits),
		appended: new Float32Array(appended),
	};
}
