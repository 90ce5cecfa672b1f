/** What is fetched of a registry for CUDA: whole or not there, gone on with, and removed. */
import { readdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Runtime } from "../../../src/model/cudaRuntime.ts";
import {
	RuntimeLibrary,
	type RuntimeInstallOptions,
	type RuntimeStep,
} from "../../../src/modelLibrary/runtimes/runtimeLibrary.ts";
import { bytesOf } from "../../support/hubDownload.ts";
import { ScriptedHub, type HubFaultScript } from "../../support/scriptedHub.ts";
import { registryConnection, smallRuntime } from "../../support/smallRuntime.ts";
import { libraryErrorOf } from "../../support/libraryErrorOf.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

const small = smallRuntime();
const id = small.runtime.folderName;
const totalBytes = Object.values(small.archives).reduce((sum, { length }) => sum + length, 0);
const installedBytes = Object.values(small.files).reduce((sum, { length }) => sum + length, 0);

function libraryIn(
	folder: TemporaryFolder,
	hub: ScriptedHub,
	runtime: Runtime = small.runtime,
): RuntimeLibrary {
	return new RuntimeLibrary({
		folder: path.join(folder.path, "runtimes"),
		connection: registryConnection(hub),
		runtime,
	});
}

function options(more: Partial<RuntimeInstallOptions> = {}): RuntimeInstallOptions {
	return { onStep: () => undefined, signal: new AbortController().signal, ...more };
}

/** Pauses as soon as a step is so. */
function pausing(when: (step: RuntimeStep) => boolean): RuntimeInstallOptions {
	const pause = new AbortController();
	const onStep = (step: RuntimeStep): void => {
		if (when(step)) {
			pause.abort();
		}
	};
	return { onStep, signal: pause.signal };
}

function listOf(folder: TemporaryFolder, name = ""): readonly string[] {
	return readdirSync(path.join(folder.path, "runtimes", name)).sort();
}

function filesIn(folder: TemporaryFolder): Readonly<Record<string, Buffer>> {
	const place = path.join(folder.path, "runtimes", id);
	return Object.fromEntries(
		readdirSync(place).map((name) => [name, readFileSync(path.join(place, name))]),
	);
}

const many = (fault: HubFaultScript): readonly HubFaultScript[] =>
	Array.from({ length: 20 }, () => fault);

test("what is wanted of two archives lies in one folder, and nothing else is left", async () => {
	await using hub = await ScriptedHub.start(small.archives);
	using folder = new TemporaryFolder();
	const library = libraryIn(folder, hub);
	expect(await library.state()).toEqual({ kind: "absent" });
	const steps: RuntimeStep["kind"][] = [];
	const fractions: number[] = [];
	const outcome = await library.install(
		options({
			onStep: (step) => {
				steps.push(step.kind);
				if (step.kind === "unpacking") {
					fractions.push(step.fraction);
				}
			},
		}),
	);
	const installed = { kind: "installed", folder: path.join(folder.path, "runtimes", id) };
	expect(outcome).toEqual(installed);
	expect(filesIn(folder)).toEqual(small.files);
	expect([listOf(folder), listOf(folder, ".downloads")]).toEqual([[".downloads", id], []]);
	expect([...new Set(steps)]).toEqual(["waiting", "downloading", "unpacking"]);
	expect(fractions.at(-1)).toBe(1);
	expect(await library.state()).toEqual({ ...installed, bytes: installedBytes });
	const asked = hub.requests.length;
	expect(await library.install(options())).toEqual(installed);
	expect(hub.requests.length).toBe(asked);
	expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
});

test("a paused download is no runtime, and is gone on with by another process", async () => {
	await using hub = await ScriptedHub.start(small.archives);
	using folder = new TemporaryFolder();
	hub.faults.push({ kind: "stall", afterBytes: 50_000 });
	const half = pausing((step) => step.kind === "downloading" && step.doneBytes === 50_000);
	expect(await libraryIn(folder, hub).install(half)).toEqual({ kind: "paused" });
	const later = libraryIn(folder, hub);
	const state = { kind: "unfinished", doneBytes: 50_000, totalBytes };
	expect(await later.state()).toEqual(state);
	expect(listOf(folder)).toEqual([".downloads"]);
	const steps: RuntimeStep["kind"][] = [];
	await later.install(options({ onStep: ({ kind }) => steps.push(kind) }));
	expect(filesIn(folder)).toEqual(small.files);
	const [first = "", provider = ""] = Object.keys(small.archives);
	expect(hub.requests.map(({ path: asked, headers }) => [asked, headers.range])).toEqual([
		[`/stored/${first}`, undefined],
		[`/stored/${first}`, "bytes=50000-"],
		[`/stored/${provider}`, undefined],
	]);
	expect(steps.slice(0, 2)).toEqual(["waiting", "checking"]);
});

