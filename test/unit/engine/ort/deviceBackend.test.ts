import { dirname, join } from "node:path";
import { Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { DeviceBackend, openDeviceBackend } from "../../../../src/engine/ort/deviceBackend.ts";
import { openOrtBackend, type OrtBackend } from "../../../../src/engine/ort/ortBackend.ts";
import { loadRuntime } from "../../../../src/engine/ort/runtime.ts";
import { sessionOptions } from "../../../../src/engine/ort/sessionOptions.ts";
import { openModel, type ModelFolder } from "../../../../src/model/modelStore.ts";
import {
	expectSameAnswer,
	restored,
	rounding,
	rowsOf,
	tokens,
} from "../../../support/deviceLogits.ts";
import { someTokens } from "../../../support/engineRequests.ts";
import { relativeError } from "../../../support/relativeError.ts";
import { importTinyModel, type TinyModel } from "../../../support/tinyModel.ts";

let tiny: TinyModel;
let model: ModelFolder;
let device: DeviceBackend;
let ordinary: OrtBackend;

beforeAll(async () => {
	tiny = await importTinyModel("int4");
	model = await openModel(tiny.folder);
	device = await openDeviceBackend(deviceOptions());
	ordinary = await openOrtBackend({ ...model, threads: 1 });
});
afterAll(async () => {
	await Promise.all([device.dispose(), ordinary.dispose()]);
	await tiny.remove();
});

const deviceOptions = (graphPath: string | undefined = model.denseGraphPath) =>
	({ graphPath: graphPath ?? "", manifest: model.manifest, threads: 1, provider: "cpu" }) as const;

describe("a device", () => {
	test("gives the logits of the processor, over chunks, drafts, rewinds and growth", async () => {
		await expectSameAnswer(device, ordinary);
	});

	test("keeps the caches of two sequences, and brings others back from ordinary memory", async () => {
		const caches = [1, 2, 3].map(() => device.createKvCache(64));
		const answers = [];
		for (const [i, cache] of caches.entries()) {
			await device.forward(cache, someTokens(20, i, 512), 0);
			answers.push(await rowsOf(device, cache, tokens.slice(0, 1), 1));
			cache.rewindTo(20);
		}
		expect(caches.map(({ isOnDevice }) => isOnDevice)).toEqual([false, true, true]);
		for (const [i, cache] of caches.entries()) {
			const again = await rowsOf(device, cache, tokens.slice(0, 1), 1);
			expect(relativeError(again, answers[i] ?? [])).toBeLessThan(1e-5);
		}
		expect(caches.map(({ isOnDevice }) => isOnDevice)).toEqual([false, true, true]);
		caches.forEach((cache) => {
			cache.dispose();
		});
	});

	test("gives back what a pass has left there that isn't what it should be", async () => {
		const runtime = await loadRuntime();
		const { graphPath, manifest } = deviceOptions();
		const session = await runtime.InferenceSession.create(graphPath, sessionOptions(1));
		const runs = vi.spyOn(session, "run");
		const backend = new DeviceBackend(runtime, session, {
			...deviceOptions(),
			manifest: { ...manifest, vocabularySize: manifest.vocabularySize + 1 },
		});
		const cache = backend.createKvCache(8);
		await expect(backend.forward(cache, tokens.slice(0, 2), 1)).rejects.toThrow("another shape");
		const outputs = z
			.record(z.string(), z.instanceof(Tensor))
			.parse(await runs.mock.results[0]?.value);
		const tensors = Object.values(outputs);
		expect(tensors).toHaveLength(2 + 2 * manifest.layers);
		for (const tensor of tensors) {
			expect(() => typeof tensor.data).toThrow("disposed");
		}
		cache.dispose();
		await backend.dispose();
	});

	test("gives its memory back where little is left of a long sequence", async () => {
		const long = await importTinyModel("int4", { shape: { max_position_embeddings: 2048 } });
		const { manifest, denseGraphPath } = await openModel(long.folder);
		const backend = await openDeviceBackend({ ...deviceOptions(denseGraphPath), manifest });
		const cache = backend.createKvCache(2000);
		await backend.forward(cache, someTokens(10, 3, 512), 0);
		const expected = await rowsOf(backend, cache, tokens.slice(0, 1), 1);
		for (let chunk = 0; chunk < 12; chunk++) {
			await backend.forward(cache, someTokens(100, chunk, 512), 0);
		}
		cache.rewindTo(600);
		expect(cache.isOnDevice).toBe(true);
		cache.rewindTo(10);
		expect(cache.isOnDevice).toBe(false);
		const again = await rowsOf(backend, cache, tokens.slice(0, 1), 1);
		expect(relativeError(again, expected)).toBeLessThan(1e-5);
		cache.dispose();
		expect(cache.isOnDevice).toBe(false);
		await backend.dispose();
		await long.remove();
	});

	test("copies and saves what it has read", async () => {
		const cache = device.createKvCache(64);
		await device.forward(cache, tokens.slice(0, 20), 0);
		const expected = await rowsOf(device, cache, tokens.slice(20, 21), 1);
		const copy = cache.copyPrefix(20, 64);
		expect(copy.isOnDevice).toBe(false);
		expect(
			relativeError(await rowsOf(device, copy, tokens.slice(20, 21), 1), expected),
		).toBeLessThan(1e-5);
		const fromBytes = restored(device, cache, 20);
		expect(
			relativeError(await rowsOf(device, fromBytes, tokens.slice(20, 21), 1), expected),
		).toBeLessThan(1e-5);
		// The processor's own backend goes on with the same bytes.
		const elsewhere = restored(ordinary, fromBytes, 20);
		expect(
			relativeError(await rowsOf(ordinary, elsewhere, tokens.slice(20, 21), 1), expected),
		).toBeLessThan(rounding);
		for (const each of [cache, copy, fromBytes, elsewhere]) {
			each.dispose();
		}
	});
});

test("a graph without whole caches is refused, and says what it lacks", async () => {
	const opening = openDeviceBackend(deviceOptions(model.graphPath));
	await expect(opening).rejects.toMatchObject({
		code: "runtimeFailed",
		message: expect.stringContaining("its graph lacks present.0.key") as string,
	});
});

test("a graph that isn't there is a fault of the runtime", async () => {
	const opening = openDeviceBackend(deviceOptions(join(dirname(model.graphPath), "none.onnx")));
	await expect(opening).rejects.toMatchObject({ code: "runtimeFailed" });
});
