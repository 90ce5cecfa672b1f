import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nullLogger, type Logger } from "../../../src/base/log.ts";
import type { ForkedProcess } from "../../../src/base/process/forkProcess.ts";
import { forkEngineProcess } from "../../../src/engineProcess/engineProcess.ts";
import { OnDemandEngine } from "../../../src/engineProcess/onDemandEngine.ts";
import { protocolVersion, requestToWire } from "../../../src/engineProcess/protocol.ts";
import {
	createSupervisedEngine,
	Supervisor,
	type SupervisedEngine,
} from "../../../src/engineProcess/supervisor.ts";
import { bundleChild, type BundledChild } from "../../support/bundledChild.ts";
import { answerOf, request, someTokens } from "../../support/engineRequests.ts";
import { patientClock } from "../../support/patientClock.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";
import { importTinyModel, type TinyModel } from "../../support/tinyModel.ts";

/** So long that no answer ends by itself before the test has done what it does to it. */
const endless = 60_000;

let child: BundledChild;
let model: TinyModel;

beforeAll(async () => {
	[child, model] = await Promise.all([
		bundleChild("src/engineProcess/child.ts"),
		importTinyModel("int4", { shape: { max_position_embeddings: 65_536 } }),
	]);
});
afterAll(async () => {
	await Promise.all([child.remove(), model.remove()]);
});

function supervise(modelFolder: string, execPath?: string): SupervisedEngine {
	return createSupervisedEngine({
		childPath: child.path,
		modelFolder,
		logger: nullLogger,
		clock: patientClock,
		threads: 1,
		...(execPath === undefined ? {} : { execPath }),
	});
}

/** The same, with a way to the process behind it. */
function superviseInSight(logger: Logger = nullLogger): {
	supervisor: Supervisor;
	processes: ForkedProcess[];
} {
	const processes: ForkedProcess[] = [];
	const supervisor = new Supervisor({
		modelFolder: model.folder,
		threads: 1,
		logger,
		clock: patientClock,
		startProcess: () => {
			const started = forkEngineProcess({ childPath: child.path, execPath: undefined, logger });
			processes.push(started);
			return started;
		},
	});
	return { supervisor, processes };
}

test("a real model answers from its own process", async () => {
	const supervised = supervise(model.folder);
	const answer = await answerOf(supervised.engine, { prompt: someTokens(20, 1, 400) });
	expect(answer).toMatchObject({ finishReason: "length", stats: { prefilledTokens: 20 } });
	// There is no addon beside the child of this test.
	expect(supervised.state).toEqual({
		kind: "ready",
		modelName: "tiny",
		backendName: expect.stringMatching(
			/^ONNX Runtime, CPU, 1 thread, (portable experts|QMoE) \((.* )?as fast as .* here\) — without Mote's addon, because this build of Mote has none$/,
		) as string,
	});
	await supervised.dispose();
});

test("the engine's process remembers which graph is the faster one in the folder that it is given", async () => {
	using folder = new TemporaryFolder();
	const supervised = createSupervisedEngine({
		childPath: child.path,
		modelFolder: model.folder,
		cacheFolder: folder.path,
		logger: nullLogger,
		clock: patientClock,
		threads: 1,
	});
	await answerOf(supervised.engine, { prompt: someTokens(20, 1, 400) });
	expect(folder.list()).toEqual(["graph-choices.json"]);
	await supervised.dispose();
});

test("a process killed in the middle of an answer ends it with a code, and the next is answered", async () => {
	const { supervisor, processes } = superviseInSight();
	const asked = { prompt: someTokens(20, 1, 400), maxNewTokens: endless };
	const stream = supervisor.engine.generate(request(asked), new AbortController().signal);
	await stream.next();
	processes[0]?.kill();
	const rest = async (): Promise<void> => {
		while ((await stream.next()).done !== true);
	};
	await expect(rest()).rejects.toMatchObject({ code: "processDied" });
	expect((await answerOf(supervisor.engine, { ...asked, maxNewTokens: 3 })).ids).toHaveLength(3);
	expect(processes).toHaveLength(2);
	await supervisor.dispose();
});

test("an abort crosses to the process while it computes", async () => {
	const supervised = supervise(model.folder);
	const controller = new AbortController();
	const asked = request({ prompt: someTokens(20, 1, 400), maxNewTokens: endless });
	const stream = supervised.engine.generate(asked, controller.signal);
	let next = await stream.next();
	controller.abort();
	while (next.done !== true) {
		next = await stream.next();
	}
	expect(next.value.finishReason).toBe("aborted");
	await supervised.dispose();
});

