/** What each model's row says, and what can be done with it. */
import { expect, test } from "vitest";
import {
	cudaKey,
	importKey,
	type CatalogFacts,
	type Work,
} from "../../../src/modelCatalog/catalogFacts.ts";
import { catalogView } from "../../../src/modelCatalog/catalogView.ts";
import { serverRowId, targetOf } from "../../../src/modelCatalog/catalogRows.ts";
import type { RowView } from "../../../src/modelCatalog/messages.ts";
import {
	catalogFacts,
	installedEntry,
	suggested,
	unfinishedEntry,
} from "../../support/catalogFacts.ts";

function rows(changes: Partial<CatalogFacts>): readonly RowView[] {
	return catalogView(catalogFacts(changes)).groups.flatMap((group) => group.rows);
}

/** The row of a model in a line: badges, what it is doing, its buttons. */
function inWords({ badges, state, actions }: RowView): string {
	const doing = state.kind === "still" ? "" : state.kind === "failed" ? state.sentence : state.text;
	return [badges.join("+"), doing, actions.map(({ action }) => action).join(" ")].join(" | ");
}

function check(changes: Partial<CatalogFacts>, rowId: string, expected: string): void {
	const row = rows(changes).find(({ id }) => id === rowId);
	expect(row && inWords(row)).toBe(expected);
}

const library = (...entries: NonNullable<CatalogFacts["library"]>["entries"][number][]) => ({
	library: { entries, freeDiskBytes: 100e9 },
});
const working = (step: Extract<Work, { kind: "running" }>["step"], bytesPerSecond?: number) => ({
	works: new Map<string, Work>([
		["maker--talker", { kind: "running", step, bytesPerSecond, isForChat: false }],
	]),
});
const model = "model maker--talker";
const use = catalogFacts().use;

test.each<readonly [string, Partial<CatalogFacts>, string, string]>([
	["a suggestion that fits", {}, model, " |  | install openSource"],
	["one that is too large for the memory", { memoryBytes: 2 ** 32 }, model, " |  | openSource"],
	["one before the disk was measured", { library: undefined }, model, " |  | openSource"],
	[
		"one that waits",
		working({ kind: "waiting" }),
		model,
		" | Waits until what was asked for before is done. | pause",
	],
	[
		"one that comes, without a speed yet",
		working({ kind: "downloading", doneBytes: 5e8, totalBytes: 2e9 }),
		model,
		" | Downloads and checks: 500 MB of 2 GB. | pause",
	],
	[
		"one that comes at 5 MB a second",
		working({ kind: "downloading", doneBytes: 5e8, totalBytes: 2e9 }, 5e6),
		model,
		" | Downloads and checks: 500 MB of 2 GB, 5 MB a second, 5 minutes left. | pause",
	],
	[
		"one that is converted",
		{ ...library(unfinishedEntry), ...working({ kind: "converting", fraction: 0.999 }) },
		model,
		" | Downloaded and checked. Converts: 99 %. | pause",
	],
	[
		"one that failed before anything came",
		{ works: new Map([["maker--talker", { kind: "failed", sentence: "It is offline." }]]) },
		model,
		" | It is offline. | install openSource",
	],
	[
		"a paused one",
		library(unfinishedEntry),
		model,
		" | Paused at 43 %: 875 MB of 2 GB are here. | resume remove",
	],
	[
		"a paused one that failed",
		{
			...library(unfinishedEntry),
			works: new Map([["maker--talker", { kind: "failed", sentence: "It is offline." }]]),
		},
		model,
		" | It is offline. | resume remove",
	],
	["an installed one", library(installedEntry()), model, " |  | useForChat remove"],
	[
		"the one that answers in the chat",
		{ ...library(installedEntry()), use: { ...use, chatFolder: "/models/maker--talker" } },
		model,
		"chat |  | remove",
	],
	[
		"one that is chosen, while a server answers",
		{
			...library(installedEntry()),
			use: {
				...use,
				chatFolder: "/models/maker--talker",
				server: { address: "a", model: "m", useForChat: true, useForCompletions: false },
			},
		},
		model,
		" |  | useForChat remove",
	],
	[
		"one that does both",
		library(installedEntry({ fillsIn: true })),
		model,
		" |  | useForChat useForCompletions remove",
	],
	[
		"one that only completes",
		library(installedEntry({ fillsIn: true, converses: false })),
		model,
		" |  | useForCompletions remove",
	],
	[
		"one that can't be used",
		library({ kind: "unusable", id: "maker--talker", problem: "It is broken.", bytes: 1 }),
		model,
		" | It is broken. | install remove",
	],
	["the bundled one", {}, "folder /mote/models/mote-base", "completions |  | "],
	[
		"the bundled one while another completes",
		{ use: { ...use, completionFolder: "/else" } },
		"folder /mote/models/mote-base",
		" |  | useForCompletions",
	],
	[
		"a file that is imported",
		{
			works: new Map([
				[
					importKey("/a/b.gguf"),
					{
						kind: "running",
						step: { kind: "converting", fraction: 0.5 },
						bytesPerSecond: undefined,
						isForChat: true,
					},
				],
			]),
		},
		importKey("/a/b.gguf"),
		"for the chat | Downloaded and checked. Converts: 50 %. | pause",
	],
	[
		"a model of a server that runs here",
		{
			servers: [
				{
					name: "Ollama",
					address: "http://127.0.0.1:11434/v1",
					models: [{ id: "qwen:7b", contextTokens: undefined }],
				},
			],
		},
		serverRowId("http://127.0.0.1:11434/v1", "qwen:7b"),
		" |  | useForChat useForCompletions",
	],
	[
		"that of the server that was named",
		{
			use: {
				...use,
				server: { address: "a", model: "m", useForChat: true, useForCompletions: false },
			},
		},
		serverRowId("a", "m"),
		"chat |  | useForCompletions disconnect",
	],
])("%s", (_, changes, rowId, expected) => {
	check(changes, rowId, expected);
});

