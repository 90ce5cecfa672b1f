import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type {
	NativeCache,
	NativeSession,
	NativeSessionOptions,
} from "../../../../src/engine/native/addon.ts";
import { builtAddon, sessionOptions } from "../../../support/addonBackend.ts";
import { callWrongly } from "../../../support/callWrongly.ts";
import { importTinyModel, type TinyModel } from "../../../support/tinyModel.ts";

/** Whatever is passed to the addon, it answers or throws; nothing of it can be trusted to be right. */
describe("the addon refuses", () => {
	const { addon, instructions } = builtAddon();
	let model: TinyModel;
	let options: NativeSessionOptions;
	let session: NativeSession;
	let other: NativeSession;
	let cache: NativeCache;

	beforeAll(async () => {
		model = await importTinyModel("int4");
		options = await sessionOptions(model.folder, { threads: 1, instructions });
		session = await addon.openSession(options);
		other = await addon.openSession(options);
		cache = session.createKvCache(64);
		await session.run(cache, Int32Array.of(1, 2, 3), 2);
	});
	afterAll(async () => {
		cache.dispose();
		session.dispose();
		other.dispose();
		await model.remove();
	});

	test("options of a session that are missing, of the wrong kind or out of range", () => {
		const wrong = [
			...Object.keys(options).map((name) => ({ ...options, [name]: undefined })),
			...Object.keys(options).map((name) => ({ ...options, [name]: Symbol.iterator })),
			...["threads", "layers", "kvHeads", "headDim", "contextLength", "vocabularySize"].flatMap(
				(name) =>
					[0, -1, 1.5, NaN, Infinity, 2 ** 40, "1"].map((value) => ({ ...options, [name]: value })),
			),
			{ ...options, kvCache: "float16" },
			{ ...options, instructions: "SSE2" },
			{ ...options, graphPath: "a\0b" },
			{ ...options, graphPath: "x".repeat(5000) },
			...[undefined, null, 3, "options"],
		];
		for (const value of wrong) {
			expect(() => callWrongly(addon, "openSession", [value])).toThrow(TypeError);
		}
	});

	test.each([
		["a library that isn't there", { libraryPath: "/nowhere/libonnxruntime.so.1" }, "/nowhere"],
		["a graph that isn't there", { graphPath: "/nowhere/model.onnx" }, "/nowhere"],
		["a graph with more layers than it was told", { layers: 1 }, "past_key_values.1.key"],
		["a graph with fewer layers than it was told", { layers: 3 }, "its graph lacks"],
	] as const)("%s, by a rejection that says so", async (_, change, message) => {
		const opening = addon.openSession({ ...options, ...change });
		await expect(opening).rejects.toThrow(message);
		await expect(opening).rejects.toMatchObject({ code: "MOTE_RUNTIME" });
	});

	test("caches that are none, of another session, or disposed of", () => {
		const disposed = session.createKvCache(16);
		disposed.dispose();
		for (const wrong of [
			undefined,
			null,
			{},
			1,
			session,
			Object.create(cache),
			other.createKvCache(8),
			disposed,
		]) {
			expect(() => callWrongly(session, "run", [wrong, Int32Array.of(1), 1])).toThrow(TypeError);
		}
	});

	test("tokens that are none, too many, or of no vocabulary", () => {
		for (const wrong of [
			...[undefined, [1], new Float32Array(1), new BigInt64Array(1), "1"],
			...[new Int32Array(0), new Int32Array(cache.capacity + 1)],
			...[Int32Array.of(-1), Int32Array.of(options.vocabularySize)],
		]) {
			expect(() => callWrongly(session, "run", [cache, wrong, 0])).toThrow(TypeError);
		}
	});

	test("rows, positions and targets that aren't there", () => {
		const row = new Float32Array(options.vocabularySize);
		const wrong: readonly (readonly [object, string, ...unknown[]])[] = [
			...[2, -1, 0.5, "0", undefined].map(
				(rows) => [session, "run", cache, Int32Array.of(1), rows] as const,
			),
			...[2, -1, NaN, undefined].map((index) => [session, "readLogits", index, row] as const),
			[session, "readLogits", 0, new Float32Array(3)],
			[session, "readLogits", 0, new Float64Array(options.vocabularySize)],
			[session, "readSummaries", new Int32Array(2), new Float32Array(2), new Float32Array(1)],
			[session, "readSummaries", new Float32Array(2), new Float32Array(2), new Float32Array(2)],
			[session, "createKvCache", options.contextLength + 1],
			[session, "createKvCache", -1],
			[cache, "grow", options.contextLength + 1],
			[cache, "rewindTo", 4],
			[cache, "rewindTo", -1],
			[cache, "copyPrefix", 4, 10],
			[cache, "copyPrefix", 1, options.contextLength + 1],
			[cache, "readPrefix", 4, 0, new Uint8Array(1)],
			[cache, "readPrefix", 1, -1, new Uint8Array(1)],
			[cache, "readPrefix", 1, 0, new Uint8Array(2 ** 24)],
			[cache, "readPrefix", 0, 0, new Uint8Array(1)],
			[cache, "readPrefix", 1, 0, [1]],
			// Nothing is put into a cache that isn't empty.
			[cache, "writePrefix", 1, 0, new Uint8Array(1)],
			[cache, "markFilled", 5],
		];
		for (const [target, method, ...args] of wrong) {
			expect(() => callWrongly(target, method, args), `${method} ${String(args)}`).toThrow(
				TypeError,
			);
		}
		// And all of it left everything as it was.
		expect(cache.length).toBe(3);
	});

	test("objects that JavaScript made by itself, and methods on the wrong object", () => {
		for (const target of [session, cache]) {
			const made: unknown = Reflect.construct(target.constructor, []);
			expect(() => callWrongly(made, "dispose", [])).not.toThrow();
			expect(() => callWrongly(session, "run", [made, Int32Array.of(1), 0])).toThrow(TypeError);
		}
		const made: unknown = Reflect.construct(session.constructor, []);
		expect(() => callWrongly(made, "createKvCache", [1])).toThrow(TypeError);
		for (const self of [session, {}, undefined, Object.create(cache)]) {
			expect(() => callWrongly(cache, "grow", [1], self ?? null)).toThrow(TypeError);
		}
		for (const [owner, name, self] of [
			...["length", "capacity", "bytes"].map((name) => [cache, name, session] as const),
			...[{}, undefined, Object.create(cache)].map((self) => [cache, "length", self] as const),
			[session, "runtimeVersion", cache],
		] as const) {
			expect((): unknown => Reflect.get(owner, name, self), name).toThrow();
		}
	});

	test("to let a stop that comes between two passes, however close, end the next one", async () => {
		for (let i = 0; i < 50; i++) {
			const stopped = session.run(cache, Int32Array.of(5), 1);
			session.stop();
			expect(await stopped).toBe(false);
			session.stop();
			expect(await session.run(cache, Int32Array.of(5), 1)).toBe(true);
			session.stop();
			cache.rewindTo(3);
		}
	});

	test("to change or lose what a pass is using", async () => {
		const running = session.run(cache, Int32Array.of(5), 1);
		for (const [target, method, ...args] of [
			[cache, "rewindTo", 0],
			[cache, "grow", 200],
			[cache, "copyPrefix", 1, 1],
			[cache, "dispose"],
			[session, "dispose"],
			[session, "run", session.createKvCache(8), Int32Array.of(1), 0],
			[session, "readLogits", 0, new Float32Array(options.vocabularySize)],
		] as const) {
			expect(() => callWrongly(target, method, args), method).toThrow(TypeError);
		}
		expect(await running).toBe(true);
		expect(cache.length).toBe(4);
		cache.rewindTo(3);
	});
});
