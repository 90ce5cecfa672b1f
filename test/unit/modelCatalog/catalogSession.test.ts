/** What a person does about models, from a press to what the view then shows. */
import { expect, test } from "vitest";
import { UserError } from "../../../src/base/userError.ts";
import { cudaKey, type ModelUse } from "../../../src/modelCatalog/catalogFacts.ts";
import { CatalogSession } from "../../../src/modelCatalog/catalogSession.ts";
import { rowOf } from "../../../src/modelCatalog/catalogView.ts";
import type { WorkListener, WorkOutcome } from "../../../src/modelProcess/libraryClient.ts";
import type { CatalogEntry, CatalogRuntime } from "../../../src/modelProcess/protocol.ts";
import {
	catalogFacts,
	installedEntry,
	suggested,
	unfinishedEntry,
} from "../../support/catalogFacts.ts";
import { FakeClock, settle } from "../../support/fakeClock.ts";
import { recordingLogger } from "../../support/recordingLogger.ts";

const row = "model maker--talker";

interface Running {
	readonly what: string;
	readonly listener: WorkListener;
	readonly end: (outcome: WorkOutcome) => void;
	readonly fail: (error: Error) => void;
}

/** A session whose library and editor are the test. */
function bench({
	confirms = true,
	isModelFolder = false,
	offersServers = true,
	triesCuda = true,
	hasCudaDriver = false,
} = {}) {
	const calls: string[] = [];
	const notices: string[] = [];
	const log: string[] = [];
	const running: Running[] = [];
	const state: {
		entries: readonly CatalogEntry[];
		runtime: CatalogRuntime;
		use: ModelUse;
		listFault: Error | undefined;
	} = {
		entries: [],
		runtime: { kind: "absent" },
		use: catalogFacts().use,
		listFault: undefined,
	};
	const work = (what: string, listener: WorkListener): Promise<WorkOutcome> =>
		new Promise((resolve, reject) => {
			running.push({ what, listener, end: resolve, fail: reject });
			listener.signal.addEventListener("abort", () => resolve({ kind: "paused" }));
		});
	const call = (...words: readonly unknown[]): Promise<void> => {
		calls.push(
			words.map((word) => (typeof word === "string" ? word : JSON.stringify(word))).join(" "),
		);
		return Promise.resolve();
	};
	const session = new CatalogSession({
		library: {
			list: () =>
				state.listFault === undefined
					? Promise.resolve({
							entries: state.entries,
							runtime: state.runtime,
							freeDiskBytes: 1e11,
						})
					: Promise.reject(state.listFault),
			install: (repository, listener) => work(`install ${repository}`, listener),
			importFrom: (path, listener) => work(`import ${path}`, listener),
			installRuntime: (listener) => work("install the runtime", listener),
			removeRuntime: async () => {
				await call("remove the runtime");
				state.runtime = { kind: "absent" };
				return 274e6;
			},
			remove: async (id) => {
				await call("remove", id);
				state.entries = [];
				return 875e6;
			},
		},
		editor: {
			useForChat: (source) => call("useForChat", source),
			useForCompletions: (source) => call("useForCompletions", source),
			stopUsing: (folder) => call("stopUsing", folder),
			restartEngine: () => call("restart the engine"),
			disconnectServer: () => call("disconnect"),
			connectServer: () => call("connect"),
			confirmRemoval: async (name, bytes) => {
				await call("confirm", name, bytes);
				return confirms;
			},
			pickCheckpoint: (kind) => Promise.resolve(kind === "file" ? "/a/own.gguf" : "/a/own"),
			keepModelFolder: () => Promise.resolve(isModelFolder),
			openPage: (repository) => call("page", repository),
			show: (rowId) => void call("show", rowId ?? "all"),
		},
		suggestions: () => [suggested()],
		importable: new Set(["qwen2"]),
		memoryBytes: 2 ** 34,
		folders: () => Promise.resolve(catalogFacts().folders),
		hasCudaDriver: () => Promise.resolve(hasCudaDriver),
		triesCuda: () => triesCuda,
		offersServers: () => offersServers,
		findServers: (signal) => {
			calls.push("find servers");
			signal.addEventListener("abort", () => calls.push("stop finding"));
			return Promise.resolve([
				{ name: "Ollama", address: "http://o/v1", models: [{ id: "q", contextTokens: undefined }] },
			]);
		},
		use: () => state.use,
		onDidChange: () => undefined,
		onNotice: (sentence) => notices.push(sentence),
		clock: new FakeClock(),
		logger: recordingLogger(log),
	});
	const shown = () => rowOf(session.view, row);
	return { session, calls, notices, log, running, state, shown };
}

