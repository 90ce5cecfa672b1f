import { expect, test } from "vitest";
import { nullLogger } from "../../../src/base/log.ts";
import { EngineError } from "../../../src/engine/errors.ts";
import { loadTurns } from "../../../src/engineProcess/loadTurns.ts";
import type { OpenEngine } from "../../../src/engineProcess/runEngineProcess.ts";
import {
	Supervisor,
	type EngineState,
	type SupervisorOptions,
} from "../../../src/engineProcess/supervisor.ts";
import { answerOf, request } from "../../support/engineRequests.ts";
import { eventually } from "../../support/eventually.ts";
import { countingLogits } from "../../support/fakeBackend.ts";
import { FakeClock, settle } from "../../support/fakeClock.ts";
import { fakeEngine } from "../../support/fakeEngine.ts";
import { FakeEngineProcess } from "../../support/fakeEngineProcess.ts";

const openCounting: OpenEngine = () =>
	Promise.resolve({
		engine: fakeEngine({ predict: countingLogits }).engine,
		modelName: "counter",
		backendName: "fake",
	});

/** A supervisor whose processes are in memory; the `n`th one runs `opens[n]`, the last of them from then on. */
function supervised(...opens: (OpenEngine | "hangs" | "unstartable")[]) {
	return supervisedWith({}, ...opens);
}

function supervisedWith(
	options: Pick<SupervisorOptions, "loadInTurn" | "gpu">,
	...opens: (OpenEngine | "hangs" | "unstartable")[]
) {
	const clock = new FakeClock();
	const processes: FakeEngineProcess[] = [];
	const states: EngineState[] = [];
	const supervisor = new Supervisor({
		modelFolder: "models/counter",
		logger: nullLogger,
		clock,
		...options,
		startProcess: () => {
			const open = opens[Math.min(processes.length, opens.length - 1)] ?? openCounting;
			const started = new FakeEngineProcess(typeof open === "string" ? undefined : open);
			if (open === "unstartable") {
				started.die({ kind: "unstartable", description: "ENOENT" });
			}
			processes.push(started);
			return started;
		},
		onDidChangeState: (state) => states.push(state),
	});
	const isReady = (): boolean => supervisor.state.kind === "ready";
	const latest = (): FakeEngineProcess => {
		const last = processes.at(-1);
		if (last === undefined) {
			throw new Error("no process was started");
		}
		return last;
	};
	return { supervisor, clock, processes, states, isReady, latest };
}

test("requests wait for the process to start", async () => {
	const { supervisor, states } = supervised();
	expect(supervisor.state).toEqual({ kind: "starting" });
	expect((await answerOf(supervisor.engine)).ids).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
	expect(states).toEqual([{ kind: "ready", modelName: "counter", backendName: "fake" }]);
	await supervisor.dispose();
});

test("a request that is aborted while it waits for the start ends at once", async () => {
	const { supervisor } = supervised("hangs");
	const controller = new AbortController();
	const answer = answerOf(supervisor.engine, {}, controller.signal);
	controller.abort();
	expect(await answer).toMatchObject({ ids: [], finishReason: "aborted" });
});

test("only so many requests wait for the start", async () => {
	const { supervisor } = supervised("hangs");
	const controller = new AbortController();
	const waiting = Array.from({ length: 32 }, () =>
		answerOf(supervisor.engine, {}, controller.signal),
	);
	await expect(answerOf(supervisor.engine)).rejects.toMatchObject({ code: "queueFull" });
	controller.abort();
	await Promise.all(waiting);
});

test("a process that dies ends its requests, and the next one gets a new process", async () => {
	const { supervisor, processes, isReady, latest, states } = supervised();
	const stream = supervisor.engine.generate(
		request({ maxNewTokens: 500 }),
		new AbortController().signal,
	);
	await stream.next();
	latest().die();
	const rest = async (): Promise<void> => {
		while ((await stream.next()).done !== true);
	};
	await expect(rest()).rejects.toMatchObject({ code: "processDied" });
	expect((await answerOf(supervisor.engine)).ids).toHaveLength(8);
	expect([processes.length, isReady()]).toEqual([2, true]);
	expect(states.map(({ kind }) => kind)).toEqual(["ready", "restarting", "ready"]);
	await supervisor.dispose();
});

test("after a crash graphics cards are left alone, until the user restarts the engine", async () => {
	const asked: unknown[] = [];
	const recording: OpenEngine = (opening, ...rest) => {
		asked.push(opening.gpu);
		return openCounting(opening, ...rest);
	};
	const { supervisor, isReady, latest } = supervisedWith({ gpu: "auto" }, recording);
	await eventually(isReady);
	latest().die();
	await eventually(() => asked.length === 2 && isReady());
	supervisor.restart();
	await eventually(() => asked.length === 3 && isReady());
	expect(asked).toEqual(["auto", "off", "auto"]);
	await supervisor.dispose();
});

test("after five crashes in three minutes nothing is started until the user asks", async () => {
	const { supervisor, clock, processes, isReady, latest } = supervised();
	for (let crash = 1; crash <= 5; crash++) {
		await eventually(isReady);
		latest().die();
		await eventually(() => !isReady());
		await clock.advance(2000);
	}
	await eventually(() => supervisor.state.kind === "failed");
	await expect(answerOf(supervisor.engine)).rejects.toMatchObject({ code: "processGaveUp" });
	expect(processes).toHaveLength(5);
	supervisor.restart();
	expect((await answerOf(supervisor.engine)).ids).toHaveLength(8);
	expect(processes).toHaveLength(6);
	await supervisor.dispose();
});