test("a pause while it is unpacked leaves the archives, and no folder", async () => {
	await using hub = await ScriptedHub.start(small.archives);
	using folder = new TemporaryFolder();
	const library = libraryIn(folder, hub);
	const whileUnpacked = pausing(({ kind }) => kind === "unpacking");
	expect(await library.install(whileUnpacked)).toEqual({ kind: "paused" });
	expect(await library.state()).toEqual({ kind: "unfinished", doneBytes: totalBytes, totalBytes });
	expect(listOf(folder)).toEqual([".downloads"]);
	const asked = hub.requests.length;
	expect((await library.install(options())).kind).toBe("installed");
	expect(hub.requests.length).toBe(asked);
	expect(filesIn(folder)).toEqual(small.files);
});

test("an installation waits for the one before it, and then finds all there", async () => {
	await using hub = await ScriptedHub.start(small.archives);
	using folder = new TemporaryFolder();
	const library = libraryIn(folder, hub);
	const pause = new AbortController();
	const [first, second, third] = [
		library.install(options()),
		library.install(options()),
		library.install(options({ signal: pause.signal })),
	];
	pause.abort();
	expect(await third).toEqual({ kind: "paused" });
	expect([(await first).kind, (await second).kind]).toEqual(["installed", "installed"]);
	expect(hub.requests.length).toBe(2);
});

test("another process at it is respected, one that crashed is not", async () => {
	await using hub = await ScriptedHub.start(small.archives);
	const lock = `runtimes/.downloads/${id}/mote-download.lock`;
	using folder = new TemporaryFolder({ [lock]: String(process.ppid) });
	const library = libraryIn(folder, hub);
	const inUse = {
		code: "inUse",
		message: /^Another window or program is installing Small runtime; wait/,
	};
	expect(await libraryErrorOf(library.install(options()))).toMatchObject({
		code: inUse.code,
		message: expect.stringMatching(inUse.message) as string,
	});
	expect(await libraryErrorOf(library.remove())).toMatchObject({ code: "inUse" });
	expect(readFileSync(path.join(folder.path, lock), "utf8")).toBe(String(process.ppid));
	folder.write(lock, "999999999");
	expect((await library.install(options())).kind).toBe("installed");
});

test.each<readonly [string, readonly HubFaultScript[], string, RegExp]>([
	[
		"sends something else",
		many({ kind: "flipByte", at: 1000 }),
		"hubInvalid",
		/sends a runtime-1[.]0[.]0[.]tgz that isn't what its checksum says; .* set npm_config_registry to another mirror/,
	],
	[
		"sends the page of a login",
		many({ kind: "otherPage" }),
		"hubUnreachable",
		/cuts off runtime-1[.]0[.]0[.]tgz again and again/,
	],
	[
		"is down",
		many({ kind: "status", status: 503 }),
		"hubUnreachable",
		/failed with status 503; try again later, or set npm_config_registry to a mirror/,
	],
	[
		"has no such package",
		many({ kind: "status", status: 404 }),
		"notFound",
		/has no runtime-1[.]0[.]0[.]tgz; set npm_config_registry to a registry that has it/,
	],
	[
		"wants to know who asks",
		many({ kind: "status", status: 401 }),
		"accessDenied",
		/doesn't give runtime-1[.]0[.]0[.]tgz to everybody .* set npm_config_registry to a registry that does/,
	],
	[
		"wants to be left alone",
		many({ kind: "status", status: 429, headers: { "retry-after": "3600" } }),
		"hubBusy",
		/^The registry wants to be asked again in 60 minutes/,
	],
	[
		"asks for tea",
		many({ kind: "status", status: 418 }),
		"hubInvalid",
		/check npm_config_registry and the proxy/,
	],
])("a registry that %s ends it with a sentence, and nothing is begun", async (...args) => {
	const [, faults, code, sentence] = args;
	await using hub = await ScriptedHub.start(small.archives);
	using folder = new TemporaryFolder();
	hub.faults.push(...faults);
	const library = libraryIn(folder, hub);
	const failed = await libraryErrorOf(library.install(options()));
	expect(failed).toEqual({ code, message: expect.stringMatching(sentence) as string });
	expect(failed.message).not.toContain("HF_");
	expect(listOf(folder)).toEqual([".downloads"]);
	hub.faults.length = 0;
	expect((await library.install(options())).kind).toBe("installed");
	expect(filesIn(folder)).toEqual(small.files);
});

