import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { daysUpTo } from "../../../src/statistics/days.ts";
import { exportedStatistics } from "../../../src/statistics/exports.ts";
import { latencyWithin, summedLatencies, withLatency } from "../../../src/statistics/latencies.ts";
import {
	bounded,
	maxDays,
	maxLanguages,
	noCounts,
	noLanguageStatistics,
	noStatistics,
	summed,
	withEvent,
	type Statistics,
	type StatisticsEvent,
} from "../../../src/statistics/statistics.ts";
import {
	formatStatistics,
	maxFileBytes,
	parseStatistics,
} from "../../../src/statistics/statisticsFile.ts";
import { statisticsView } from "../../../src/statistics/statisticsView.ts";

const today = "2026-11-27";

function of(...events: readonly (readonly [day: string, event: StatisticsEvent])[]): Statistics {
	return events.reduce((sum, [day, event]) => withEvent(sum, day, event), noStatistics);
}

const shown = (languageId: string, latencyMs = 20): StatisticsEvent => ({
	languageId,
	counts: { shown: 1 },
	latencyMs,
});

const arbitraryEvent = fc.record({
	languageId: fc.constantFrom("typescript", "python", "c++", "objective-c"),
	counts: fc.record({ shown: fc.nat(9), savedKeys: fc.nat(99), kept: fc.nat(9) }),
	latencyMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
});

const arbitraryStatistics = fc
	.array(fc.tuple(fc.constantFrom(...daysUpTo(today, 5)), arbitraryEvent), { maxLength: 20 })
	.map((events) => of(...events));

describe("what is counted", () => {
	test("goes by day and language", () => {
		const counted = of(
			[today, shown("typescript")],
			[today, { languageId: "typescript", counts: { accepted: 1, savedKeys: 7 } }],
			["2026-11-26", shown("python")],
		);
		expect(counted.get(today)?.get("typescript")?.counts).toEqual({
			...noCounts,
			shown: 1,
			accepted: 1,
			savedKeys: 7,
		});
		expect([...(counted.get("2026-11-26")?.keys() ?? [])]).toEqual(["python"]);
	});

	test("a language id that is none is counted with the others, and isn't kept", () => {
		const counted = of([today, shown("/home/me/secret project")], [today, shown("x".repeat(65))]);
		expect([...(counted.get(today)?.keys() ?? [])]).toEqual(["other"]);
	});

	test("may be added in any order, and in any parts", () => {
		fc.assert(
			fc.property(arbitraryStatistics, arbitraryStatistics, arbitraryStatistics, (a, b, c) => {
				const text = (one: Statistics): string => exportedStatistics(sorted(one), "json");
				expect(text(summed(summed(a, b), c))).toBe(text(summed(c, summed(b, a))));
			}),
		);
	});
});

function sorted(statistics: Statistics): Statistics {
	return new Map([...statistics].map(([day, languages]) => [day, new Map([...languages].sort())]));
}

describe("latencies", () => {
	test("a percentile is right to a seventh of itself", () => {
		fc.assert(
			fc.property(
				fc.array(fc.double({ min: 1, max: 40_000, noNaN: true }), { minLength: 1, maxLength: 60 }),
				fc.constantFrom(0.5, 0.95, 1),
				(times, share) => {
					const latencies = times.reduce<readonly number[]>(withLatency, []);
					const exact =
						[...times].sort((a, b) => a - b)[Math.ceil(share * times.length) - 1] ?? NaN;
					const said = latencyWithin(latencies, share) ?? NaN;
					expect(Math.abs(said / exact - 1)).toBeLessThan(0.15);
				},
			),
		);
	});

	test("what a clock got wrong, and what takes for ever, has a place", () => {
		const latencies = [-5, NaN, Infinity, 0].reduce<readonly number[]>(withLatency, []);
		expect(latencies.reduce((sum, one) => sum + one)).toBe(4);
		expect(latencies.length).toBeLessThanOrEqual(64);
		expect(latencyWithin([], 0.5)).toBeUndefined();
		expect(summedLatencies([1], [0, 2])).toEqual([1, 2]);
	});
});

