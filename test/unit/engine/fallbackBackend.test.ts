import { describe, expect, test } from "vitest";
import { PassStopped, type Backend } from "../../../src/engine/backend.ts";
import { FallbackBackend } from "../../../src/engine/fallbackBackend.ts";
import { DeviceProcessEnded } from "../../../src/engine/gpu/deviceProcessEnded.ts";
import { LocalEngine } from "../../../src/engine/localEngine.ts";
import { withProcessorBehind } from "../../../src/engine/openFastestBackend.ts";
import { runtimeError } from "../../../src/engine/runtimeError.ts";
import { answerOf, someTokens, tokens } from "../../support/engineRequests.ts";
import {
	FakeBackend,
	failedPass,
	type FakeBackendOptions,
	type Pass,
} from "../../support/fakeBackend.ts";
import { FakeClock, settle } from "../../support/fakeClock.ts";
import { recordingLogger } from "../../support/recordingLogger.ts";
import { testTokenizer } from "../../support/testModel.ts";

const vocabularySize = testTokenizer.vocabularySize;
const vocabulary = testTokenizer.vocabulary;
const maxPassMs = 1500;
const msPerByte = 1e-5;

interface Setup {
	readonly engine: LocalEngine;
	readonly backend: FallbackBackend;
	readonly primary: FakeBackend;
	readonly standIns: FakeBackend[];
	readonly causes: unknown[];
	readonly clock: FakeClock;
}

function setup(
	onPass: (pass: Pass) => Promise<void> | void,
	options: Pick<FakeBackendOptions, "bytesElsewhere"> = {},
): Setup {
	const clock = new FakeClock();
	const primary = new FakeBackend({ vocabularySize, onPass, ...options });
	const standIns: FakeBackend[] = [];
	const causes: unknown[] = [];
	const backend = new FallbackBackend({
		primary,
		openStandIn: () => {
			const standIn = new FakeBackend({ vocabularySize });
			standIns.push(standIn);
			return Promise.resolve(standIn);
		},
		...{ maxPassMs, msPerByte },
		clock,
		onFallback: (cause) => void causes.push(cause),
	});
	return { engine: engineOn(backend, clock), backend, primary, standIns, causes, clock };
}

const engineOn = (backend: Backend, clock: FakeClock): LocalEngine =>
	new LocalEngine({ backend, vocabulary, clock, prefillChunkTokens: 8 });

const prompt = someTokens(20, 1, vocabularySize);
const question = { prompt, maxNewTokens: 10, maxDraftTokens: 4 };

/** What the answer is where nothing fails. */
async function undisturbed(): Promise<readonly number[]> {
	const engine = engineOn(new FakeBackend({ vocabularySize }), new FakeClock());
	const { ids } = await answerOf(engine, question);
	await engine.dispose();
	return ids;
}

describe("an answer goes on where its backend fails", () => {
	// Three chunks of prefill, and then decoding.
	test.each([0, 1, 2, 3, 5, 8])("in pass %i", async (failing) => {
		const { engine, primary, standIns, causes } = setup(({ index }) => {
			if (index >= failing) {
				throw failedPass();
			}
		});
		const { ids } = await answerOf(engine, question);
		expect(ids).toEqual(await undisturbed());
		expect(causes).toEqual([failedPass()]);
		expect([primary.passes.length, standIns.length]).toEqual([failing + 1, 1]);
		// What the first one had read wasn't read again: the failed pass is the first of the other.
		expect(standIns[0]?.passes[0]).toEqual({ ...primary.passes.at(-1), index: 0 });
		await settle();
		expect([primary.disposed, primary.liveCaches]).toEqual([true, 0]);
		await engine.dispose();
		expect([standIns[0]?.disposed, standIns[0]?.liveCaches]).toEqual([true, 0]);
	});

	test("and what was kept before is still good", async () => {
		let isGone = false;
		const { engine, standIns } = setup(() => {
			if (isGone) {
				throw failedPass();
			}
		});
		await answerOf(engine, question);
		await answerOf(engine, { ...question, prompt: someTokens(20, 5, vocabularySize) });
		isGone = true;
		const { stats, ids } = await answerOf(engine, {
			...question,
			prompt: [...prompt, ...tokens(3)],
		});
		expect(stats.prefilledTokens).toBeLessThan(5);
		expect(ids).toHaveLength(10);
		const other = await answerOf(engine, {
			...question,
			prompt: someTokens(21, 5, vocabularySize),
		});
		expect([other.stats.prefilledTokens, standIns.length]).toEqual([1, 1]);
		await engine.dispose();
	});
});