test("a process goes on with the prefixes of the one before it, however that one ended", async () => {
	using storage = new TemporaryFolder();
	const snapshotFolder = join(storage.path, "not there yet", "prefixes");
	const openMessage = { kind: "open", protocolVersion, modelFolder: model.folder, threads: 1 };
	const superviseHere = (): SupervisedEngine =>
		createSupervisedEngine({
			childPath: child.path,
			...{ modelFolder: model.folder, threads: 1, snapshotFolder },
			...{ logger: nullLogger, clock: patientClock },
		});
	const prompt = someTokens(400, 1, 400);
	const prefilledAt = async (length: number): Promise<number> => {
		const supervised = superviseHere();
		const asked = { prompt: prompt.slice(0, length), mayPersist: true };
		const { stats } = await answerOf(supervised.engine, asked);
		await supervised.dispose();
		return stats.prefilledTokens;
	};
	expect(await prefilledAt(200)).toBe(200);
	expect(await prefilledAt(250)).toBe(50);

	// Its parent is gone from one moment to the next, as an editor's window may be.
	const orphan = fork(child.path, [], { serialization: "advanced", execArgv: [] });
	const heard = (kind: string): Promise<void> =>
		new Promise((resolve) => {
			orphan.on("message", (message: { kind: string }) => {
				if (message.kind === kind) {
					resolve();
				}
			});
		});
	orphan.send({ ...openMessage, snapshotFolder });
	await heard("ready");
	const asked = requestToWire(request({ prompt: prompt.slice(0, 350), mayPersist: true }));
	orphan.send({ kind: "generate", id: 1, request: asked, reportsPrefill: false });
	await heard("finished");
	orphan.disconnect();
	expect(await once(orphan, "exit")).toEqual([null, "SIGKILL"]);
	expect(await prefilledAt(400)).toBe(50);
});

test("a model folder that is not there is reported with its code and path", async () => {
	const supervised = supervise(join(model.folder, "missing"));
	await expect(answerOf(supervised.engine)).rejects.toMatchObject({
		code: "modelUnusable",
		message: expect.stringContaining("missing") as unknown,
	});
	expect(supervised.state).toMatchObject({ kind: "failed", error: { code: "modelUnusable" } });
	await supervised.dispose();
});

test("a Node binary that is not there is reported with its code", async () => {
	const supervised = supervise(model.folder, join(model.folder, "no-such-node"));
	await expect(answerOf(supervised.engine)).rejects.toMatchObject({ code: "runtimeFailed" });
	await supervised.dispose();
});

test("what the process prints is in the log, line by line", async () => {
	const script = `${child.path}.prints.mjs`;
	await writeFile(script, 'console.log("one\\ntwo"); console.error("three");');
	const lines: string[] = [];
	const note = (message: string): void => {
		lines.push(message);
	};
	const logger: Logger = { ...nullLogger, info: note, warn: note };
	const started = forkEngineProcess({ childPath: script, execPath: undefined, logger });
	expect(await started.exited).toEqual({ kind: "exited", description: "exit code 0" });
	expect(lines.sort()).toEqual(["engine: one", "engine: three", "engine: two"]);
});

test("the process ends by itself when its parent is gone", async () => {
	const orphan = fork(child.path, [], { serialization: "advanced", execArgv: [] });
	orphan.disconnect();
	expect(await once(orphan, "exit")).toEqual([null, "SIGKILL"]);
});

test("a process that nobody asks ends by itself, and the next one answers the same", async () => {
	const started: { readonly supervisor: Supervisor; readonly processes: ForkedProcess[] }[] = [];
	const engine = new OnDemandEngine({
		start: () => {
			const inSight = superviseInSight();
			started.push(inSight);
			return inSight.supervisor;
		},
		modelName: "tiny",
		unloadAfterMs: 0,
		retriesFailed: true,
		clock: patientClock,
		logger: nullLogger,
		onDidChangeLoading: () => undefined,
	});
	const prompt = someTokens(20, 1, 400);
	const { ids } = await answerOf(engine, { prompt });
	// Nothing else ends it.
	await started[0]?.processes[0]?.exited;
	expect((await answerOf(engine, { prompt })).ids).toEqual(ids);
	expect(started.map(({ processes }) => processes.length)).toEqual([1, 1]);
	await engine.dispose();
});