describe("the file", () => {
	test("says again what was written", () => {
		fc.assert(
			fc.property(arbitraryStatistics, (statistics) => {
				const read = parseStatistics(formatStatistics(statistics));
				expect(read.problem).toBeUndefined();
				expect(formatStatistics(read.statistics)).toBe(formatStatistics(statistics));
			}),
		);
	});

	test.each([
		["nothing", "", "is not JSON"],
		["half of it", '{"version":1,"days":{"2026-', "is not JSON"],
		["another thing", "[1]", "is not what Mote has written"],
		["another version", '{"version":2,"days":{}}', "is not what Mote has written"],
	])("with %s in it gives none, and says so", (_what, text, problem) => {
		expect(parseStatistics(text)).toEqual({ statistics: new Map(), problem });
	});

	test("with days that are damaged keeps the others", () => {
		const file = JSON.parse(formatStatistics(of([today, shown("typescript")]))) as {
			days: Record<string, unknown>;
		};
		file.days["2026-11-26"] = { typescript: { counts: { shown: -1 }, latencies: [] } };
		file.days["yesterday"] = file.days[today];
		file.days["__proto__"] = 3;
		const { statistics, problem } = parseStatistics(JSON.stringify(file));
		expect([...statistics.keys()]).toEqual([today]);
		expect(problem).toMatch(/^has \d days that can't be read$/);
	});

	test("of all that is kept is smaller than what is read", () => {
		const counts = {
			shown: 1e9,
			accepted: 1e9,
			partlyAccepted: 1e9,
			checked: 1e9,
			kept: 1e9,
			savedKeys: 1e9,
		};
		const latencies = Array.from({ length: 64 }, () => 12_345);
		const day = new Map(
			Array.from({ length: maxLanguages }, (_, at) => [
				`language-${at}`.padEnd(20, "x"),
				{ counts, latencies },
			]),
		);
		const all: Statistics = new Map(daysUpTo(today, maxDays).map((each) => [each, day]));
		expect(formatStatistics(all).length).toBeLessThan(maxFileBytes);
	});
});

describe("what is kept", () => {
	test("are the days nearest to today, whatever a calendar gone wrong has added", () => {
		const days = [...daysUpTo(today, maxDays + 50), "2099-01-01", "1970-01-01", "2026-11-28"];
		const all = of(...days.map((day) => [day, shown("typescript")] as const));
		const kept = [...bounded(all, today).keys()];
		expect(kept.length).toBe(maxDays);
		expect([kept.at(-1), kept.includes("2099-01-01")]).toEqual(["2026-11-28", false]);
		expect(kept).toEqual([...kept].sort());
	});

	test("languages that are used least are counted together, and nothing is lost", () => {
		const events = Array.from({ length: 40 }, (_, at) =>
			Array.from({ length: at + 1 }, () => [today, shown(`lang${at}`)] as const),
		).flat();
		const day = bounded(of(...events), today).get(today);
		expect(day?.size).toBe(maxLanguages);
		const sum = [...(day?.values() ?? [])].reduce((all, one) => all + one.counts.shown, 0);
		expect(sum).toBe(events.length);
		expect(day?.has("lang39")).toBe(true);
	});
});

describe("the page", () => {
	const statistics = of(
		...Array.from({ length: 10 }, (): [string, StatisticsEvent] => [
			today,
			shown("typescript", 30),
		]),
		[today, { languageId: "typescript", counts: { accepted: 4, savedKeys: 1234 } }],
		[today, { languageId: "typescript", counts: { checked: 4, kept: 3 } }],
		["2026-11-25", shown("python")],
		["2026-01-01", shown("go")],
	);

	test("has a line for every day of its span, and what was counted in it", () => {
		const view = statisticsView(statistics, today, 30);
		expect(view.days.length).toBe(30);
		expect(view.days.at(-1)).toMatchObject({ day: today, shown: 10, taken: 4, savedKeys: 1234 });
		expect(view.days.at(-2)).toMatchObject({ shown: 0, medianMs: undefined });
		expect(view.languages.map(({ languageId, kept }) => [languageId, kept])).toEqual([
			["typescript", "75 %"],
			["python", "–"],
		]);
		expect(view.totals.map(({ text }) => text)).toEqual([
			"11",
			"4 (36 %)",
			"0 (0 %)",
			"3 of 4 (75 %)",
			"1,234",
			expect.stringMatching(/^half of them within \d+ ms, 95 of 100 within \d+ ms$/),
		]);
		expect(statisticsView(statistics, today, 365).languages.length).toBe(3);
	});

	test("says what to do where nothing was counted", () => {
		const view = statisticsView(noStatistics, today, 30);
		expect(view.days).toEqual([]);
		expect(view.summary).toMatch(/^Nothing was counted in the last 30 days\. .* sent nowhere\.$/);
	});
});

test("a table for a spreadsheet has a line for each day and language, and no field is a formula", () => {
	const statistics: Statistics = new Map([
		[today, new Map(["=1+1", "c,x"].map((id) => [id, noLanguageStatistics]))],
		["2026-11-26", new Map([["go", { counts: { ...noCounts, shown: 2 }, latencies: [0, 2] }]])],
	]);
	expect(exportedStatistics(statistics, "csv").split("\r\n")).toEqual([
		"day,language,shown,accepted,partlyAccepted,checked,kept,savedKeys,medianMs,p95Ms",
		"2026-11-26,go,2,0,0,0,0,0,1.1,1.1",
		"2026-11-27,'=1+1,0,0,0,0,0,0,,",
		'2026-11-27,"c,x",0,0,0,0,0,0,,',
		"",
	]);
});