test("a model is installed with progress, and answers in the chat where nothing did", async () => {
	const { session, calls, notices, running, state, shown } = bench();
	await session.look({ servers: false });
	const installing = session.act(row, "install");
	expect(running.map(({ what }) => what)).toEqual(["install maker/talker"]);
	expect(shown()?.badges).toEqual(["for the chat"]);
	running[0]?.listener.onStep({ kind: "converting", fraction: 0.5 });
	expect(shown()?.state).toMatchObject({ kind: "working", fraction: 0.5 });
	state.entries = [installedEntry()];
	running[0]?.end({ kind: "installed", folder: "/models/maker--talker" });
	await installing;
	expect(shown()?.state).toEqual({ kind: "still" });
	expect(calls).toEqual(['useForChat {"kind":"folder","folder":"/models/maker--talker"}']);
	expect(notices.join()).toContain("answers in the chat from now on");
});

test("what answers in the chat already stays", async () => {
	const { session, calls, running, state } = bench();
	await session.look({ servers: false });
	const installing = session.act(row, "install");
	state.use = { ...state.use, chatName: "another" };
	state.entries = [installedEntry()];
	running[0]?.end({ kind: "installed", folder: "/models/maker--talker" });
	await installing;
	expect(calls).toEqual([]);
});

test("a pause is one, a second press of install begins nothing, and resume goes on", async () => {
	const { session, running, state, shown } = bench();
	await session.look({ servers: false });
	const installing = session.act(row, "install");
	await session.act(row, "install");
	expect(running.length).toBe(1);
	state.entries = [unfinishedEntry];
	await session.act(row, "pause");
	await installing;
	expect(shown()?.state).toMatchObject({ kind: "paused", fraction: 0.4375 });
	void session.act(row, "resume");
	await settle();
	expect(running.map(({ what }) => what)).toEqual(["install maker/talker", "install maker/talker"]);
});

test("a failure says its sentence in the row and can be tried again; a bug says where to look", async () => {
	const { session, running, shown, log } = bench();
	await session.look({ servers: false });
	const first = session.act(row, "install");
	running[0]?.fail(new UserError("hubUnreachable", "It is offline."));
	await first;
	expect(shown()?.state).toEqual({ kind: "failed", sentence: "It is offline." });
	const second = session.act(row, "install");
	running[1]?.fail(new TypeError("x is undefined"));
	await second;
	expect(shown()?.state).toMatchObject({ kind: "failed", sentence: /bug; its log says more/ });
	expect(log.join()).toContain("x is undefined");
});

test("a removal is asked about once with its space, and nothing uses the model any more", async () => {
	const { session, calls, notices, state, shown } = bench();
	state.entries = [installedEntry()];
	await session.look({ servers: false });
	await session.act(row, "remove");
	expect(calls).toEqual([
		"confirm talker 700000000",
		"stopUsing /models/maker--talker",
		"remove maker--talker",
	]);
	expect(notices).toEqual(["talker is removed; 875 MB are free again."]);
	expect(shown()?.actions.map(({ action }) => action)).toContain("install");
});

test("who thinks better of a removal keeps the model", async () => {
	const { session, calls, state } = bench({ confirms: false });
	state.entries = [unfinishedEntry];
	await session.look({ servers: false });
	await session.act(row, "remove");
	expect(calls).toEqual(["confirm Talker 875000000"]);
});

