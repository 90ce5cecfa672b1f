import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type {
	NativeDeviceOptions,
	NativeDevicePass,
	NativeDeviceSession,
} from "../../../../src/engine/native/addon.ts";
import { PassStopped, type Backend } from "../../../../src/engine/backend.ts";
import {
	openNativeDeviceBackend,
	type NativeDeviceBackend,
} from "../../../../src/engine/native/nativeDeviceBackend.ts";
import { runtimeLibraryPath } from "../../../../src/engine/native/runtimeLibrary.ts";
import { openOrtBackend } from "../../../../src/engine/ort/ortBackend.ts";
import { openModel, type ModelFolder } from "../../../../src/model/modelStore.ts";
import { builtAddon } from "../../../support/addonBackend.ts";
import { expectSameAnswer, restored, rowsOf, tokens } from "../../../support/deviceLogits.ts";
import { relativeError } from "../../../support/relativeError.ts";
import { importTinyModel, type TinyModel } from "../../../support/tinyModel.ts";

/** The graph and everything around it run on the processor's provider; CUDA's needs a driver. */

let tiny: TinyModel;
let model: ModelFolder;
let device: NativeDeviceBackend;
let ordinary: Backend;

beforeAll(async () => {
	tiny = await importTinyModel("int4");
	model = await openModel(tiny.folder);
	device = await openNativeDeviceBackend({
		addon: builtAddon().addon,
		libraryPath: runtimeLibraryPath(),
		graphPath: model.halfGraphPath ?? "",
		manifest: model.manifest,
		threads: 1,
		provider: "cpu",
	});
	ordinary = await openOrtBackend({ ...model, threads: 1 });
});
afterAll(async () => {
	await Promise.all([device.dispose(), ordinary.dispose()]);
	await tiny.remove();
});

/** The same graph over the same values in float16. */
const again = 5e-3;

describe("a device that keeps its caches in place", () => {
	test("gives the logits of the processor, over chunks, drafts, rewinds and growth", async () => {
		await expectSameAnswer(device, ordinary);
	});

	test("goes on from ordinary memory with what it has given back, copied or saved", async () => {
		const cache = device.createKvCache(64);
		await device.forward(cache, tokens.slice(0, 20), 0);
		const expected = await rowsOf(device, cache, tokens.slice(20, 21), 1);
		const copy = cache.copyPrefix(20, 64);
		expect(copy.isOnDevice).toBe(false);
		const fromBytes = restored(device, cache, 20);
		cache.rewindTo(20);
		for (const each of [copy, fromBytes, cache]) {
			const rows = await rowsOf(device, each, tokens.slice(20, 21), 1);
			expect(relativeError(rows, expected)).toBeLessThan(again);
		}
		// Of the three the first had to leave.
		expect([copy, fromBytes, cache].map(({ isOnDevice }) => isOnDevice)).toEqual([
			false,
			true,
			true,
		]);
		for (const each of [cache, copy, fromBytes]) {
			each.dispose();
		}
	});

	test("runs no pass for who has given it up, and the next one as if nothing had been", async () => {
		const cache = device.createKvCache(64);
		await device.forward(cache, tokens.slice(0, 20), 0);
		const expected = await rowsOf(device, cache, tokens.slice(20, 21), 1);
		cache.rewindTo(20);
		const controller = new AbortController();
		const stopped = device.forward(cache, tokens.slice(20, 30), 1, controller.signal);
		controller.abort();
		await expect(stopped).rejects.toBeInstanceOf(PassStopped);
		expect(cache.length).toBe(20);
		const rows = await rowsOf(device, cache, tokens.slice(20, 21), 1);
		expect(relativeError(rows, expected)).toBeLessThan(again);
		cache.dispose();
	});

	test("can be disposed of while a pass runs in it, which is then worth nothing", async () => {
		const cache = device.createKvCache(64);
		const pass = device.forward(cache, tokens.slice(0, 20), 1);
		cache.dispose();
		await expect(pass).rejects.toBeInstanceOf(PassStopped);
		expect(cache.isOnDevice).toBe(false);
	});
});

