import { expect, test } from "vitest";
import { keysOf } from "../../../src/completion/keys.ts";
import { GhostWatch, type Ghost } from "../../../src/statistics/ghostWatch.ts";
import type { StatisticsEvent } from "../../../src/statistics/statistics.ts";
import { FakeClock } from "../../support/fakeClock.ts";

const document = "file:///a.ts";

class Bench {
	readonly clock = new FakeClock();
	readonly events: (readonly [string, StatisticsEvent["counts"]])[] = [];
	day = "2026-11-27";
	readonly watch = new GhostWatch({
		clock: this.clock,
		today: () => this.day,
		keysOf: (text) => keysOf(text).length,
		count: (day, { counts }) => this.events.push([day, counts]),
	});

	show(offset: number, text: string): Ghost {
		const ghost = { document, languageId: "typescript", offset, text };
		this.watch.shown(ghost, 20);
		return ghost;
	}

	type(offset: number, text: string, deletedLength = 0): void {
		this.watch.changed(document, [{ offset, deletedLength, text }]);
	}

	/** What was counted since the last time. */
	counted(): readonly StatisticsEvent["counts"][] {
		return this.events.splice(0).map(([, counts]) => counts);
	}
}

test("a suggestion that somebody types along counts once", () => {
	const bench = new Bench();
	bench.show(10, "total + 1;");
	bench.type(10, "t");
	bench.show(11, "otal + 1;");
	bench.type(11, "o");
	bench.show(12, "tal + 1;");
	expect(bench.counted()).toEqual([{ shown: 1 }]);
	bench.type(12, "x");
	bench.show(13, "imum;");
	expect(bench.counted()).toEqual([{ shown: 1 }]);
});

test("brackets and quotes that the editor closes, and closers typed over, are typed along too", () => {
	const bench = new Bench();
	bench.show(10, 'log("a");');
	bench.type(10, "l");
	bench.type(11, "o");
	bench.type(12, "g");
	bench.type(13, "()");
	bench.show(14, '"a");');
	bench.type(14, '""');
	bench.show(15, 'a");');
	bench.type(15, "a");
	bench.type(16, '"', 1);
	bench.show(17, ");");
	bench.type(17, ")", 1);
	bench.show(18, ";");
	expect(bench.counted()).toEqual([{ shown: 1 }]);
	// A part of a word with a closer behind it is no pair: it was taken.
	bench.show(18, "x) + 1;");
	bench.type(18, "x)");
	expect(bench.counted()).toEqual([{ shown: 1 }, { partlyAccepted: 1, savedKeys: 1 }]);
	bench.show(18, ";");
	bench.counted();
	bench.type(18, "]", 1);
	bench.show(19, ";");
	expect(bench.counted()).toEqual([{ shown: 1 }]);
});

test("taken whole, it saves its keys but one, and is looked for after a minute", async () => {
	const bench = new Bench();
	const ghost = bench.show(10, "total + 1;");
	bench.type(10, "total + 1;");
	bench.watch.accepted(ghost);
	expect(bench.counted()).toEqual([{ shown: 1 }, { accepted: 1, savedKeys: 9 }]);
	await bench.clock.advance(59_999);
	expect(bench.counted()).toEqual([]);
	await bench.clock.advance(1);
	expect(bench.counted()).toEqual([{ checked: 1, kept: 1 }]);
	expect([bench.watch.isWatching, bench.clock.sleepers]).toEqual([false, 0]);
});

test("what was typed of it before it was taken isn't saved", () => {
	const bench = new Bench();
	const ghost = bench.show(10, "total;");
	bench.type(10, "t");
	bench.type(11, "otal;");
	bench.watch.accepted(ghost);
	expect(bench.counted()).toEqual([{ shown: 1 }, { accepted: 1, savedKeys: 4 }]);
});

test("words that are taken count as one suggestion in part, and each saves its keys", () => {
	const bench = new Bench();
	bench.show(10, "const total = 1;");
	bench.type(10, "const");
	bench.type(15, " total");
	bench.show(21, " = 1;");
	expect(bench.counted()).toEqual([
		{ shown: 1 },
		{ partlyAccepted: 1, savedKeys: 4 },
		{ savedKeys: 5 },
	]);
});

test("one that was begun by words and then taken counts as taken in part, once", () => {
	const bench = new Bench();
	bench.show(10, "const total = 1;");
	bench.type(10, "const");
	const rest = bench.show(15, " total = 1;");
	bench.type(15, " total = 1;");
	bench.watch.accepted(rest);
	expect(bench.counted()).toEqual([
		{ shown: 1 },
		{ partlyAccepted: 1, savedKeys: 4 },
		{ savedKeys: 10 },
	]);
});

test("typing, brackets that the editor closes, and other text take nothing", () => {
	const bench = new Bench();
	bench.show(10, "(){ return 1; }");
	bench.type(10, "()");
	bench.show(20, "abc");
	bench.type(20, "a");
	bench.type(21, "b");
	bench.type(22, "c");
	bench.show(30, "def");
	bench.type(30, "other words");
	expect(bench.counted()).toEqual([{ shown: 1 }, { shown: 1 }, { shown: 1 }]);
});

test("what was undone within the minute isn't kept, what was changed a little is", async () => {
	const bench = new Bench();
	bench.watch.accepted(bench.show(10, "total + 1;"));
	bench.watch.accepted(bench.show(100, "other + 22;"));
	bench.counted();
	// The later place first: what is deleted moves what follows.
	bench.type(108, "3", 2);
	bench.type(10, "", 10);
	await bench.clock.advance(60_000);
	expect(bench.counted()).toEqual([
		{ checked: 1, kept: 0 },
		{ checked: 1, kept: 1 },
	]);
});

test("it counts for the day on which it was taken", async () => {
	const bench = new Bench();
	bench.watch.accepted(bench.show(10, "total + 1;"));
	bench.events.splice(0);
	bench.day = "2026-11-28";
	await bench.clock.advance(60_000);
	expect(bench.events).toEqual([["2026-11-27", { checked: 1, kept: 1 }]]);
});

test("of a document that is closed nothing is said", async () => {
	const bench = new Bench();
	bench.watch.accepted(bench.show(10, "total + 1;"));
	bench.show(20, "more");
	bench.counted();
	bench.watch.closed(document);
	expect(bench.watch.isWatching).toBe(false);
	await bench.clock.advance(60_000);
	expect(bench.counted()).toEqual([]);
});

test("the end of a window leaves no timer behind", async () => {
	const bench = new Bench();
	bench.watch.accepted(bench.show(10, "total + 1;"));
	bench.counted();
	bench.watch.dispose();
	await bench.clock.advance(60_000);
	expect([bench.counted(), bench.clock.sleepers]).toEqual([[], 0]);
});
