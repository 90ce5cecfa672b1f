import { daysUpTo, type Day } from "./days.ts";
import { latencyWithin, type Latencies } from "./latencies.ts";
import type { DayRow, LanguageRow, Span, StatisticsView } from "./messages.ts";
import {
	noLanguageStatistics,
	summedLanguages,
	type DayStatistics,
	type LanguageStatistics,
	type Statistics,
} from "./statistics.ts";

const privacy = "It is counted on this machine, lies on this machine, and is sent nowhere.";

/** What the page shows of the last days up to today. */
export function statisticsView(statistics: Statistics, today: Day, span: Span): StatisticsView {
	const days = daysUpTo(today, span);
	const parts = days.flatMap((day) => statistics.get(day) ?? []);
	const languages = new Map<string, LanguageStatistics>();
	for (const [id, one] of parts.flatMap((part) => [...part])) {
		languages.set(id, summedLanguages(languages.get(id) ?? noLanguageStatistics, one));
	}
	const all = sumOf(languages);
	if (parts.length === 0) {
		const summary = `Nothing was counted in the last ${span} days. Type in a file: what ghost text does is counted here. ${privacy}`;
		return { span, summary, totals: [], days: [], languages: [] };
	}
	return {
		span,
		summary: `The last ${span} days. ${privacy}`,
		totals: totalsOf(all),
		days: days.map((day) => dayRow(day, statistics)),
		languages: [...languages].map(languageRow).sort((a, b) => b.shown - a.shown),
	};
}

function sumOf(languages: DayStatistics): LanguageStatistics {
	return [...languages.values()].reduce(summedLanguages, noLanguageStatistics);
}

function totalsOf({ counts, latencies }: LanguageStatistics): StatisticsView["totals"] {
	const { shown, accepted, partlyAccepted, checked, kept, savedKeys } = counts;
	return [
		{ label: "Suggestions shown", text: figure(shown) },
		{ label: "Taken as a whole", text: `${figure(accepted)} (${share(accepted, shown)})` },
		{
			label: "Taken in part, by words or lines",
			text: `${figure(partlyAccepted)} (${share(partlyAccepted, shown)})`,
		},
		{
			label: "Still there after a minute",
			text:
				checked === 0
					? "no figure yet"
					: `${figure(kept)} of ${figure(checked)} (${share(kept, checked)})`,
		},
		{ label: "Keys saved", text: figure(savedKeys) },
		{ label: "From a key to a suggestion", text: latencyText(latencies) },
	];
}

function latencyText(latencies: Latencies): string {
	const [median, p95] = [latencyWithin(latencies, 0.5), latencyWithin(latencies, 0.95)];
	return median === undefined || p95 === undefined
		? "no figure yet"
		: `half of them within ${figure(median)} ms, 95 of 100 within ${figure(p95)} ms`;
}

function dayRow(day: Day, statistics: Statistics): DayRow {
	const { counts, latencies } = sumOf(statistics.get(day) ?? new Map());
	const { shown, accepted, partlyAccepted, savedKeys } = counts;
	return {
		...{ day, shown, savedKeys },
		taken: accepted + partlyAccepted,
		...timesOf(latencies),
	};
}

function languageRow([languageId, { counts, latencies }]: readonly [
	string,
	LanguageStatistics,
]): LanguageRow {
	const { shown, accepted, partlyAccepted, checked, kept, savedKeys } = counts;
	return {
		...{ languageId, shown, savedKeys },
		taken: accepted + partlyAccepted,
		kept: checked === 0 ? "–" : share(kept, checked),
		...timesOf(latencies),
	};
}

function timesOf(latencies: Latencies): Pick<DayRow, "medianMs" | "p95Ms"> {
	return { medianMs: latencyWithin(latencies, 0.5), p95Ms: latencyWithin(latencies, 0.95) };
}

function figure(value: number): string {
	return value.toLocaleString("en");
}

function share(part: number, whole: number): string {
	return whole === 0 ? "–" : `${Math.round((100 * part) / whole)} %`;
}
