import { daysAfter, type Day } from "./days.ts";
import { summedLatencies, withLatency, type Latencies } from "./latencies.ts";

/** What ghost text did in one language on one day. Whole numbers; no text and no name of a file is anywhere in it. */
export interface Counts {
	/** Suggestions that were given to the editor, each once however long somebody typed along. */
	readonly shown: number;
	/** Of these, taken as a whole, nothing of it by words before. */
	readonly accepted: number;
	/** Of these, taken in part: by words or by lines. */
	readonly partlyAccepted: number;
	/** What was taken and looked for a minute later. */
	readonly checked: number;
	/** Of these, what still stood there. */
	readonly kept: number;
	/** Keys that didn't have to be pressed, those that took the suggestion not counted. */
	readonly savedKeys: number;
}

export const countNames = [
	"shown",
	"accepted",
	"partlyAccepted",
	"checked",
	"kept",
	"savedKeys",
] as const satisfies readonly (keyof Counts)[];

export const noCounts: Counts = {
	shown: 0,
	accepted: 0,
	partlyAccepted: 0,
	checked: 0,
	kept: 0,
	savedKeys: 0,
};

export interface LanguageStatistics {
	readonly counts: Counts;
	/** From a key to a suggestion that is a new one. */
	readonly latencies: Latencies;
}

export const noLanguageStatistics: LanguageStatistics = { counts: noCounts, latencies: [] };

/** By the editor's language id. */
export type DayStatistics = ReadonlyMap<string, LanguageStatistics>;

export type Statistics = ReadonlyMap<Day, DayStatistics>;

export const noStatistics: Statistics = new Map();

/** Something that is counted. */
export interface StatisticsEvent {
	readonly languageId: string;
	readonly counts: Partial<Counts>;
	/** Of a suggestion that is a new one, in milliseconds. */
	readonly latencyMs?: number;
}

/** Days that are kept: a year and a month, so that this month can be held against that of last year. */
export const maxDays = 400;
/** Languages of one day; what is used least is counted together. */
export const maxLanguages = 12;
export const otherLanguages = "other";
const languagePattern = /^[\w.+#-]{1,64}$/;
/** More of anything on a day is a mistake, and sums stay exact. */
export const maxCount = 1e9;

export function withEvent(
	statistics: Statistics,
	day: Day,
	{ languageId, counts, latencyMs }: StatisticsEvent,
): Statistics {
	const id = languagePattern.test(languageId) ? languageId : otherLanguages;
	const counted: LanguageStatistics = {
		counts: { ...noCounts, ...counts },
		latencies: latencyMs === undefined ? [] : withLatency([], latencyMs),
	};
	return summed(statistics, new Map([[day, new Map([[id, counted]])]]));
}

export function summed(a: Statistics, b: Statistics): Statistics {
	const sum = new Map(a);
	for (const [day, one] of b) {
		const other = sum.get(day);
		sum.set(day, other === undefined ? one : summedDays(other, one));
	}
	return sum;
}

function summedDays(a: DayStatistics, b: DayStatistics): DayStatistics {
	const languages = new Map(a);
	for (const [id, one] of b) {
		languages.set(id, summedLanguages(languages.get(id) ?? noLanguageStatistics, one));
	}
	return languages;
}

export function summedLanguages(a: LanguageStatistics, b: LanguageStatistics): LanguageStatistics {
	return {
		counts: summedCounts(a.counts, b.counts),
		latencies: summedLatencies(a.latencies, b.latencies),
	};
}

function summedCounts(a: Counts, b: Counts): Counts {
	const sum = (name: keyof Counts): number => Math.min(a[name] + b[name], maxCount);
	return {
		shown: sum("shown"),
		accepted: sum("accepted"),
		partlyAccepted: sum("partlyAccepted"),
		checked: sum("checked"),
		kept: sum("kept"),
		savedKeys: sum("savedKeys"),
	};
}

/**
 * So much of it that a file of it stays small. The days nearest to today stay: one that a calendar gone wrong has put far into
 * the future never drives out those that were.
 */
export function bounded(statistics: Statistics, today: Day): Statistics {
	const days = [...statistics]
		.sort(([a], [b]) => Math.abs(daysAfter(a, today)) - Math.abs(daysAfter(b, today)))
		.slice(0, maxDays)
		.sort(([a], [b]) => (a < b ? -1 : 1));
	return new Map(days.map(([day, languages]) => [day, boundedLanguages(languages)]));
}

function boundedLanguages(languages: DayStatistics): DayStatistics {
	if (languages.size <= maxLanguages) {
		return languages;
	}
	const ranked = [...languages]
		.filter(([id]) => id !== otherLanguages)
		.sort(([, a], [, b]) => b.counts.shown - a.counts.shown);
	const few = ranked.splice(maxLanguages - 1);
	const rest = few.reduce(
		(sum, [, one]) => summedLanguages(sum, one),
		languages.get(otherLanguages) ?? noLanguageStatistics,
	);
	return new Map([...ranked, [otherLanguages, rest]]);
}