test("a pass that never ends is given up after its limit, and nobody waits for it", async () => {
	const { engine, primary, standIns, causes, clock } = setup(({ index }) =>
		index === 4 ? new Promise<never>(() => undefined) : undefined,
	);
	const answer = answerOf(engine, question);
	await expect.poll(() => primary.passes.length).toBe(5);
	await clock.advance(maxPassMs / 2 - 1);
	expect(standIns).toEqual([]);
	// The other is loaded in case, and not used before the time is over.
	await clock.advance(1);
	expect(standIns).toHaveLength(1);
	await clock.advance(maxPassMs / 2 - 1);
	expect(standIns[0]?.passes).toEqual([]);
	await clock.advance(1);
	expect((await answer).ids).toEqual(await undisturbed());
	expect(causes).toEqual([expect.objectContaining({ message: "a pass took longer than 1.5 s" })]);
	await engine.dispose();
	// Its memory may still be written.
	expect([primary.disposed, standIns[0]?.disposed]).toEqual([false, true]);
});

describe("a pass that takes long", () => {
	test.each<[string, (() => Error) | undefined, number]>([
		["and ends in time leaves nothing of the other", undefined, 0],
		["and then fails is gone on with by the other, which is loaded once", failedPass, 1],
		["and is stopped leaves nothing of the other", () => new PassStopped(), 0],
	])("%s", async (_, failure, living) => {
		const slow = Promise.withResolvers<undefined>();
		const { backend, standIns, causes, clock } = setup(async () => {
			await slow.promise;
			if (failure !== undefined) {
				throw failure();
			}
		});
		const cache = backend.createKvCache(8);
		const pass = backend.forward(cache, tokens(1, 2), 1).catch((error: unknown) => error);
		await clock.advance(maxPassMs - 1);
		slow.resolve(undefined);
		await pass;
		await settle();
		const alive = standIns.filter(({ disposed }) => !disposed);
		expect([standIns.length, alive.length, causes.length]).toEqual([1, living, living]);
		expect(clock.sleepers).toBe(0);
	});
});

test("a pass isn't given up for an answer that nobody could read while the other was loaded", async () => {
	const clock = new FakeClock();
	const answered = Promise.withResolvers<undefined>();
	const primary = new FakeBackend({ vocabularySize, onPass: () => answered.promise });
	const standIn = new FakeBackend({ vocabularySize });
	const causes: unknown[] = [];
	const backend = new FallbackBackend({
		primary,
		openStandIn: async () => {
			// As one that blocks the thread for longer than is left: timers that are over by then come first.
			await clock.sleep(maxPassMs);
			return standIn;
		},
		...{ maxPassMs, msPerByte },
		clock,
		onFallback: (cause) => void causes.push(cause),
	});
	const cache = backend.createKvCache(8);
	const pass = backend.forward(cache, tokens(1, 2), 1);
	await clock.advance(1.5 * maxPassMs);
	answered.resolve(undefined);
	await pass;
	await settle();
	expect([causes, primary.disposed, standIn.disposed]).toEqual([[], false, true]);
	expect(clock.sleepers).toBe(0);
});