test("crashes far apart are restarted without end", async () => {
	const { supervisor, clock, isReady, latest, processes } = supervised();
	for (let crash = 1; crash <= 10; crash++) {
		await eventually(isReady);
		latest().die();
		await eventually(() => !isReady());
		await clock.advance(180_000);
	}
	await eventually(isReady);
	expect(processes).toHaveLength(11);
	await supervisor.dispose();
});

test("a process that can't serve the model is not started again by itself", async () => {
	const unusable: OpenEngine = () =>
		Promise.reject(new EngineError("modelUnusable", "The model is missing; install it."));
	const { supervisor, processes } = supervised(unusable, openCounting);
	await expect(answerOf(supervisor.engine)).rejects.toMatchObject({
		code: "modelUnusable",
		message: "The model is missing; install it.",
	});
	expect(processes).toHaveLength(1);
	supervisor.restart();
	expect((await answerOf(supervisor.engine)).ids).toHaveLength(8);
	await supervisor.dispose();
});

test("a binary that can't be run fails at once and says where to look", async () => {
	const { supervisor } = supervised("unstartable");
	await eventually(() => supervisor.state.kind === "failed");
	await expect(answerOf(supervisor.engine)).rejects.toMatchObject({
		code: "runtimeFailed",
		message: expect.stringContaining("mote.engine.nodePath") as unknown,
	});
});

test("a process that does not load the model in time is killed and counts as crashed", async () => {
	const { supervisor, clock, processes } = supervised("hangs", openCounting);
	await clock.advance(600_000);
	expect((await answerOf(supervisor.engine)).ids).toHaveLength(8);
	expect(processes).toHaveLength(2);
	await supervisor.dispose();
});

test("a process of another version is not used", async () => {
	const { supervisor, latest } = supervised("hangs");
	latest().childPort.send({ kind: "ready", protocolVersion: 99, modelName: "", backendName: "" });
	await expect(answerOf(supervisor.engine)).rejects.toMatchObject({ code: "runtimeFailed" });
});

test("a restart by the user ends running requests with processDied and serves new ones", async () => {
	const { supervisor, processes, isReady } = supervised();
	await eventually(isReady);
	const running = answerOf(supervisor.engine, { maxNewTokens: 1000 });
	const expectation = expect(running).rejects.toMatchObject({ code: "processDied" });
	await new Promise((resolve) => setImmediate(resolve));
	supervisor.restart();
	await expectation;
	expect((await answerOf(supervisor.engine)).ids).toHaveLength(8);
	expect(processes).toHaveLength(2);
	await supervisor.dispose();
});

test("dispose asks the process to end", async () => {
	const { supervisor, isReady, latest, states } = supervised();
	await eventually(isReady);
	await supervisor.dispose();
	expect(await latest().exited).toEqual({ kind: "exited", description: "exit code 0" });
	expect(states.at(-1)).toEqual({ kind: "disposed" });
	await expect(answerOf(supervisor.engine)).rejects.toMatchObject({ code: "disposed" });
});

test("a process that does not end within two seconds is killed", async () => {
	const { supervisor, clock, latest } = supervised("hangs");
	const disposed = supervisor.dispose();
	await clock.advance(1999);
	expect(clock.sleepers).toBe(1);
	await clock.advance(1);
	await disposed;
	expect(await latest().exited).toMatchObject({ description: "SIGKILL" });
});

test("models that take turns are loaded one after the other, whatever becomes of the first", async () => {
	for (const end of ["ready", "refused", "died", "stopped"] as const) {
		const turns = { loadInTurn: loadTurns() };
		const gate = Promise.withResolvers<undefined>();
		const first = supervisedWith(turns, async (...opening) => {
			await gate.promise;
			if (end === "refused") {
				throw new EngineError("notEnoughMemory", "It needs 17 GB and 9 GB are free.");
			}
			return await openCounting(...opening);
		});
		const second = supervisedWith(turns);
		await settle();
		expect([first.processes.length, second.processes.length]).toEqual([1, 0]);
		const ended = end === "stopped" ? first.supervisor.dispose() : undefined;
		if (end === "died") {
			first.latest().die();
		}
		gate.resolve(undefined);
		await ended;
		expect((await answerOf(second.supervisor.engine)).ids).toHaveLength(8);
		await Promise.all([first.supervisor.dispose(), second.supervisor.dispose()]);
	}
});

test("what is stopped before its turn ends at once and starts no process, also later", async () => {
	const turns = { loadInTurn: loadTurns() };
	const first = supervisedWith(turns, "hangs");
	const second = supervisedWith(turns);
	const third = supervisedWith(turns);
	await settle();
	await second.supervisor.dispose();
	void first.supervisor.dispose();
	await first.clock.advance(2000);
	expect((await answerOf(third.supervisor.engine)).ids).toHaveLength(8);
	expect(second.processes).toHaveLength(0);
	await third.supervisor.dispose();
});
