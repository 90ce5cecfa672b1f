/** Everything that Mote keeps on the disk, at places that people have: any name of a folder, and folders that can't be written. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Logger } from "../../../src/base/log.ts";
import { NgramIndex } from "../../../src/adaptation/ngramIndex.ts";
import { loadNgramIndex, saveNgramIndex } from "../../../src/adaptation/ngramIndexStore.ts";
import { emptyConversation } from "../../../src/chat/conversations/conversation.ts";
import { ConversationStore } from "../../../src/chat/conversations/conversationStore.ts";
import { graphChoices } from "../../../src/engine/ort/graphChoice.ts";
import { RememberedMeasurements } from "../../../src/engine/rememberedMeasurements.ts";
import { SavedPrefixes } from "../../../src/engine/snapshots/savedPrefixes.ts";
import { StatisticsStore } from "../../../src/statistics/statisticsStore.ts";
import { someTokens } from "../../support/engineRequests.ts";
import { FakeBackend } from "../../support/fakeBackend.ts";
import { FakeClock } from "../../support/fakeClock.ts";
import { openIndex } from "../../support/indexedFolder.ts";
import { recordingLogger } from "../../support/recordingLogger.ts";
import { contentOf, filledCache, snapshotModelOf } from "../../support/snapshotFolder.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

interface Kept {
	/** Keeps something in a folder that isn't there yet. */
	readonly keep: (folder: string, logger: Logger) => Promise<void>;
	/** Whether another process finds it there. */
	readonly isFound: (folder: string, logger: Logger) => Promise<boolean>;
}

const signal = new AbortController().signal;
const day = "2026-11-28";
const backend = new FakeBackend();
const prefix = someTokens(80);
const ngrams = { vocabulary: "test", vocabularySize: 100, maxBytes: 10_000_000 };
const measuredOn = { processor: "p", runtime: "1", threads: 2, weights: "0a".repeat(32) };

function statisticsIn(folder: string, logger: Logger): StatisticsStore {
	const clock = new FakeClock();
	return new StatisticsStore({ folder, clock, logger, today: () => day, epochMs: Date.now });
}

/** The repository is at an ordinary place; what is asked for is where its index is kept. */
async function withIndexIn<T>(
	storageFolder: string,
	logger: Logger,
	use: (index: Awaited<ReturnType<typeof openIndex>>) => Promise<T>,
): Promise<T> {
	using repository = new TemporaryFolder({ "a.ts": "export const kept = 1;\n" });
	await using index = await openIndex(repository.path, { storageFolder, logger });
	return await use(index);
}

const stores: Readonly<Record<string, Kept>> = {
	"the index of a repository": {
		keep: (folder, logger) =>
			withIndexIn(folder, logger, async (index) => {
				await index.scan(signal);
				expect(index.files()).toHaveLength(1);
			}),
		isFound: (folder, logger) =>
			withIndexIn(folder, logger, (index) => Promise.resolve(index.files().length === 1)),
	},
	statistics: {
		keep: async (folder, logger) => {
			const store = statisticsIn(folder, logger);
			store.count(day, { languageId: "python", counts: { shown: 1 } });
			await store.dispose();
			expect((await store.read()).size).toBe(1);
		},
		isFound: async (folder, logger) => (await statisticsIn(folder, logger).read()).size === 1,
	},
	conversations: {
		keep: async (folder, logger) => {
			const store = await ConversationStore.open({ folder, clock: new FakeClock(), logger });
			store.put(emptyConversation("a", 1));
			await store.dispose();
			expect(store.get("a")).toBeDefined();
		},
		isFound: async (folder, logger) => {
			const store = await ConversationStore.open({ folder, clock: new FakeClock(), logger });
			return store.get("a") !== undefined;
		},
	},
	"what a model has read": {
		keep: async (folder, logger) => {
			const saved = await SavedPrefixes.open({ folder, logger, model: snapshotModelOf(backend) });
			const kv = await filledCache(backend, prefix);
			await saved?.save(contentOf(kv, prefix), () => true);
		},
		isFound: async (folder, logger) => {
			const saved = await SavedPrefixes.open({ folder, logger, model: snapshotModelOf(backend) });
			const [first] = saved?.all ?? [];
			const kv = backend.createKvCache(prefix.length);
			return first !== undefined && (await saved?.load(first, kv)) !== undefined;
		},
	},
	"what was measured on this machine": {
		keep: async (folder, logger) => {
			const choices = new RememberedMeasurements(folder, graphChoices, logger);
			await choices.remember(measuredOn, { graph: "qmoe", timesAsFast: 2 });
		},
		isFound: async (folder, logger) => {
			const choices = new RememberedMeasurements(folder, graphChoices, logger);
			return (await choices.find(measuredOn)) !== undefined;
		},
	},
};

/** As users' names and folders go: spaces, quotes, what URLs and shells mean something by, and what takes four bytes. */
const places = [
	"with spaces/and more",
	"Jörg's \u{1F980} 文件夹/\u{10348}\u{1D4DC} %20 #1",
	"a;b&c/$(d) `e` ?f=[g]*",
];

describe.each(places)("in the folder %j", (place) => {
	test.each(Object.entries(stores))("%s is kept, and found again", async (_, store) => {
		using folder = new TemporaryFolder();
		const log: string[] = [];
		const logger = recordingLogger(log);
		// Without the characters that Windows has for no file.
		const allowed = process.platform === "win32" ? place.replaceAll(/[?*]/g, "") : place;
		const storage = path.join(folder.path, allowed);
		expect(await store.isFound(storage, recordingLogger([]))).toBe(false);
		await store.keep(storage, logger);
		expect(await store.isFound(storage, logger)).toBe(true);
		expect(log).toEqual([]);
	});

	test("what was learned of a repository is kept, and found again", async () => {
		using folder = new TemporaryFolder({ [`${place.replaceAll(/[?*]/g, "")}/x`]: "" });
		const file = path.join(folder.path, place.replaceAll(/[?*]/g, ""), "learned.ngrams");
		const index = new NgramIndex(ngrams);
		index.putFile("a.ts", [1, 2, 3], "stamp");
		await saveNgramIndex(file, index, ngrams.vocabulary);
		const loaded = await loadNgramIndex(file, ngrams);
		expect(loaded.kind === "opened" && loaded.index.stampOf("a.ts")).toBe("stamp");
	});
});

describe("where nothing can be written", () => {
	test.each(Object.entries(stores))(
		"%s is done without, and a sentence says so",
		async (_, store) => {
			using folder = new TemporaryFolder();
			// Whoever runs tests as an administrator may write into any folder, but into no file as if it were one.
			const obstacle = path.join(folder.path, "obstacle");
			writeFileSync(obstacle, "");
			const log: string[] = [];
			await store.keep(path.join(obstacle, "storage"), recordingLogger(log));
			expect(log.length).toBeGreaterThan(0);
			for (const line of log) {
				expect(line).toMatch(/^warn: [A-Z][^\n]*(?:\.|\))$|^warn: [A-Z][^\n]*E[A-Z]+[^\n]*$/);
				expect(line).toMatch(/can't|not saved|not kept|isn't kept/);
			}
			expect(await store.isFound(path.join(obstacle, "storage"), recordingLogger([]))).toBe(false);
		},
	);
});