test("passes of the other are as large as its own speed says, and not that of what is lost", async () => {
	const { backend, primary, standIns, clock } = setup(({ index }) => {
		if (index === 8) {
			throw failedPass();
		}
	});
	// The clock stands still: for the first one passes can't be too large.
	const engine = new LocalEngine({ backend, vocabulary, clock });
	await answerOf(engine, { ...question, prompt: someTokens(4000, 1, vocabularySize) });
	const sizes = (of: FakeBackend | undefined) => of?.passes.map((pass) => pass.tokens.length);
	expect(sizes(primary)?.at(-1)).toBe(512);
	expect(sizes(standIns[0])?.slice(0, 3)).toEqual([512, 64, 64]);
	await engine.dispose();
});

test("a pass that has a long cache to bring to the device first has more time", async () => {
	const bytesElsewhere = 1e8;
	const broughtMs = bytesElsewhere * msPerByte;
	const { backend, standIns, causes, clock } = setup(() => new Promise(() => undefined), {
		bytesElsewhere,
	});
	const pass = backend.forward(backend.createKvCache(8), tokens(1, 2), 1);
	await clock.advance(maxPassMs + broughtMs - 1);
	expect([causes, standIns[0]?.passes]).toEqual([[], []]);
	await clock.advance(1);
	await pass;
	expect(causes).toEqual([expect.objectContaining({ message: "a pass took longer than 2.5 s" })]);
});

describe("where the other can't be opened at once", () => {
	test.each<[string, () => Promise<void>, number]>([
		["and the pass hangs", () => new Promise(() => undefined), maxPassMs],
		["and the pass failed", () => Promise.reject(failedPass()), 0],
	])("%s, what is lost is asked for nothing more", async (_, onPass, afterMs) => {
		const clock = new FakeClock();
		const primary = new FakeBackend({ vocabularySize, onPass });
		const standIn = new FakeBackend({ vocabularySize });
		const causes: unknown[] = [];
		let openings = 0;
		const backend = new FallbackBackend({
			primary,
			openStandIn: () =>
				openings++ < 2 ? Promise.reject(new Error("no memory")) : Promise.resolve(standIn),
			...{ maxPassMs, msPerByte },
			clock,
			onFallback: (cause) => void causes.push(cause),
		});
		const engine = engineOn(backend, clock);
		const first = answerOf(engine, question).catch((error: unknown) => error);
		await clock.advance(afterMs);
		expect(await first).toMatchObject({ message: "no memory" });
		await expect(answerOf(engine, question)).rejects.toThrow("no memory");
		expect((await answerOf(engine, question)).ids).toEqual(await undisturbed());
		expect([openings, primary.passes.length, causes.length]).toEqual([3, 1, 1]);
		await engine.dispose();
		expect([primary.disposed, standIn.disposed]).toEqual([afterMs === 0, true]);
	});
});

test("a pass that never ends is killed where that is possible, and all is given back", async () => {
	const clock = new FakeClock();
	const killed = Promise.withResolvers<undefined>();
	const primary = new FakeBackend({
		vocabularySize,
		onPass: async ({ index }) => {
			if (index === 4) {
				await killed.promise;
				throw failedPass();
			}
		},
	});
	const backend = new FallbackBackend({
		primary: Object.assign(primary, { kill: () => killed.resolve(undefined) }),
		openStandIn: () => Promise.resolve(new FakeBackend({ vocabularySize })),
		...{ maxPassMs, msPerByte },
		clock,
		onFallback: () => undefined,
	});
	const engine = engineOn(backend, clock);
	const answer = answerOf(engine, question);
	await expect.poll(() => primary.passes.length).toBe(5);
	await clock.advance(maxPassMs);
	expect((await answer).ids).toEqual(await undisturbed());
	await settle();
	expect(primary.disposed).toBe(true);
	await engine.dispose();
});