test("no network leaves nothing behind and says what to do", async () => {
	const hub = await ScriptedHub.start({});
	using folder = new TemporaryFolder();
	const library = libraryIn(folder, hub);
	await hub[Symbol.asyncDispose]();
	const { code, message } = await libraryErrorOf(library.install(options()));
	expect(code).toBe("hubUnreachable");
	expect(message).toMatch(/what came so far is kept[.]$/);
	expect(listOf(folder, ".downloads")).toEqual([]);
	expect(await library.state()).toEqual({ kind: "absent" });
});

test("an archive that holds something else is fetched again by the next call", async () => {
	await using hub = await ScriptedHub.start(small.archives);
	using folder = new TemporaryFolder();
	// Of the right size: what a disk has lost since it was checked.
	const [first = "", provider = ""] = Object.keys(small.archives);
	const lost = bytesOf(small.archives[provider]?.length ?? 0);
	folder.write(`runtimes/.downloads/${id}/${first}`, small.archives[first] ?? "");
	folder.write(`runtimes/.downloads/${id}/${provider}`, lost);
	const library = libraryIn(folder, hub);
	expect(await libraryErrorOf(library.install(options()))).toMatchObject({
		code: "hubInvalid",
		message: expect.stringMatching(
			/^provider-1[.]0[.]0[.]tgz is not .*; install it again[.]$/,
		) as string,
	});
	expect([hub.requests.length, listOf(folder)]).toEqual([0, [".downloads"]]);
	expect((await library.install(options())).kind).toBe("installed");
	expect(hub.requests.map(({ path: asked }) => asked)).toEqual([`/stored/${provider}`]);
	expect(filesIn(folder)).toEqual(small.files);
});

test("too little disk is refused with numbers before anything is fetched", async () => {
	await using hub = await ScriptedHub.start(small.archives);
	using folder = new TemporaryFolder();
	const [archive] = small.runtime.archives;
	const [file] = archive?.files ?? [];
	if (archive === undefined || file === undefined) {
		throw new Error("the small runtime has an archive with a file");
	}
	const huge = { ...archive, files: [{ ...file, bytes: 2 ** 60 }] };
	const library = libraryIn(folder, hub, { ...small.runtime, archives: [huge] });
	const { code, message } = await libraryErrorOf(library.install(options()));
	expect(code).toBe("diskFull");
	expect(message).toMatch(
		/^Small runtime needs 1152921[.]5 TB on the disk while it is installed, and /,
	);
	expect([hub.requests.length, listOf(folder, ".downloads")]).toEqual([0, []]);
});

test("what is left of a runtime is no runtime, and is replaced", async () => {
	await using hub = await ScriptedHub.start(small.archives);
	using folder = new TemporaryFolder({
		[`runtimes/${id}/libonnxruntime.so.1`]: "short",
		"runtimes/.removed-1/libonnxruntime.so.1": "half of a removal",
		"runtimes/.downloads/.removed-2/runtime-1.0.0.tgz": "and another",
	});
	const library = libraryIn(folder, hub);
	expect(await library.state()).toEqual({ kind: "absent" });
	await library.install(options());
	expect(filesIn(folder)).toEqual(small.files);
	expect([listOf(folder), listOf(folder, ".downloads")]).toEqual([[".downloads", id], []]);
});

test("removing says what it frees, of a whole one and of what was begun", async () => {
	await using hub = await ScriptedHub.start(small.archives);
	using folder = new TemporaryFolder();
	const library = libraryIn(folder, hub);
	await library.install(options());
	expect(await library.remove()).toEqual({ freedBytes: installedBytes });
	expect([listOf(folder), await library.state()]).toEqual([[".downloads"], { kind: "absent" }]);
	await library.install(pausing(({ kind }) => kind === "unpacking"));
	expect((await library.remove()).freedBytes).toBeGreaterThanOrEqual(totalBytes);
	expect(listOf(folder, ".downloads")).toEqual([]);
	expect(await libraryErrorOf(library.remove())).toMatchObject({ code: "notInstalled" });
});

test("a download folder that is removed meanwhile ends with a sentence", async () => {
	await using hub = await ScriptedHub.start(small.archives);
	using folder = new TemporaryFolder();
	const downloads = path.join(folder.path, "runtimes/.downloads");
	hub.onFileRequest = () => renameSync(downloads, path.join(folder.path, "elsewhere"));
	expect(await libraryErrorOf(libraryIn(folder, hub).install(options()))).toMatchObject({
		code: "folderUnusable",
		message: expect.stringMatching(/removed meanwhile; install it again/) as string,
	});
});

test("a place that is taken by a file is called that", async () => {
	await using hub = await ScriptedHub.start(small.archives);
	using folder = new TemporaryFolder({ runtimes: "" });
	const library = libraryIn(folder, hub);
	expect(await libraryErrorOf(library.install(options()))).toMatchObject({
		code: "folderUnusable",
	});
	expect(await library.state()).toEqual({ kind: "absent" });
});
