/** The library behind a process boundary: the same models, and nothing of what one does to a process loses any. */
import { existsSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { nullLogger } from "../../../src/base/log.ts";
import type { ForkedProcess, ProcessExit } from "../../../src/base/process/forkProcess.ts";
import { importCheckpoint } from "../../../src/importer/importCheckpoint.ts";
import { openModel } from "../../../src/model/modelStore.ts";
import { ModelLibrary, type ModelLibraryOptions } from "../../../src/modelLibrary/modelLibrary.ts";
import { RuntimeLibrary } from "../../../src/modelLibrary/runtimes/runtimeLibrary.ts";
import { LibraryClient, type WorkListener } from "../../../src/modelProcess/libraryClient.ts";
import type { WorkStep } from "../../../src/modelProcess/protocol.ts";
import { serveLibrary, type LibraryHost } from "../../../src/modelProcess/serveLibrary.ts";
import { checkpointFiles } from "../../support/checkpointFiles.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeClock } from "../../support/fakeClock.ts";
import { HastyClock } from "../../support/hastyClock.ts";
import { longestPauseMs } from "../../support/hubDownload.ts";
import { pairedPorts } from "../../support/pairedPorts.ts";
import { recordingLogger } from "../../support/recordingLogger.ts";
import { ScriptedHub } from "../../support/scriptedHub.ts";
import { registryConnection, smallRuntime } from "../../support/smallRuntime.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

let checkpoint: Readonly<Record<string, Uint8Array>>;

beforeAll(async () => {
	checkpoint = await checkpointFiles({ shards: 2 });
});

const small = smallRuntime();

type Convert = ModelLibraryOptions["convert"];

const convertAtOnce: Convert = (from, to, { onProgress, signal }) =>
	importCheckpoint(from, to, { quantization: "int4", onProgress, signal });

const lock = (folder: TemporaryFolder): string =>
	path.join(folder.path, "models/.downloads/maker--model/mote-download.lock");

/** A process in memory that serves a library in `folder`. */
function libraryProcess(
	folder: TemporaryFolder,
	hub: ScriptedHub,
	{ convert = convertAtOnce, ...host }: Partial<LibraryHost> & { convert?: Convert } = {},
): ForkedProcess & { readonly die: () => void; readonly ends: number } {
	const ports = pairedPorts();
	const exited = Promise.withResolvers<ProcessExit>();
	let ends = 0;
	const die = (): void => {
		ports.close();
		exited.resolve({ kind: "exited", description: "SIGSEGV" });
	};
	serveLibrary({
		port: ports.child,
		library: new ModelLibrary({
			folder: path.join(folder.path, "models"),
			connection: hub.connection(new HastyClock(longestPauseMs)),
			importable: new Set(["qwen3_moe"]),
			convert,
			memoryBytes: 2 ** 36,
		}),
		runtime: new RuntimeLibrary({
			folder: path.join(folder.path, "runtimes"),
			connection: registryConnection(hub),
			runtime: small.runtime,
		}),
		freeDiskBytes: () => Promise.resolve(123_000),
		clock: systemClock,
		logger: nullLogger,
		onEnd: () => {
			ends++;
			die();
		},
		...host,
	});
	return {
		port: ports.parent,
		exited: exited.promise,
		kill: die,
		die,
		get ends() {
			return ends;
		},
	};
}

function clientOf(startProcess: () => ForkedProcess, clock = systemClock): LibraryClient {
	return new LibraryClient({ startProcess, clock, logger: nullLogger });
}

function listener(
	onStep: (step: WorkStep) => void = () => undefined,
	signal = new AbortController().signal,
): WorkListener {
	return { onStep, onNotice: () => undefined, signal };
}

test("a model is installed, listed with what it can do, and removed", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const client = clientOf(() => libraryProcess(folder, hub));
	const steps: WorkStep["kind"][] = [];
	const outcome = await client.install(
		"maker/model",
		listener(({ kind }) => steps.push(kind)),
	);
	expect(outcome).toMatchObject({ kind: "installed" });
	expect([...new Set(steps)]).toEqual(["waiting", "listing", "downloading", "converting"]);
	const { entries, freeDiskBytes } = await client.list();
	expect(freeDiskBytes).toBe(123_000);
	expect(entries).toMatchObject([
		{ kind: "installed", id: "maker--model", name: "tiny", fillsIn: true, converses: false },
	]);
	expect(await client.remove("maker--model")).toBeGreaterThan(10_000);
	expect((await client.list()).entries).toEqual([]);
});

test("a pause reaches the process, and the next call goes on without asking the hub", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const pause = new AbortController();
	// Takes until it is told to stop, once.
	const convert: Convert = (from, to, options) =>
		pause.signal.aborted
			? convertAtOnce(from, to, options)
			: new Promise((_, reject) =>
					options.signal.addEventListener("abort", () => reject(new Error("paused"))),
				);
	const client = clientOf(() => libraryProcess(folder, hub, { convert }));
	const untilConverting = listener(({ kind }) => {
		if (kind === "converting") {
			pause.abort();
		}
	}, pause.signal);
	expect((await client.install("maker/model", untilConverting)).kind).toBe("paused");
	expect((await client.install("maker/model", untilConverting)).kind).toBe("paused");
	expect((await client.list()).entries).toMatchObject([{ kind: "unfinished" }]);
	const asked = hub.requests.length;
	expect((await client.install("maker/model", listener())).kind).toBe("installed");
	expect(hub.requests.length).toBe(asked);
});