describe("who reads the log hears why the processor goes on:", () => {
	const gone = "restart the engine when it is back";
	test.each<[string, Error, string]>([
		[
			"memory that another window has taken",
			new Error("CUDA failure 2: out of memory ; GPU=0"),
			"the graphics card has too little memory free for the model; close what else uses it, other windows too, or choose a smaller model",
		],
		[
			"a device that was reset",
			new Error("WebGPU device lost (reason 2)"),
			`the graphics card was reset or is gone; ${gone}`,
		],
		[
			"a device that was taken away",
			new Error("887A0005 The GPU device instance has been suspended: DXGI_ERROR_DEVICE_REMOVED"),
			`the graphics card was reset or is gone; ${gone}`,
		],
		[
			"a process that its driver has ended",
			new DeviceProcessEnded("SIGSEGV"),
			"its driver ended the process that it ran in (SIGSEGV); install a newer driver of the graphics card, or set “mote.engine.gpu” to “auto” or “off”",
		],
		[
			"what nobody has seen before",
			new Error("the moon is full"),
			"it could not run the model (the moon is full); install a newer driver of the graphics card, or set “mote.engine.gpu” to “auto” or “off”",
		],
	])("%s", async (_, said, reason) => {
		const log: string[] = [];
		const clock = new FakeClock();
		const primary = new FakeBackend({
			vocabularySize,
			onPass: ({ index }) => {
				if (index === 4) {
					throw runtimeError("It could not run the model", said);
				}
			},
		});
		const backend = withProcessorBehind("webgpu", primary, {
			openStandIn: () => Promise.resolve(new FakeBackend({ vocabularySize })),
			...{ setting: "webgpu", clock, logger: recordingLogger(log) },
		});
		const engine = engineOn(backend, clock);
		expect((await answerOf(engine, question)).ids).toEqual(await undisturbed());
		// Once, however many passes follow.
		await answerOf(engine, question);
		expect(log).toEqual([
			`warn: WebGPU is not used any more, because ${reason}. The processor goes on.`,
		]);
		await engine.dispose();
	});

	test("a pass that takes too long", async () => {
		const log: string[] = [];
		const clock = new FakeClock();
		const primary = new FakeBackend({ vocabularySize, onPass: () => new Promise(() => undefined) });
		const backend = withProcessorBehind("webgpu", primary, {
			openStandIn: () => Promise.resolve(new FakeBackend({ vocabularySize })),
			...{ setting: "webgpu", clock, logger: recordingLogger(log) },
		});
		const engine = engineOn(backend, clock);
		const answer = answerOf(engine, question);
		await expect.poll(() => primary.passes.length).toBe(1);
		await clock.advance(maxPassMs);
		await answer;
		expect(log).toEqual([
			"warn: WebGPU is not used any more, because it could not run the model (a pass took longer than 1.5 s); install a newer driver of the graphics card, or set “mote.engine.gpu” to “auto” or “off”. The processor goes on.",
		]);
		await engine.dispose();
	});
});

test("a pass that ends in time leaves no timer", async () => {
	const { engine, standIns, clock } = setup(() => undefined);
	await answerOf(engine, question);
	expect([clock.sleepers, standIns]).toEqual([0, []]);
	await engine.dispose();
});

test("a bug is not taken for a device that is gone", async () => {
	const { engine, standIns } = setup(() => {
		throw new TypeError("undefined is not a function");
	});
	await expect(answerOf(engine, question)).rejects.toThrow("undefined is not a function");
	expect(standIns).toEqual([]);
	await engine.dispose();
});

test("where the other can't be opened either, its fault is the answer's", async () => {
	const backend = new FallbackBackend({
		primary: new FakeBackend({
			onPass: () => {
				throw failedPass();
			},
		}),
		openStandIn: () => Promise.reject(failedPass()),
		...{ maxPassMs, msPerByte },
		clock: new FakeClock(),
		onFallback: () => undefined,
	});
	const cache = backend.createKvCache(4);
	await expect(backend.forward(cache, tokens(1, 2), 1)).rejects.toMatchObject({
		code: "runtimeFailed",
	});
	expect(cache.length).toBe(0);
});
