import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	statSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { importCheckpoint } from "../../../src/importer/importCheckpoint.ts";
import { openModel } from "../../../src/model/modelStore.ts";
import { parseRepository } from "../../../src/modelLibrary/hub/hubAddress.ts";
import {
	ModelLibrary,
	type InstallOptions,
	type InstallStep,
	type ModelLibraryOptions,
} from "../../../src/modelLibrary/modelLibrary.ts";
import { HastyClock } from "../../support/hastyClock.ts";
import { longestPauseMs } from "../../support/hubDownload.ts";
import { writeRandomCheckpoint } from "../../support/randomCheckpoint.ts";
import { ScriptedHub } from "../../support/scriptedHub.ts";
import { libraryErrorOf } from "../../support/libraryErrorOf.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

const maker = parseRepository("maker/model");
const id = "maker--model";

let checkpoint: Readonly<Record<string, Uint8Array>>;

beforeAll(async () => {
	using folder = new TemporaryFolder();
	await writeRandomCheckpoint(folder.path, { shards: 2 });
	checkpoint = Object.fromEntries(
		folder.list().map((name) => [name, readFileSync(path.join(folder.path, name))]),
	);
});

function libraryIn(
	folder: TemporaryFolder,
	hub: ScriptedHub,
	options: Partial<ModelLibraryOptions> = {},
): ModelLibrary {
	return new ModelLibrary({
		folder: path.join(folder.path, "models"),
		connection: hub.connection(new HastyClock(longestPauseMs)),
		importable: new Set(["qwen3_moe"]),
		convert: (from, to, { onProgress, signal }) =>
			importCheckpoint(from, to, { quantization: "int4", onProgress, signal }),
		memoryBytes: 2 ** 36,
		...options,
	});
}

function options(more: Partial<InstallOptions> = {}): InstallOptions {
	return { onStep: () => undefined, signal: new AbortController().signal, ...more };
}

/** Files and folders below the library's folder. */
function everythingIn(folder: TemporaryFolder): readonly string[] {
	return readdirSync(path.join(folder.path, "models"), {
		recursive: true,
		encoding: "utf8",
	}).sort();
}

test("a published checkpoint becomes a model that opens, and nothing else is left", async () => {
	await using hub = await ScriptedHub.start({ ...checkpoint, "README.md": "# Model" });
	using folder = new TemporaryFolder();
	const library = libraryIn(folder, hub);
	const steps: InstallStep["kind"][] = [];
	const outcome = await library.install(
		maker,
		options({
			onStep: ({ kind }) => {
				if (steps.at(-1) !== kind) {
					steps.push(kind);
				}
			},
		}),
	);
	const installed = path.join(folder.path, "models", id);
	expect(outcome).toEqual({ kind: "installed", folder: installed });
	expect(steps).toEqual(["waiting", "listing", "downloading", "converting"]);
	expect((await openModel(installed)).manifest.name).toBe("tiny");
	expect(everythingIn(folder).filter((name) => !name.startsWith(id))).toEqual([".downloads"]);
	expect(hub.fileRequests.some(({ path: asked }) => asked.includes("README"))).toBe(false);
	expect(await library.list()).toMatchObject([{ kind: "installed", id, folder: installed }]);
	const requests = hub.requests.length;
	expect(await library.install(maker, options())).toEqual(outcome);
	expect(hub.requests.length).toBe(requests);
});

