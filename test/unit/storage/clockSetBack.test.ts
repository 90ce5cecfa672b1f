/** A calendar that is set back, by hand, by a battery that is empty or by a journey, takes nothing from what is counted and kept. */
import { expect, test } from "vitest";
import { emptyConversation } from "../../../src/chat/conversations/conversation.ts";
import { ConversationStore } from "../../../src/chat/conversations/conversationStore.ts";
import { StatisticsStore } from "../../../src/statistics/statisticsStore.ts";
import { statisticsView } from "../../../src/statistics/statisticsView.ts";
import type { Day } from "../../../src/statistics/days.ts";
import { FakeClock } from "../../support/fakeClock.ts";
import { recordingLogger } from "../../support/recordingLogger.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

test("what was counted before stays, and what is counted after belongs to the day that the calendar says", async () => {
	using folder = new TemporaryFolder();
	const log: string[] = [];
	let today: Day = "2026-11-28";
	const store = new StatisticsStore({
		...{ folder: folder.path, clock: new FakeClock(), logger: recordingLogger(log) },
		today: () => today,
		epochMs: Date.now,
	});
	const shown = { languageId: "python", counts: { shown: 1 } };
	store.count(today, shown);
	await store.flush();
	today = "2026-11-26";
	store.count(today, shown);
	await store.flush();
	today = "2026-11-28";
	store.count(today, shown);
	await store.flush();
	const days = [...(await store.read())].map(([day, languages]) => [
		day,
		languages.get("python")?.counts.shown,
	]);
	expect(days).toEqual([
		["2026-11-26", 1],
		["2026-11-28", 2],
	]);
	expect(log).toEqual([]);
});

test("days of the future that a wrong calendar has counted in show on no page before they come", async () => {
	using folder = new TemporaryFolder();
	const store = new StatisticsStore({
		...{ folder: folder.path, clock: new FakeClock(), logger: recordingLogger([]) },
		today: () => "2026-11-28",
		epochMs: Date.now,
	});
	store.count("2031-01-01", { languageId: "python", counts: { shown: 5 } });
	store.count("2026-11-28", { languageId: "python", counts: { shown: 1 } });
	await store.flush();
	const shownOn = (today: Day): number =>
		statisticsView(statistics, today, 30).days.reduce((sum, { shown }) => sum + shown, 0);
	const statistics = await store.read();
	expect([shownOn("2026-11-28"), shownOn("2031-01-02")]).toEqual([1, 5]);
});

test("the conversation that is being written is kept, however far the calendar was set back", async () => {
	using folder = new TemporaryFolder();
	const limits = { conversations: 2, conversationBytes: 1e6, totalBytes: 1e7 };
	const open = (): Promise<ConversationStore> =>
		ConversationStore.open({
			...{ folder: folder.path, clock: new FakeClock(), logger: recordingLogger([]), limits },
		});
	const store = await open();
	store.put(emptyConversation("old", 2_000_000));
	store.put(emptyConversation("other", 2_000_001));
	// Years earlier by the calendar, and the newest there is.
	store.put(emptyConversation("now", 1_000));
	await store.dispose();
	expect((await open()).summaries().map(({ id }) => id)).toContain("now");
});
