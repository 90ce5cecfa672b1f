import { cp, mkdir, symlink, truncate, writeFile, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { EngineError } from "../../../src/engine/errors.ts";
import {
	createSupervisedEngine,
	Supervisor,
	type SupervisedEngine,
} from "../../../src/engineProcess/supervisor.ts";
import type { OpenEngine } from "../../../src/engineProcess/runEngineProcess.ts";
import { ChosenModel, type EngineStatus } from "../../../src/extension/chosenModel.ts";
import { bundledModelFolders, type BundledModel } from "../../../src/model/bundledModel.ts";
import { parseModelSetting, type ModelSetting } from "../../../src/model/modelChoice.ts";
import { openModel } from "../../../src/model/modelStore.ts";
import { assert } from "../../../src/base/assert.ts";
import { bundleChild, type BundledChild } from "../../support/bundledChild.ts";
import { answerOf, someTokens } from "../../support/engineRequests.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeClock } from "../../support/fakeClock.ts";
import { fakeEngine } from "../../support/fakeEngine.ts";
import { FakeEngineProcess } from "../../support/fakeEngineProcess.ts";
import { recordingLogger } from "../../support/recordingLogger.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";
import { importTinyModel, type TinyModel } from "../../support/tinyModel.ts";

interface Settings {
	readonly model: ModelSetting;
}

const machineBytes = 16 * 2 ** 30;

function settingsOf(text: string): Settings {
	const model = parseModelSetting(text);
	assert(model !== undefined, "a setting that is valid");
	return { model };
}

/** In short: `starting`, `ready NAME REASON`, `failed: SENTENCE`. */
function inShort(status: EngineStatus): string {
	switch (status.kind) {
		case "starting":
			return "starting";
		case "ready":
			return ["ready", status.model.name, status.model.because?.kind ?? []].flat().join(" ");
		case "resting":
			return "resting";
		case "failed":
			return `failed: ${status.message}`;
	}
}

describe("with engines in memory", () => {
	/** How each model opens in the engine's process; one that isn't here doesn't start. */
	let opens: Partial<Record<string, OpenEngine>>;
	let log: string[];
	let statuses: string[];
	let alive: string[];
	let processes: FakeEngineProcess[];
	let clock: FakeClock;
	let chosen: ChosenModel<Settings, { name: string; supervised: Supervisor }>;

	const works =
		(modelName: string): OpenEngine =>
		() =>
			Promise.resolve({ engine: fakeEngine().engine, modelName, backendName: "fake" });
	const refuses =
		(code: "modelUnusable" | "modelTooSlow"): OpenEngine =>
		() =>
			Promise.reject(new EngineError(code, `${code}.`));

	function choose(memoryBytes = machineBytes): void {
		chosen = new ChosenModel({
			memoryBytes,
			logger: recordingLogger(log),
			openModel: ({ source, maxFirstTokenMs }, _settings, follow) => {
				const name = source.kind === "folder" ? source.folder : source.model;
				expect(alive).toEqual([]);
				alive.push(name);
				const supervised = new Supervisor({
					modelFolder: name,
					...(maxFirstTokenMs !== undefined && { maxFirstTokenMs }),
					logger: recordingLogger([]),
					clock,
					startProcess: () => {
						const started = new FakeEngineProcess(opens[name]);
						processes.push(started);
						return started;
					},
					onDidChangeState: follow,
				});
				return Promise.resolve({ name, supervised });
			},
			closeModel: async ({ name, supervised }) => {
				await supervised.dispose();
				alive.splice(alive.indexOf(name), 1);
			},
			onDidChangeStatus: (status) => statuses.push(inShort(status)),
			onDidChangeModel: () => undefined,
		});
	}

	beforeEach(() => {
		opens = { base: works("mote-base"), nano: works("mote-nano") };
		log = [];
		statuses = [];
		alive = [];
		processes = [];
		clock = new FakeClock();
		choose();
	});
	afterEach(() => chosen.dispose());

	const lastIs = (status: string | RegExp) => (): boolean => {
		const last = statuses.at(-1) ?? "";
		return typeof status === "string" ? last === status : status.test(last);
	};

	test("the larger model runs, and nothing has to be said about it", async () => {
		await chosen.open(settingsOf("auto"));
		await eventually(lastIs("ready mote-base"));
		expect(log).toEqual([]);
	});

	test("one that is too slow gives way to the small one without an error in sight", async () => {
		opens = { ...opens, base: refuses("modelTooSlow") };
		await chosen.open(settingsOf("auto"));
		await eventually(lastIs("ready mote-nano tooSlow"));
		expect(statuses).toEqual(["starting", "starting", "ready mote-nano tooSlow"]);
		expect(log).toEqual([]);
	});

	test("one that is broken gives way as well, and the log says why", async () => {
		opens = { ...opens, base: refuses("modelUnusable") };
		await chosen.open(settingsOf("base"));
		await eventually(lastIs("ready mote-nano fault"));
		expect(log).toEqual([
			"warn: mote-nano has taken over, because mote-base can't be used: modelUnusable.",
		]);
	});

	test("a process that dies again and again gives way too", async () => {
		await chosen.open(settingsOf("auto"));
		await eventually(lastIs("ready mote-base"));
		opens = { ...opens, base: () => new Promise(() => undefined) };
		for (let crash = 1; crash <= 5; crash++) {
			processes.at(-1)?.die();
			// Longer than any wait before another start.
			await clock.advance(10_000);
		}
		await eventually(lastIs("ready mote-nano fault"));
	});

	test("where both are broken the last sentence is the status", async () => {
		opens = { base: refuses("modelUnusable"), nano: refuses("modelUnusable") };
		await chosen.open(settingsOf("auto"));
		await eventually(lastIs("failed: modelUnusable."));
		expect(processes).toHaveLength(2);
	});

	test("a folder that somebody has chosen is not replaced by anything", async () => {
		opens = { ...opens, "/models/mine": refuses("modelUnusable") };
		await chosen.open(settingsOf("/models/mine"));
		await eventually(lastIs("failed: modelUnusable."));
		expect(processes).toHaveLength(1);
	});

	test("on a machine of 4 GB the small one runs from the start", async () => {
		choose(4 * 2 ** 30 - 1);
		await chosen.open(settingsOf("auto"));
		await eventually(lastIs("ready mote-nano shortOfMemory"));
		expect(processes).toHaveLength(1);
	});

	test("of wishes that follow each other only the last is opened, one at a time", async () => {
		const first = chosen.open(settingsOf("base"));
		void chosen.open(settingsOf("nano"));
		void chosen.open(settingsOf("base"));
		await Promise.all([first, chosen.open(settingsOf("nano"))]);
		await eventually(lastIs("ready mote-nano"));
		expect(processes).toHaveLength(1);
		expect(alive).toEqual(["nano"]);
	});

	test("what an earlier wish came to does not change a later one", async () => {
		opens = { ...opens, base: refuses("modelUnusable"), "/models/mine": works("mine") };
		await chosen.open(settingsOf("base"));
		await chosen.open(settingsOf("/models/mine"));
		await eventually(lastIs("ready mine"));
		expect(alive).toEqual(["/models/mine"]);
	});

	test("a restart tries the model again that gave way", async () => {
		opens = { ...opens, base: refuses("modelUnusable") };
		const settings = settingsOf("auto");
		await chosen.open(settings);
		await eventually(lastIs("ready mote-nano fault"));
		opens = { ...opens, base: works("mote-base") };
		await chosen.open(settings);
		await eventually(lastIs("ready mote-base"));
		expect(alive).toEqual(["base"]);
	});

	test("a request that runs while the model is switched ends with a reason, and the next is answered", async () => {
		await chosen.open(settingsOf("base"));
		await eventually(lastIs("ready mote-base"));
		const before = chosen.model?.supervised.engine;
		assert(before !== undefined, "a model is open");
		const interrupted = answerOf(before, { maxNewTokens: 60_000 }).then(
			({ finishReason }) => finishReason as string,
			(error: unknown) => (error instanceof EngineError ? error.code : String(error)),
		);
		await chosen.open(settingsOf("nano"));
		expect(await interrupted).toBe("disposed");
		await eventually(lastIs("ready mote-nano"));
		const after = chosen.model?.supervised.engine;
		assert(after !== undefined, "a model is open");
		expect((await answerOf(after)).finishReason).toBe("length");
	});
});

describe("with models on the disk and engines in processes of their own", () => {
	let child: BundledChild;
	let tiny: TinyModel;
	let folder: TemporaryFolder;
	let chosen: ChosenModel<Settings, SupervisedEngine>;
	let status: EngineStatus;
	let log: string[];

	beforeAll(async () => {
		[child, tiny] = await Promise.all([
			bundleChild("src/engineProcess/child.ts"),
			importTinyModel("int4"),
		]);
	});
	afterAll(async () => {
		await Promise.all([child.remove(), tiny.remove()]);
	});

	const folderOf = (model: BundledModel): string =>
		path.join(folder.path, bundledModelFolders[model]);

	beforeEach(async () => {
		folder = new TemporaryFolder();
		log = [];
		for (const model of ["base", "nano"] as const) {
			await cp(tiny.folder, folderOf(model), { recursive: true });
			const manifest = path.join(folderOf(model), "mote-model.json");
			const text = await readFile(manifest, "utf8");
			await writeFile(manifest, text.replace('"tiny"', `"mote-${model}"`));
		}
	});
	afterEach(async () => {
		await chosen.dispose();
		folder[Symbol.dispose]();
	});

	/** Resolves with how `setting` ended, after a completion where it ended well. */
	async function outcomeOf(setting: string, maxFirstTokenMs?: number): Promise<string> {
		const ended = Promise.withResolvers<undefined>();
		chosen = new ChosenModel({
			memoryBytes: machineBytes,
			logger: recordingLogger(log),
			openModel: async (choice, _settings, follow) => {
				const { source } = choice;
				const modelFolder = source.kind === "folder" ? source.folder : folderOf(source.model);
				await openModel(modelFolder, { verify: "sizes" });
				const isLimited = choice.maxFirstTokenMs !== undefined && maxFirstTokenMs !== undefined;
				return createSupervisedEngine({
					modelFolder,
					...(isLimited && { maxFirstTokenMs }),
					childPath: child.path,
					cacheFolder: path.join(folder.path, "cache"),
					threads: 1,
					logger: recordingLogger([]),
					clock: systemClock,
					onDidChangeState: follow,
				});
			},
			closeModel: (supervised) => supervised.dispose(),
			onDidChangeStatus: (changed) => {
				status = changed;
				if (changed.kind !== "starting") {
					ended.resolve(undefined);
				}
			},
			onDidChangeModel: () => undefined,
		});
		await chosen.open(settingsOf(setting));
		await ended.promise;
		if (chosen.model !== undefined && status.kind === "ready") {
			const answer = await answerOf(chosen.model.engine, { prompt: someTokens(20, 1, 400) });
			expect(answer.finishReason).toBe("length");
		}
		return inShort(status);
	}

	test("the larger one is timed and runs", async () => {
		expect(await outcomeOf("auto", 60_000)).toBe("ready mote-base");
	});

	test("a measured time that is too long is remembered, and the small one runs", async () => {
		expect(await outcomeOf("auto", 0)).toBe("ready mote-nano tooSlow");
		expect(
			await readFile(path.join(folder.path, "cache/first-token-times.json"), "utf8"),
		).toContain('"measured"');
	});

	const damages: Record<string, (base: string) => Promise<void>> = {
		"is not there": (base) => rm(base, { recursive: true }),
		"has no weights": (base) => rm(path.join(base, "weights.bin")),
		"has half of its weights": (base) => truncate(path.join(base, "weights.bin"), 1000),
		"has an altered graph": async (base) => {
			const graph = path.join(base, "model.onnx");
			const bytes = await readFile(graph);
			bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
			await writeFile(graph, bytes);
		},
		"has a manifest of zeros": (base) =>
			writeFile(path.join(base, "mote-model.json"), Buffer.alloc(1000)),
		"has a tokenizer that is none": (base) => writeFile(path.join(base, "tokenizer.json"), "{"),
		"is a file": async (base) => {
			await rm(base, { recursive: true });
			await writeFile(base, "");
		},
		"points to itself": async (base) => {
			await rm(base, { recursive: true });
			await symlink(base, base);
		},
		"has a folder in place of its weights": async (base) => {
			await rm(path.join(base, "weights.bin"));
			await mkdir(path.join(base, "weights.bin"));
		},
	};
	test.each(Object.entries(damages))(
		"where mote-base %s, mote-nano takes over with a sentence",
		async (_, damage) => {
			await damage(folderOf("base"));
			expect(await outcomeOf("auto")).toBe("ready mote-nano fault");
			const last = log.at(-1) ?? "";
			expect(last).toMatch(
				/^warn: mote-nano has taken over, because mote-base can't be used: .*[.]$/,
			);
			expect(last).toContain("again");
		},
	);

	test("where mote-nano was chosen and is missing, mote-base takes over", async () => {
		await rm(folderOf("nano"), { recursive: true });
		expect(await outcomeOf("nano")).toBe("ready mote-base fault");
	});

	test("where neither is whole, the status says what to do", async () => {
		await rm(folderOf("nano"), { recursive: true });
		await truncate(path.join(folderOf("base"), "weights.bin"), 1000);
		expect(await outcomeOf("auto")).toMatch(/^failed: The model file .* install the model again/);
	});
});