test("a paused download is listed, and gone on with by another process without a new list", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const pause = new AbortController();
	const paused = await libraryIn(folder, hub).install(
		maker,
		options({
			signal: pause.signal,
			onStep: (step) => {
				if (step.kind === "downloading" && step.doneBytes > 100_000) {
					pause.abort();
				}
			},
		}),
	);
	expect(paused).toEqual({ kind: "paused" });
	expect(existsSync(path.join(folder.path, "models", id))).toBe(false);
	const later = libraryIn(folder, hub);
	const [entry] = await later.list();
	expect(entry).toMatchObject({ kind: "unfinished", id, repository: "maker/model" });
	hub.answerListing = (response) => {
		response.writeHead(500).end();
		return true;
	};
	const asked = hub.fileRequests.length;
	const steps = new Set<InstallStep["kind"]>();
	const goOn = options({ onStep: ({ kind }) => steps.add(kind) });
	expect((await later.install(maker, goOn)).kind).toBe("installed");
	expect(hub.fileRequests.length - asked).toBeLessThan(Object.keys(checkpoint).length);
	expect([...steps]).toEqual(["waiting", "downloading", "checking", "converting"]);
});

test("a conversion that is paused is no model, and is gone on with where it stopped", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const library = libraryIn(folder, hub);
	const pause = new AbortController();
	const paused = await library.install(
		maker,
		options({
			signal: pause.signal,
			onStep: (step) => {
				if (step.kind === "converting" && step.fraction > 0.4) {
					pause.abort();
				}
			},
		}),
	);
	expect(paused).toEqual({ kind: "paused" });
	expect(await library.list()).toMatchObject([{ kind: "unfinished", id }]);
	const [, partial = ""] = readdirSync(path.join(folder.path, "models"));
	expect(partial).toMatch(new RegExp(`^${id}[.]partial-`));
	const journal = readFileSync(
		path.join(folder.path, "models", partial, "weights.journal"),
		"utf8",
	);
	expect(journal).not.toBe("");
	const inode = statSync(path.join(folder.path, "models", partial, "weights.bin")).ino;
	const asked = hub.requests.length;
	expect((await library.install(maker, options())).kind).toBe("installed");
	expect(hub.requests.length).toBe(asked);
	expect(statSync(path.join(folder.path, "models", id, "weights.bin")).ino).toBe(inode);
	expect(readdirSync(path.join(folder.path, "models"))).toEqual([".downloads", id]);
});

test("a conversion that is paused is removed with its download", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const pause = new AbortController();
	const library = libraryIn(folder, hub, {
		convert: (_from, to) => {
			folder.write(`models/${path.basename(to)}.partial-0123abcd/weights.bin`, "half");
			pause.abort();
			return Promise.reject(new Error("paused"));
		},
	});
	await library.install(maker, options({ signal: pause.signal }));
	const { freedBytes } = await library.remove(id);
	expect(freedBytes).toBeGreaterThan(10_000);
	expect(everythingIn(folder)).toEqual([".downloads"]);
});

test("what a killed import left is removed by the next one", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder({
		[`models/${id}.partial-0123abcd/weights.bin`]: "half",
		[`models/${id}/weights.bin`]: "no manifest",
		"models/.removed-1/weights.bin": "half of a removal",
		"models/.downloads/.removed-2/model.safetensors": "and another",
		"models/.downloads/maker--odd/mote-download.json": "{",
	});
	const library = libraryIn(folder, hub);
	expect(await library.list()).toMatchObject([{ kind: "unusable", id, bytes: 11 }]);
	await library.install(maker, options());
	expect(readdirSync(path.join(folder.path, "models"))).toEqual([".downloads", id]);
	expect(readdirSync(path.join(folder.path, "models/.downloads"))).toEqual(["maker--odd"]);
});

test("an installation waits for the one before it, and can be given up until then", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	let running = 0;
	let most = 0;
	const library = libraryIn(folder, hub, {
		convert: async (_from, to) => {
			most = Math.max(most, ++running);
			await new Promise((resolve) => setImmediate(resolve));
			mkdirSync(to);
			running--;
		},
	});
	const pause = new AbortController();
	const first = library.install(maker, options());
	const second = library.install(maker, options());
	const third = library.install(maker, options({ signal: pause.signal }));
	pause.abort();
	expect(await third).toEqual({ kind: "paused" });
	await Promise.all([first, second]);
	expect(most).toBe(1);
});

