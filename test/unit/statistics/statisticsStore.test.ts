import { chmod, readFile, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import type { StatisticsEvent } from "../../../src/statistics/statistics.ts";
import { StatisticsStore } from "../../../src/statistics/statisticsStore.ts";
import { FakeClock } from "../../support/fakeClock.ts";
import { recordingLogger } from "../../support/recordingLogger.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

const today = "2026-11-27";
const one: StatisticsEvent = { languageId: "typescript", counts: { shown: 1 }, latencyMs: 20 };

class Window {
	readonly clock = new FakeClock();
	readonly log: string[] = [];
	readonly store: StatisticsStore;

	constructor(folder: string) {
		this.store = new StatisticsStore({
			...{ folder, clock: this.clock, logger: recordingLogger(this.log) },
			today: () => today,
			epochMs: Date.now,
		});
	}

	async shown(): Promise<number | undefined> {
		return (await this.store.read()).get(today)?.get("typescript")?.counts.shown;
	}
}

test("nothing is read or written before there is something to count", async () => {
	using folder = new TemporaryFolder();
	const { store, clock } = new Window(folder.path);
	await clock.advance(60_000);
	await store.dispose();
	expect(folder.list()).toEqual([]);
});

test("a burst is written once, some seconds later, and can be read before", async () => {
	using folder = new TemporaryFolder();
	const window = new Window(folder.path);
	for (let at = 0; at < 100; at++) {
		window.store.count(today, one);
	}
	expect([window.clock.sleepers, await window.shown(), folder.list()]).toEqual([1, 100, []]);
	await window.clock.advance(5000);
	await window.store.flush();
	expect([folder.list(), await window.shown()]).toEqual([["statistics.json"], 100]);
});

test("what a window has counted is written when it ends, and the next window goes on from it", async () => {
	using folder = new TemporaryFolder();
	const first = new Window(folder.path);
	first.store.count(today, one);
	await first.store.dispose();
	const second = new Window(folder.path);
	second.store.count(today, one);
	expect(await second.shown()).toBe(2);
});

test("windows that write side by side take nothing from each other", async () => {
	using folder = new TemporaryFolder();
	const windows = Array.from({ length: 5 }, () => new Window(folder.path));
	for (let round = 0; round < 10; round++) {
		for (const { store } of windows) {
			store.count(today, one);
		}
		await Promise.all(windows.map(({ store }) => store.flush()));
	}
	// Who found the lock taken has kept what it counted.
	for (const { store } of windows) {
		await store.flush();
	}
	expect(await new Window(folder.path).shown()).toBe(50);
	expect(folder.list()).toEqual(["statistics.json"]);
});

test("a lock that somebody left behind is taken over, one that is new is respected", async () => {
	using folder = new TemporaryFolder({ "statistics.json.lock": "1" });
	const window = new Window(folder.path);
	window.store.count(today, one);
	await window.store.flush();
	expect(folder.list()).toEqual(["statistics.json.lock"]);
	// The calendar was set back since: it seems to be of the future.
	await utimes(path.join(folder.path, "statistics.json.lock"), 4e9, 4e9);
	await window.store.flush();
	expect([folder.list(), await window.shown()]).toEqual([["statistics.json"], 1]);
});

test("a damaged file is set aside, and counting goes on with what is whole in it", async () => {
	using folder = new TemporaryFolder({ "statistics.json": '{"version":1,"days":{"2026' });
	const window = new Window(folder.path);
	expect(await window.shown()).toBeUndefined();
	window.store.count(today, one);
	await window.store.flush();
	expect(await window.shown()).toBe(1);
	expect(folder.list()).toEqual(["statistics.damaged.json", "statistics.json"]);
	expect(window.log.join("\n")).toMatch(/is not JSON; what can be read of it stays/);
});

test("where nothing can be written it is said once, and what was counted stays in memory", async () => {
	using folder = new TemporaryFolder({ blocked: "a file where a folder should be" });
	const window = new Window(path.join(folder.path, "blocked"));
	for (let at = 0; at < 3; at++) {
		window.store.count(today, one);
		await window.store.flush();
	}
	expect(await window.shown()).toBe(3);
	const said = window.log.filter((line) => line.includes("can't be written"));
	expect(said.length).toBe(1);
});

test("deleting leaves nothing of it, on the disk or in memory", async () => {
	using folder = new TemporaryFolder({ "statistics.damaged.json": "x" });
	const window = new Window(folder.path);
	window.store.count(today, one);
	await window.store.flush();
	window.store.count(today, one);
	await window.store.clear();
	await window.store.dispose();
	expect([folder.list(), await window.shown()]).toEqual([[], undefined]);
});

test("a file that is not ours by its size isn't read into memory", async () => {
	using folder = new TemporaryFolder();
	const file = path.join(folder.path, "statistics.json");
	await writeFile(file, " ".repeat(5 * 1024 * 1024));
	await chmod(file, 0o600);
	expect(await new Window(folder.path).shown()).toBeUndefined();
	expect((await stat(file)).size).toBe(5 * 1024 * 1024);
	expect((await readFile(file, "utf8")).length).toBeGreaterThan(0);
});