test("a view can't ask for what isn't offered, nor say what has no known form", async () => {
	const { session, calls, running, log } = bench();
	await session.look({ servers: true });
	calls.length = 0;
	for (const message of [
		{ kind: "act", rowId: row, action: "remove" },
		{ kind: "act", rowId: row, action: "useForChat" },
		{ kind: "act", rowId: "folder /etc", action: "useForChat" },
		{ kind: "act", rowId: "server http://evil/v1 m", action: "useForChat" },
		{ kind: "act", rowId: "model ../x", action: "install" },
		{ kind: "act", rowId: row, action: "erase" },
		{ kind: "install", repository: "evil/model" },
		undefined,
	]) {
		await session.receive(message);
	}
	expect(calls).toEqual([]);
	expect(running).toEqual([]);
	expect(log.length).toBe(3);
});

test("nobody looks for servers any longer when the window has closed", async () => {
	const { session, calls } = bench();
	await session.look({ servers: true });
	session.dispose();
	expect(calls).toEqual(["find servers", "stop finding"]);
});

test("servers are looked for when the view opens, and not where a setting says so", async () => {
	const { session, calls } = bench();
	await session.receive({ kind: "ready" });
	expect(calls).toEqual(["find servers"]);
	await session.receive({ kind: "act", rowId: "server http://o/v1 q", action: "useForChat" });
	expect(calls.at(-1)).toBe('useForChat {"kind":"server","address":"http://o/v1","model":"q"}');
	const other = bench({ offersServers: false });
	await other.session.receive({ kind: "ready" });
	expect(other.calls).toEqual([]);
});

test("a file of one's own is imported, and paused and gone on with", async () => {
	const { session, running } = bench();
	await session.look({ servers: false });
	const importing = session.receive({ kind: "importFile" });
	await settle();
	expect(running.map(({ what }) => what)).toEqual(["import /a/own.gguf"]);
	const own = (): string | undefined => rowOf(session.view, "import /a/own.gguf")?.state.kind;
	expect(own()).toBe("working");
	await session.act("import /a/own.gguf", "pause");
	await importing;
	expect(own()).toBe("paused");
	void session.act("import /a/own.gguf", "resume");
	await settle();
	expect(running.length).toBe(2);
});

test("a folder that is a model already is kept as it is", async () => {
	const { session, running, notices } = bench({ isModelFolder: true });
	await session.receive({ kind: "importFolder" });
	expect(running).toEqual([]);
	expect(notices.join()).toContain("made already");
});

test("the ways on do what they say: at most two presses from the chat to an installation", async () => {
	const { session, calls, running } = bench();
	await session.look({ servers: true });
	calls.length = 0;
	for (const { id } of session.waysOn) {
		void session.takeWay(id);
		await settle();
	}
	expect(running.map(({ what }) => what)).toEqual(["install maker/talker"]);
	expect(calls).toEqual([
		`show ${row}`,
		'useForChat {"kind":"server","address":"http://o/v1","model":"q"}',
		"connect",
		"show all",
	]);
	await session.takeWay("no way");
	expect(calls.length).toBe(4);
});

test("a library that can't be read says so, and the rest is shown", async () => {
	const { session, notices, state } = bench();
	state.listFault = new UserError("folderUnusable", "The disk can't be read.");
	await session.receive({ kind: "ready" });
	expect(notices).toEqual(["The disk can't be read."]);
	expect(session.view.groups.flatMap(({ rows }) => rows).length).toBe(3);
});

test("all that runs pauses with the window", async () => {
	const { session, running } = bench();
	await session.look({ servers: false });
	void session.act(row, "install");
	session.dispose();
	expect(running[0]?.listener.signal.aborted).toBe(true);
});

const runtimeHere = { kind: "installed", folder: "/runtimes/cuda", bytes: 274e6 } as const;