test("how far it is when nothing more comes is told", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const shard = "model-1-of-2.safetensors";
	const half = Math.floor((checkpoint[shard]?.length ?? 0) / 2);
	hub.onFileRequest = () => {
		if (hub.fileRequests.at(-1)?.path.endsWith(shard) === true) {
			hub.faults.unshift({ kind: "stall", afterBytes: half });
		}
	};
	const before = Object.entries(checkpoint)
		.filter(([name]) => !name.endsWith(".safetensors"))
		.reduce((sum, [, bytes]) => sum + bytes.length, 0);
	const client = clientOf(() => libraryProcess(folder, hub));
	const pause = new AbortController();
	const untilHalf = listener((step) => {
		if (step.kind === "downloading" && step.doneBytes === before + half) {
			pause.abort();
		}
	}, pause.signal);
	expect((await client.install("maker/model", untilHalf)).kind).toBe("paused");
});

test("a process that dies fails its calls with a sentence, and the next call starts another", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const processes: ReturnType<typeof libraryProcess>[] = [];
	const client = clientOf(() => {
		const started = libraryProcess(folder, hub);
		processes.push(started);
		return started;
	});
	hub.onFileRequest = () => processes[0]?.die();
	await expect(client.install("maker/model", listener())).rejects.toMatchObject({
		code: "processDied",
		message: /try again: what came so far is kept/,
	});
	hub.onFileRequest = undefined;
	// The one in memory goes on for a moment where a real one would be gone.
	await eventually(() => !existsSync(lock(folder)));
	expect((await client.install("maker/model", listener())).kind).toBe("installed");
	expect(processes.length).toBe(2);
});

test("when the window is gone, the process pauses its work and ends", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const started = libraryProcess(folder, hub);
	const client = clientOf(() => started);
	const reached = Promise.withResolvers<undefined>();
	hub.onFileRequest = () => reached.resolve(undefined);
	const installing = client.install("maker/model", listener());
	await reached.promise;
	client.dispose();
	await expect(installing).rejects.toMatchObject({ code: "disposed" });
	await started.exited;
	expect(started.ends).toBe(1);
	expect(existsSync(lock(folder))).toBe(false);
});

test("a process with nothing to do ends after a minute, and not while something is done", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const clock = new FakeClock();
	const processes: ReturnType<typeof libraryProcess>[] = [];
	const client = clientOf(() => {
		const started = libraryProcess(folder, hub);
		processes.push(started);
		return started;
	}, clock);
	await client.list();
	await clock.advance(59_000);
	await client.list();
	await clock.advance(59_000);
	expect(processes.map(({ ends }) => ends)).toEqual([0]);
	await clock.advance(2_000);
	await processes[0]?.exited;
	await client.list();
	expect(processes.length).toBe(2);
});

test("what the hub refuses arrives with its code and sentence", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const client = clientOf(() => libraryProcess(folder, hub));
	await expect(client.install("maker/other", listener())).rejects.toMatchObject({
		code: "notFound",
	});
	await expect(client.install("../other", listener())).rejects.toMatchObject({ code: "wrongName" });
	await expect(client.remove("maker--model")).rejects.toMatchObject({ code: "notInstalled" });
});

test("messages of no known form are passed over by both sides", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const log: string[] = [];
	const started = libraryProcess(folder, hub, { logger: recordingLogger(log) });
	const client = clientOf(() => started);
	for (const hostile of [
		null,
		{},
		{ kind: "install", callId: 0 },
		{ kind: "remove", callId: 1, modelId: 3 },
	]) {
		started.port.send(hostile);
	}
	expect((await client.list()).entries).toEqual([]);
	expect(log.length).toBe(4);
});

test("a checkpoint of one's own becomes a model of the library, beside one of the same name", async () => {
	await using hub = await ScriptedHub.start({});
	using folder = new TemporaryFolder(
		Object.fromEntries(
			Object.entries(checkpoint).map(([name, bytes]) => [`My model…/${name}`, bytes]),
		),
	);
	const client = clientOf(() => libraryProcess(folder, hub));
	const own = path.join(folder.path, "My model…");
	await client.importFrom(own, listener());
	const again = await client.importFrom(own, listener());
	expect((await client.list()).entries.map(({ id }) => id)).toEqual([
		"own--My-model",
		"own--My-model-2",
	]);
	expect(again.kind === "installed" && (await openModel(again.folder)).manifest.name).toBe("tiny");
	await expect(client.importFrom(folder.path, listener())).rejects.toMatchObject({
		code: "checkpointInvalid",
	});
});

test("the runtime of CUDA is installed behind a pause, listed beside the models, and removed", async () => {
	await using hub = await ScriptedHub.start(small.archives);
	using folder = new TemporaryFolder();
	const client = clientOf(() => libraryProcess(folder, hub));
	expect((await client.list()).runtime).toEqual({ kind: "absent" });
	const pause = new AbortController();
	const steps = new Set<WorkStep["kind"]>();
	const untilUnpacked = listener(({ kind }) => {
		steps.add(kind);
		if (kind === "unpacking") {
			pause.abort();
		}
	}, pause.signal);
	await client.installRuntime(untilUnpacked);
	expect([...steps]).toEqual(["waiting", "downloading", "unpacking"]);
	const outcome = await client.installRuntime(listener());
	const place = path.join(folder.path, "runtimes", small.runtime.folderName);
	expect(outcome).toMatchObject({ kind: "installed", folder: place });
	const bytes = Object.values(small.files).reduce((sum, { length }) => sum + length, 0);
	const { entries, runtime } = await client.list();
	expect([entries, runtime]).toEqual([[], { kind: "installed", folder: place, bytes }]);
	expect(await client.removeRuntime()).toBe(bytes);
	expect((await client.list()).runtime).toEqual({ kind: "absent" });
	await expect(client.removeRuntime()).rejects.toMatchObject({ code: "notInstalled" });
});
