/** What somebody is offered who has nothing that converses. */
import { expect, test } from "vitest";
import type { CatalogFacts, Work } from "../../../src/modelCatalog/catalogFacts.ts";
import { DownloadSpeed } from "../../../src/modelCatalog/downloadSpeed.ts";
import { waysOn } from "../../../src/modelCatalog/waysOn.ts";
import { workSummaries } from "../../../src/modelCatalog/workSummaries.ts";
import {
	catalogFacts,
	installedEntry,
	suggested,
	unfinishedEntry,
} from "../../support/catalogFacts.ts";

const running: Work = {
	kind: "running",
	step: { kind: "downloading", doneBytes: 875e6, totalBytes: 2e9 },
	bytesPerSecond: 5e6,
	isForChat: true,
};
const ollama = {
	name: "Ollama",
	address: "http://127.0.0.1:11434/v1",
	models: ["a", "b", "c"].map((id) => ({ id, contextTokens: undefined })),
};

test.each<readonly [string, Partial<CatalogFacts>, readonly string[]]>([
	["a machine that is large enough", {}, ["Install Talker"]],
	["one that is too small", { memoryBytes: 2 ** 32 }, []],
	["before the disk was measured", { library: undefined }, []],
	[
		"the first of two that fit",
		{ suggestions: [suggested({ chat: false }), suggested({ name: "First" }), suggested()] },
		["Install First"],
	],
	[
		"one beside it that is there much sooner",
		{
			suggestions: [
				suggested({ name: "Large", download: { bytes: 10e9, basis: "computed" } }),
				suggested({ name: "Half", download: { bytes: 5e9, basis: "computed" } }),
				suggested({ name: "Light", download: { bytes: 2e9, basis: "computed" } }),
				suggested({ name: "Lighter", download: { bytes: 1e9, basis: "computed" } }),
			],
		},
		["Install Large", "Install Light"],
	],
	["a server", { servers: [ollama] }, ["Install Talker", "Use a", "Use b"]],
	[
		"a model that is installed",
		{ library: { entries: [installedEntry()], freeDiskBytes: 1e11 } },
		["Use talker"],
	],
	[
		"one that is coming",
		{ works: new Map([["maker--talker", running]]) },
		["Talker is being installed"],
	],
	[
		"one that was begun",
		{ library: { entries: [unfinishedEntry], freeDiskBytes: 1e11 } },
		["Go on installing Talker"],
	],
])("with %s", (_, changes, expected) => {
	expect(waysOn(catalogFacts(changes)).map(({ label }) => label)).toEqual([
		...expected,
		"Name a server…",
		"All models…",
	]);
});

test("a way is the same while it is the same, and says how far it is in parts of a hundred", () => {
	const at = (doneBytes: number) =>
		waysOn(
			catalogFacts({
				works: new Map([
					[
						"maker--talker",
						{ ...running, step: { kind: "downloading", doneBytes, totalBytes: 2e9 } },
					],
				]),
			}),
		)[0];
	expect(at(875e6)).toEqual(at(876e6));
	expect(at(875e6)).toMatchObject({ detail: "Downloads, 43 %", id: at(1e9)?.id });
});

test("a menu has what runs, what was begun and what failed, once each", () => {
	const facts = catalogFacts({
		library: {
			entries: [
				unfinishedEntry,
				{
					...unfinishedEntry,
					kind: "unfinished",
					id: "maker--odd",
					repository: "maker/odd",
					doneBytes: 875e6,
					totalBytes: 2e9,
				},
			],
			freeDiskBytes: 1e11,
		},
		works: new Map<string, Work>([
			["maker--talker", running],
			["import /a/b.gguf", { kind: "failed", sentence: "It is no GGUF file." }],
		]),
	});
	expect(workSummaries(facts).map(({ kind, label }) => `${kind}: ${label}`)).toEqual([
		"working: Talker: 43 %",
		"failed: b.gguf",
		"paused: Resume maker/odd: paused at 43 %",
	]);
});

test("speed is that of the last seconds, and begins anew where a file does", () => {
	const speed = new DownloadSpeed();
	expect(speed.add(0, 0)).toBe(undefined);
	expect(speed.add(500, 500)).toBe(undefined);
	expect(speed.add(2_000, 1_000)).toBe(2_000);
	for (let atMs = 2_000; atMs <= 20_000; atMs += 1_000) {
		speed.add(2_000 + (atMs - 1_000) * 5, atMs);
	}
	expect(speed.add(2_000 + 20_000 * 5, 21_000)).toBe(5_000);
	expect(speed.add(10, 22_000)).toBe(undefined);
	expect(speed.add(10, 32_000)).toBe(0);
});