test("a row tells size, licence, context, abilities, source and date, and why it fits", () => {
	const row = rows({}).find(({ id }) => id === model);
	expect(row?.summary).toBe("Converses · about 2 GB · MIT");
	expect(row?.fit).toEqual({
		kind: "fits",
		sentence:
			"It fits: it needs 5.3 GB of memory beside an editor, and 2.7 GB on the disk while it is installed, 700 MB after that.",
	});
	expect(Object.fromEntries(row?.details.map(({ label, text }) => [label, text]) ?? [])).toEqual({
		Chat: "It can converse",
		Completions: "It wasn't trained to fill in the middle",
		Parameters: "1 billion",
		Download: "About 2 GB",
		Context: "32,768 tokens",
		Licence: "MIT",
		"On the hub": "maker/talker",
		"Facts from": "Its card. 2026-11-01",
		"Tried with Mote": "Not yet",
	});
});

test.each([
	["memory", { memoryBytes: 2 ** 32 }, /needs 5.3 GB of memory .* this machine has 4.3 GB/],
	[
		"disk",
		{ library: { entries: [], freeDiskBytes: 1e9 } },
		/needs 3.8 GB on the disk .* 1 GB are free/,
	],
	["type", { importable: new Set<string>() }, /doesn't import the type "qwen2"/],
])("what doesn't fit says why, in numbers: %s", (_, changes, sentence) => {
	const row = rows(changes).find(({ id }) => id === model);
	expect(row?.fit.kind).toBe("doesNotFit");
	expect(row?.fit.sentence).toMatch(sentence);
});

test("what can be installed stands in front of what can't, and what is here isn't suggested", () => {
	const large = suggested({
		repository: "maker/large",
		name: "Large",
		download: { bytes: 200e9, basis: "published" },
	});
	const suggestions = [large, suggested()];
	expect(rows({ suggestions }).map(({ name }) => name)).toEqual(["mote-base", "Talker", "Large"]);
	expect(rows({ suggestions, ...library(installedEntry()) }).map(({ name }) => name)).toEqual([
		"talker",
		"mote-base",
		"Large",
	]);
});

test.each([
	[{ servers: undefined }, /^Looks for Ollama/],
	[{ servers: [] }, /^Neither Ollama/],
	[{ offersServers: false }, /isn't looked at/],
])("no server is told apart from none looked for: %#", (changes, text) => {
	const { groups } = catalogView(catalogFacts(changes));
	expect(groups.at(-1)?.emptyText).toMatch(text);
});

test("a row's id tells what it is about, whatever is in a name", () => {
	expect(targetOf("folder /a b/c d")).toEqual({ kind: "folder", folder: "/a b/c d" });
	expect(targetOf(serverRowId("http://a/v1", "a model"))).toEqual({
		kind: "server",
		address: "http://a/v1",
		model: "a model",
	});
	expect(targetOf(importKey("/a b"))).toEqual({ kind: "import", path: "/a b" });
	expect(targetOf("nonsense")).toBe(undefined);
});

test("a graphics card is spoken of with the setting that lets it run models, which is off by default", () => {
	expect(catalogView(catalogFacts()).machine).toContain("only where “mote.engine.gpu” says so");
});

const cuda = (
	runtime: CatalogFacts["cuda"]["runtime"],
	hasDriver = true,
): Partial<CatalogFacts> => ({
	cuda: { hasDriver, runtime },
});
const onCuda = (work: Work): Pick<CatalogFacts, "works"> => ({ works: new Map([[cudaKey, work]]) });
const runningOnCuda = (step: Extract<Work, { kind: "running" }>["step"]): Partial<CatalogFacts> =>
	onCuda({ kind: "running", step, bytesPerSecond: undefined, isForChat: false });
const begun = { kind: "unfinished", doneBytes: 100e6, totalBytes: 290e6 } as const;
const here = { kind: "installed", folder: "/runtimes/cuda", bytes: 274e6 } as const;

test.each<readonly [string, Partial<CatalogFacts>, string]>([
	["one that could be installed", cuda({ kind: "absent" }), " |  | install"],
	[
		"one before the disk was measured",
		{ ...cuda({ kind: "absent" }), library: undefined },
		" |  | ",
	],
	[
		"one that comes",
		{
			...cuda({ kind: "absent" }),
			...runningOnCuda({ kind: "downloading", doneBytes: 29e6, totalBytes: 290e6 }),
		},
		" | Downloads and checks: 29 MB of 290 MB. | pause",
	],
	[
		"one that is unpacked",
		{ ...cuda(begun), ...runningOnCuda({ kind: "unpacking", fraction: 0.999 }) },
		" | Downloaded and checked. Unpacks: 99 %. | pause",
	],
	["a paused one", cuda(begun), " | Paused at 34 %: 100 MB of 290 MB are here. | resume remove"],
	[
		"one that was paused while it was unpacked",
		cuda({ ...begun, doneBytes: 290e6 }),
		" | Downloaded and checked; not unpacked yet. | resume remove",
	],
	[
		"one that failed",
		{ ...cuda(begun), ...onCuda({ kind: "failed", sentence: "It is offline." }) },
		" | It is offline. | resume remove",
	],
	[
		"one that failed before anything came",
		{ ...cuda({ kind: "absent" }), ...onCuda({ kind: "failed", sentence: "It is offline." }) },
		" | It is offline. | install",
	],
	["an installed one", cuda(here), " |  | remove"],
	["an installed one without its driver", cuda(here, false), " |  | remove"],
	[
		"one that was begun, without its driver",
		cuda(begun, false),
		" | Paused at 34 %: 100 MB of 290 MB are here. | resume remove",
	],
])("the runtime of CUDA, %s", (_, changes, expected) => {
	check(changes, cudaKey, expected);
});

test("where no driver for CUDA is, nor anything of its runtime, nobody hears of it", () => {
	const { groups } = catalogView(catalogFacts());
	expect(groups.map(({ title }) => title)).toEqual(["On this machine", "Suggestions", "Servers"]);
	expect(rows({}).map(({ id }) => id)).not.toContain(cudaKey);
});

test("the runtime of CUDA tells size, licence, what else it needs, and that nobody has tried it", () => {
	const { groups } = catalogView(catalogFacts(cuda({ kind: "absent" })));
	const group = groups.find(({ title }) => title === "Graphics cards");
	const [row] = group?.rows ?? [];
	expect([row?.name, row?.summary]).toEqual([
		"CUDA for NVIDIA graphics cards",
		"290.9 MB to download · MIT",
	]);
	expect(row?.fit).toEqual({
		kind: "fits",
		sentence: "It fits: it needs 565.4 MB on the disk while it is installed, 274.5 MB after that.",
	});
	const details = Object.fromEntries(row?.details.map(({ label, text }) => [label, text]) ?? []);
	expect(details).toMatchObject({ Download: "290.9 MB", Licence: "MIT" });
	expect(details["Also needed"]).toMatch(/NVIDIA.*driver.*CUDA 13.*cuBLAS, cuRAND, cuFFT.*cuDNN 9/);
	expect(details["Tried with Mote"]).toBe("Not on a graphics card yet");
});

test("the runtime of CUDA isn't offered where the disk has no room for it, and says so in numbers", () => {
	const library = { entries: [], freeDiskBytes: 1e9 };
	const row = rows({ ...cuda({ kind: "absent" }), library }).find(({ id }) => id === cudaKey);
	expect([row?.fit.kind, row?.actions]).toEqual(["doesNotFit", []]);
	expect(row?.fit.sentence).toMatch(
		/^CUDA for NVIDIA graphics cards needs 1[.]6 GB on the disk while it is installed, and 1 GB are free/,
	);
	expect(targetOf(cudaKey)).toEqual({ kind: "runtime" });
	expect(targetOf("runtime other")).toBe(undefined);
});