describe("what JavaScript says about a device is checked:", () => {
	let session: NativeDeviceSession;
	const options = (): NativeDeviceOptions => {
		const { layers, kvHeads, headDim, contextLength, vocabularySize } = model.manifest;
		return {
			libraryPath: runtimeLibraryPath(),
			graphPath: model.halfGraphPath ?? "",
			...{ provider: "cpu", threads: 1 },
			...{ layers, kvHeads, headDim, contextLength, vocabularySize },
		};
	};
	const pass = (changes: Readonly<Record<string, unknown>> = {}): NativeDevicePass => {
		const { layers, kvHeads, headDim } = model.manifest;
		const buffer = new Float32Array(kvHeads * 16 * headDim);
		return {
			...{ length: 0, capacity: 16, past: Array<Float32Array>(2 * layers).fill(buffer) },
			...{ tokens: Int32Array.of(1, 2), logitRows: 1, ...changes },
		};
	};

	beforeAll(async () => {
		session = await builtAddon().addon.openDeviceSession(options());
	});
	afterAll(() => {
		session.dispose();
	});

	test.each<[string, Readonly<Record<string, unknown>>]>([
		["a past of too few buffers", { past: [] }],
		["a past of buffers of another size", { past: Array(4).fill(new Float32Array(3)) }],
		["a past that is none", { past: "past" }],
		["tokens beyond the vocabulary", { tokens: Int32Array.of(512) }],
		["no tokens", { tokens: new Int32Array(0) }],
		["more rows than tokens", { logitRows: 3 }],
		["no rows", { logitRows: 0 }],
		["a past that fills all room", { length: 15 }],
		["no room at all", { capacity: 0 }],
		["a cache that the device has nothing of", { past: undefined }],
	])("%s is refused", (_, changes) => {
		const cache = session.createCache();
		expect(() => session.run(cache, pass(changes))).toThrow(TypeError);
		expect(cache.capacity).toBe(0);
	});

	test("a getter that begins another pass, or disposes, is refused", async () => {
		const cache = session.createCache();
		let inner: Promise<boolean> | undefined;
		const hostile = Object.defineProperty(pass(), "tokens", {
			get: () => {
				inner = session.run(session.createCache(), pass());
				return Int32Array.of(1, 2);
			},
		});
		expect(() => session.run(cache, hostile)).toThrow(TypeError);
		expect(await inner).toBe(true);
		const other = await builtAddon().addon.openDeviceSession(options());
		const disposing = Object.defineProperty(pass(), "tokens", {
			get: () => {
				other.dispose();
				return Int32Array.of(1, 2);
			},
		});
		expect(() => other.run(other.createCache(), disposing)).toThrow(TypeError);
	});

	test("a cache of another session is refused", async () => {
		const other = await builtAddon().addon.openDeviceSession(options());
		expect(() => session.run(other.createCache(), pass())).toThrow(TypeError);
		other.dispose();
	});

	test("a cache that was given back keeps nothing, and is refused", async () => {
		const cache = session.createCache();
		const running = session.run(cache, pass());
		expect(() => {
			cache.release();
		}).toThrow("a pass is running");
		expect(await running).toBe(true);
		cache.release();
		cache.release();
		expect(cache.capacity).toBe(0);
		expect(() => session.run(cache, pass())).toThrow("the cache was given back");
	});

	test("a provider that isn't there is the runtime's to refuse", async () => {
		const opening = builtAddon().addon.openDeviceSession({ ...options(), provider: "cuda" });
		// With onnxruntime-node comes no library for it, or a machine without a driver says so.
		await expect(opening).rejects.toThrow(/providers_|cuda/i);
	});

	test("a graph of another contract is refused", async () => {
		const graphPath = join(tiny.folder, "model.onnx");
		const opening = builtAddon().addon.openDeviceSession({ ...options(), graphPath });
		await expect(opening).rejects.toThrow("its graph lacks present.0.key");
	});
});
