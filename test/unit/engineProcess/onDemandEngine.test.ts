import { expect, test } from "vitest";
import { nullLogger } from "../../../src/base/log.ts";
import { EngineError } from "../../../src/engine/errors.ts";
import { OnDemandEngine } from "../../../src/engineProcess/onDemandEngine.ts";
import type { OpenEngine } from "../../../src/engineProcess/runEngineProcess.ts";
import { Supervisor } from "../../../src/engineProcess/supervisor.ts";
import { answerOf, request } from "../../support/engineRequests.ts";
import { countingLogits } from "../../support/fakeBackend.ts";
import { FakeClock, settle } from "../../support/fakeClock.ts";
import { fakeEngine } from "../../support/fakeEngine.ts";
import { FakeEngineProcess } from "../../support/fakeEngineProcess.ts";

const counted = [4, 5, 6, 7, 8, 9, 10, 11];
const unloadAfterMs = 600_000;

const openCounting: OpenEngine = () =>
	Promise.resolve({
		engine: fakeEngine({ predict: countingLogits }).engine,
		modelName: "counter",
		backendName: "fake",
	});

/** Its processes are in memory; the `n`th one runs `opens[n]`, the last of them from then on. */
function onDemand(...opens: (OpenEngine | "hangs")[]) {
	return onDemandThat({ retriesFailed: true }, ...opens);
}

function onDemandThat(
	{ retriesFailed }: { readonly retriesFailed: boolean },
	...opens: (OpenEngine | "hangs")[]
) {
	const clock = new FakeClock();
	const processes: FakeEngineProcess[] = [];
	/** Of the processes, how many live; never more than one may. */
	const living: number[] = [];
	let alive = 0;
	const loading: boolean[] = [];
	const rests: number[] = [];
	const engine = new OnDemandEngine({
		start: (follow) =>
			new Supervisor({
				modelFolder: "models/counter",
				logger: nullLogger,
				clock,
				startProcess: () => {
					const open = opens[Math.min(processes.length, opens.length - 1)] ?? openCounting;
					const started = new FakeEngineProcess(open === "hangs" ? undefined : open);
					processes.push(started);
					living.push(++alive);
					void started.exited.then(() => alive--);
					return started;
				},
				onDidChangeState: follow,
			}),
		modelName: "counter",
		unloadAfterMs,
		retriesFailed,
		clock,
		logger: nullLogger,
		onDidChangeLoading: (isLoading) => loading.push(isLoading),
		onDidRest: () => rests.push(clock.now()),
	});
	return { engine, clock, processes, living, loading, rests, alive: () => alive };
}

test("nothing runs before the first question, and whoever asks it is told of the loading", async () => {
	const { engine, processes, loading } = onDemand();
	await settle();
	expect(processes).toHaveLength(0);
	expect((await answerOf(engine)).ids).toEqual(counted);
	expect([processes.length, loading]).toEqual([1, [true, false]]);
	await engine.dispose();
});

test("without a question for the time set the process ends, and the next question loads the model again", async () => {
	const { engine, clock, processes, loading, alive } = onDemand();
	await answerOf(engine);
	await clock.advance(unloadAfterMs - 1);
	expect(alive()).toBe(1);
	await clock.advance(1);
	expect(alive()).toBe(0);
	expect((await answerOf(engine)).ids).toEqual(counted);
	expect([processes.length, loading]).toEqual([2, [true, false, true, false]]);
	await engine.dispose();
});

test("the time runs from the end of the latest answer", async () => {
	const { engine, clock, processes, alive } = onDemand();
	await answerOf(engine);
	await clock.advance(unloadAfterMs - 1);
	const controller = new AbortController();
	const stream = engine.generate(request({ maxNewTokens: 500 }), controller.signal);
	await stream.next();
	await clock.advance(3 * unloadAfterMs);
	expect(alive()).toBe(1);
	controller.abort();
	while ((await stream.next()).done !== true);
	await clock.advance(unloadAfterMs - 1);
	expect(alive()).toBe(1);
	await clock.advance(1);
	expect([alive(), processes.length]).toEqual([0, 1]);
});

test("a question that comes while the process ends waits for its end, so that two are never in memory", async () => {
	const { engine, processes, living, alive } = onDemand();
	await answerOf(engine);
	engine.setUnloadAfterMs(0);
	await Promise.resolve();
	// The process has been told to end, and lives.
	expect(alive()).toBe(1);
	engine.setUnloadAfterMs(undefined);
	const answers = [answerOf(engine), answerOf(engine)];
	for (const { ids } of await Promise.all(answers)) {
		expect(ids).toEqual(counted);
	}
	expect([processes.length, living]).toEqual([2, [1, 1]]);
	await engine.dispose();
});

test("a question that is given up while the process ends starts none", async () => {
	const { engine, clock, processes, alive } = onDemand();
	await answerOf(engine);
	engine.setUnloadAfterMs(0);
	await Promise.resolve();
	const controller = new AbortController();
	const answer = answerOf(engine, {}, controller.signal);
	controller.abort();
	expect(await answer).toMatchObject({ ids: [], finishReason: "aborted" });
	await clock.advance(unloadAfterMs);
	expect([processes.length, alive()]).toEqual([1, 0]);
});

