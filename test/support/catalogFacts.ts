import type { CatalogFacts } from "../../src/modelCatalog/catalogFacts.ts";
import type { Suggestion } from "../../src/modelLibrary/suggestions.ts";
import type { CatalogEntry } from "../../src/modelProcess/protocol.ts";

/** A model that converses and doesn't fill in the middle, of a billion parameters. */
export function suggested(changes: Partial<Suggestion> = {}): Suggestion {
	return {
		id: "talker",
		name: "Talker",
		repository: "maker/talker",
		architecture: "qwen2",
		layout: "checkpoint",
		parameters: { totalBillions: 1, activeBillions: 1 },
		download: { bytes: 2e9, basis: "computed" },
		license: "MIT",
		contextTokens: 32_768,
		fim: null,
		chat: true,
		source: { from: "Its card.", date: "2026-11-01" },
		verified: null,
		...changes,
	};
}

export function installedEntry(
	changes: Partial<Extract<CatalogEntry, { kind: "installed" }>> = {},
): CatalogEntry {
	return {
		kind: "installed",
		id: "maker--talker",
		folder: "/models/maker--talker",
		name: "talker",
		license: "MIT",
		contextTokens: 32_768,
		fillsIn: false,
		converses: true,
		bytes: 7e8,
		...changes,
	};
}

export const unfinishedEntry: CatalogEntry = {
	kind: "unfinished",
	id: "maker--talker",
	repository: "maker/talker",
	doneBytes: 875e6,
	totalBytes: 2e9,
};

/** A machine of 16 GiB with an empty library, nothing that converses, and mote-base for completions. */
export function catalogFacts(changes: Partial<CatalogFacts> = {}): CatalogFacts {
	return {
		suggestions: [suggested()],
		importable: new Set(["qwen2"]),
		library: { entries: [], freeDiskBytes: 100e9 },
		works: new Map(),
		cuda: { hasDriver: false, runtime: { kind: "absent" } },
		folders: [
			{
				folder: "/mote/models/mote-base",
				name: "mote-base",
				license: "MIT",
				contextTokens: 4096,
				fillsIn: true,
				converses: false,
				bytes: 6e7,
				isBundled: true,
			},
		],
		servers: [],
		offersServers: true,
		memoryBytes: 2 ** 34,
		use: {
			completionFolder: "/mote/models/mote-base",
			chatFolder: undefined,
			server: undefined,
			chatName: undefined,
			completionName: "mote-base",
		},
		...changes,
	};
}