test("an engine that may try CUDA starts again when its runtime is there", async () => {
	const { session, calls, notices, running, state } = bench({ hasCudaDriver: true });
	await session.look({ servers: false });
	const shown = (): string | undefined => rowOf(session.view, cudaKey)?.state.kind;
	const installing = session.act(cudaKey, "install");
	expect(running.map(({ what }) => what)).toEqual(["install the runtime"]);
	running[0]?.listener.onStep({ kind: "unpacking", fraction: 0.5 });
	expect(shown()).toBe("working");
	expect(session.workSummaries).toMatchObject([
		{ rowId: cudaKey, kind: "working", label: "CUDA for NVIDIA graphics cards: 50 %" },
	]);
	state.runtime = runtimeHere;
	running[0]?.end({ kind: "installed", folder: "/runtimes/cuda" });
	await installing;
	expect(shown()).toBe("still");
	expect(calls).toEqual(["restart the engine"]);
	expect(notices).toEqual([
		"CUDA for NVIDIA graphics cards is installed, and the engine starts again to try it; the status bar's menu says what came of that.",
	]);
});

test("where CUDA may not be tried, a notice names the setting and the engine goes on", async () => {
	const { session, calls, notices, running } = bench({ hasCudaDriver: true, triesCuda: false });
	await session.look({ servers: false });
	const installing = session.act(cudaKey, "install");
	running[0]?.end({ kind: "installed", folder: "/runtimes/cuda" });
	await installing;
	expect(calls).toEqual([]);
	expect(notices).toEqual([
		"CUDA for NVIDIA graphics cards is installed, and isn't used yet: set “mote.engine.gpu” to “auto” to have it tried.",
	]);
});

test("the runtime of CUDA is paused, gone on with from another window, and its failure shown", async () => {
	const { session, calls, running, state } = bench({ hasCudaDriver: true });
	await session.look({ servers: false });
	const installing = session.act(cudaKey, "install");
	state.runtime = { kind: "unfinished", doneBytes: 100e6, totalBytes: 290e6 };
	await session.act(cudaKey, "pause");
	await installing;
	expect(rowOf(session.view, cudaKey)?.state.kind).toBe("paused");
	expect(session.workSummaries).toEqual([
		{
			rowId: cudaKey,
			kind: "paused",
			label: "Resume CUDA for NVIDIA graphics cards: paused at 34 %",
			detail: "Paused at 34 %: 100 MB of 290 MB are here.",
		},
	]);
	const resuming = session.act(cudaKey, "resume");
	expect(running.length).toBe(2);
	running[1]?.fail(new UserError("diskFull", "The disk is full."));
	await resuming;
	expect(rowOf(session.view, cudaKey)?.state).toEqual({
		kind: "failed",
		sentence: "The disk is full.",
	});
	expect(calls).toEqual([]);
});

test.each([
	[
		true,
		[
			"confirm CUDA for NVIDIA graphics cards 274000000",
			"remove the runtime",
			"restart the engine",
		],
	],
	[false, ["confirm CUDA for NVIDIA graphics cards 274000000", "remove the runtime"]],
])(
	"the runtime of CUDA is removed, and leaves an engine that may have it (%j)",
	async (...args) => {
		const [triesCuda, expected] = args;
		const { session, calls, notices, state } = bench({ triesCuda });
		state.runtime = runtimeHere;
		await session.look({ servers: false });
		await session.act(cudaKey, "remove");
		expect(calls).toEqual(expected);
		expect(notices).toEqual(["CUDA for NVIDIA graphics cards is removed; 274 MB are free again."]);
		// There is no driver: without its runtime nobody hears of CUDA.
		expect(rowOf(session.view, cudaKey)).toBe(undefined);
	},
);

test("who thinks better of removing the runtime of CUDA keeps it, and nobody asks where none is", async () => {
	const { session, calls, state } = bench({ confirms: false, hasCudaDriver: true });
	state.runtime = runtimeHere;
	await session.look({ servers: false });
	await session.act(cudaKey, "remove");
	expect(calls).toEqual(["confirm CUDA for NVIDIA graphics cards 274000000"]);
	const none = bench();
	await none.session.look({ servers: false });
	await none.session.act(cudaKey, "install");
	await none.session.act(cudaKey, "remove");
	expect([none.calls, none.running]).toEqual([[], []]);
});