test.each([
	["a longer time", 2 * unloadAfterMs, [1, 1, 0]],
	["a shorter time", unloadAfterMs / 2, [1, 0, 0]],
	["never", undefined, [1, 1, 1]],
])(
	"%s holds from the last question on, also when it is set while nobody asks",
	async (_, ms, expected) => {
		const { engine, clock, alive } = onDemand();
		await answerOf(engine);
		await clock.advance(unloadAfterMs / 4);
		engine.setUnloadAfterMs(ms);
		const seen = [alive()];
		await clock.advance(unloadAfterMs);
		seen.push(alive());
		await clock.advance(unloadAfterMs);
		seen.push(alive());
		expect(seen).toEqual(expected);
		await engine.dispose();
	},
);

test("a setting before the first question starts nothing", async () => {
	const { engine, clock, processes } = onDemand();
	engine.setUnloadAfterMs(1);
	await clock.advance(10);
	expect([processes.length, clock.sleepers]).toEqual([0, 0]);
});

test("a model that was refused is tried again by the next question", async () => {
	const refusing: OpenEngine = () =>
		Promise.reject(new EngineError("notEnoughMemory", "It needs 17 GB and 9 GB are free."));
	const { engine, processes, loading } = onDemand(refusing, openCounting);
	await expect(answerOf(engine)).rejects.toMatchObject({ code: "notEnoughMemory" });
	expect((await answerOf(engine)).ids).toEqual(counted);
	expect([processes.length, loading]).toEqual([2, [true, false, true, false]]);
	await engine.dispose();
});

test("what is shut down answers nobody and starts nothing", async () => {
	const { engine, clock, alive, processes } = onDemand();
	await answerOf(engine);
	await engine.dispose();
	await expect(answerOf(engine)).rejects.toMatchObject({ code: "disposed" });
	await clock.advance(2 * unloadAfterMs);
	expect([alive(), processes.length, clock.sleepers]).toEqual([0, 1, 0]);
});

test("whoever is expected finds the model loaded", async () => {
	const { engine, processes, loading } = onDemand();
	engine.wake();
	engine.wake();
	await settle();
	expect([processes.length, loading, engine.state.kind]).toEqual([1, [true, false], "ready"]);
	expect((await answerOf(engine)).ids).toEqual(counted);
	expect(processes).toHaveLength(1);
	await engine.dispose();
});

test("somebody who is there without asking keeps the model, and who is gone doesn't", async () => {
	const { engine, clock, rests, alive } = onDemand();
	engine.wake();
	await clock.advance(unloadAfterMs - 1);
	engine.wake();
	await clock.advance(unloadAfterMs - 1);
	expect([alive(), rests]).toEqual([1, []]);
	await clock.advance(1);
	expect([alive(), rests, engine.state.kind]).toEqual([0, [2 * unloadAfterMs - 1], "resting"]);
	await engine.dispose();
});

test("a model that is leaving is waited for before it is woken again", async () => {
	const { engine, processes, living } = onDemand();
	engine.wake();
	await settle();
	engine.setUnloadAfterMs(0);
	engine.setUnloadAfterMs(undefined);
	engine.wake();
	engine.wake();
	expect(processes).toHaveLength(1);
	await settle();
	expect([processes.length, living]).toEqual([2, [1, 1]]);
	await engine.dispose();
});

test("keys that are pressed while a woken model is loaded are answered, the last of them at least", async () => {
	const { engine, clock, rests } = onDemand();
	engine.wake();
	await clock.advance(unloadAfterMs);
	expect(rests).toHaveLength(1);
	engine.wake();
	const keys = [1, 2, 3].map(() => new AbortController());
	const answers = keys.map(({ signal }) => answerOf(engine, {}, signal));
	keys.slice(0, -1).forEach((key) => key.abort());
	const ended = await Promise.all(answers);
	expect(ended.map(({ finishReason }) => finishReason)).toEqual([
		"aborted",
		"aborted",
		ended.at(-1)?.finishReason,
	]);
	expect(ended.at(-1)?.ids).toEqual(counted);
	await engine.dispose();
});

test("what changes in the repository wakes no model, and keeps none", async () => {
	const { engine, clock, processes, alive } = onDemand();
	const change = { kind: "remove", file: "a.ts" } as const;
	await expect(engine.learn(change)).rejects.toMatchObject({ code: "resting" });
	expect(processes).toHaveLength(0);
	engine.wake();
	await clock.advance(unloadAfterMs - 1);
	await engine.learn(change);
	await clock.advance(1);
	expect(alive()).toBe(0);
	await engine.dispose();
});

test("where keys ask, a model that failed for good isn't tried again by the next, nor hidden by a rest", async () => {
	const refusing: OpenEngine = () =>
		Promise.reject(new EngineError("modelUnusable", "Its weights are missing; install it again."));
	const { engine, clock, processes, rests } = onDemandThat({ retriesFailed: false }, refusing);
	engine.wake();
	await settle();
	for (let key = 0; key < 2; key++) {
		await expect(answerOf(engine)).rejects.toMatchObject({ code: "modelUnusable" });
		engine.wake();
	}
	await clock.advance(2 * unloadAfterMs);
	expect([processes.length, rests, engine.state.kind]).toEqual([1, [], "failed"]);
	await engine.dispose();
});