test("removing says what it frees, of models and of what was begun", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const library = libraryIn(folder, hub);
	await library.install(maker, options());
	const [entry] = await library.list();
	const { freedBytes } = await library.remove(id);
	expect(freedBytes).toBe(entry?.kind === "installed" ? entry.bytes : -1);
	expect(freedBytes).toBeGreaterThan(10_000);
	expect(everythingIn(folder)).toEqual([".downloads"]);
	expect(await libraryErrorOf(library.remove(id))).toMatchObject({ code: "notInstalled" });
	expect(await libraryErrorOf(library.remove("../.."))).toMatchObject({ code: "notInstalled" });
	expect(await libraryErrorOf(library.remove(".downloads"))).toMatchObject({
		code: "notInstalled",
	});
});

test("too little memory or disk is refused with numbers before anything is fetched", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const library = libraryIn(folder, hub, { memoryBytes: 2 ** 30 });
	expect(await libraryErrorOf(library.install(maker, options()))).toEqual({
		code: "notEnoughMemory",
		message: expect.stringMatching(
			/^maker\/model needs 4[.]6 GB of memory beside an editor, and this machine has 1[.]1 GB/,
		) as string,
	});
	hub.lies.set("model-1-of-2.safetensors", {
		size: 2 ** 41,
		lfs: { oid: "a".repeat(64), size: 2 ** 41, pointerSize: 1 },
	});
	const roomy = libraryIn(folder, hub, { memoryBytes: 2 ** 50 });
	expect(await libraryErrorOf(roomy.install(maker, options()))).toMatchObject({ code: "diskFull" });
	expect(hub.fileRequests).toEqual([]);
	expect(await roomy.list()).toEqual([]);
});

test("a checkpoint of another type is refused before its weights are fetched", async () => {
	await using hub = await ScriptedHub.start({
		...checkpoint,
		"config.json": JSON.stringify({ model_type: "mellum\u001B[31m" }),
	});
	using folder = new TemporaryFolder();
	const library = libraryIn(folder, hub);
	expect(await libraryErrorOf(library.install(maker, options()))).toEqual({
		code: "modelUnsupported",
		message:
			'maker/model is of the type "mellum31m", which this version of Mote can\'t import (it can: qwen3_moe); run it with a server such as Ollama or llama.cpp and connect to that.',
	});
	expect(hub.fileRequests.length).toBe(1);
	expect(await library.list()).toEqual([]);
});

test("another process at the same model is respected, one that crashed is not", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder({
		[`models/.downloads/${id}/mote-download.lock`]: String(process.ppid),
	});
	const library = libraryIn(folder, hub);
	expect(await libraryErrorOf(library.install(maker, options()))).toMatchObject({
		code: "inUse",
		message: expect.stringMatching(
			/wait for it, or delete .*mote-download.lock if none is/,
		) as string,
	});
	folder.write(`models/.downloads/${id}/mote-download.lock`, "999999999");
	expect((await library.install(maker, options())).kind).toBe("installed");
});

test("a download folder that is removed meanwhile ends with a sentence", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	const downloads = path.join(folder.path, "models/.downloads");
	hub.onFileRequest = () => renameSync(downloads, path.join(folder.path, "elsewhere"));
	const library = libraryIn(folder, hub);
	expect(await libraryErrorOf(library.install(maker, options()))).toMatchObject({
		code: "folderUnusable",
	});
});

test("a library whose place is taken by a file says so", async () => {
	await using hub = await ScriptedHub.start(checkpoint);
	using folder = new TemporaryFolder();
	writeFileSync(path.join(folder.path, "models"), "");
	const library = libraryIn(folder, hub);
	expect(await libraryErrorOf(library.list())).toMatchObject({ code: "folderUnusable" });
	expect(await libraryErrorOf(library.install(maker, options()))).toMatchObject({
		code: "folderUnusable",
	});
});
