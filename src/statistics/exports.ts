import { latencyWithin } from "./latencies.ts";
import { formatStatistics } from "./statisticsFile.ts";
import { countNames, type Statistics } from "./statistics.ts";
import type { ExportFormat } from "./messages.ts";

/** All of the statistics as a file for somebody's own use. */
export function exportedStatistics(statistics: Statistics, format: ExportFormat): string {
	const inOrder = new Map([...statistics].sort(([a], [b]) => (a < b ? -1 : 1)));
	switch (format) {
		case "json":
			return formatStatistics(inOrder);
		case "csv":
			return csv(inOrder);
	}
}

/**
 * A line for each day and language. No field can begin a formula: language ids that could stand behind an apostrophe, as
 * spreadsheets take it for text.
 */
function csv(statistics: Statistics): string {
	const header = ["day", "language", ...countNames, "medianMs", "p95Ms"];
	const lines = [...statistics].flatMap(([day, languages]) =>
		[...languages].map(([id, { counts, latencies }]) =>
			[
				day,
				field(id),
				...countNames.map((name) => counts[name]),
				latencyWithin(latencies, 0.5) ?? "",
				latencyWithin(latencies, 0.95) ?? "",
			].join(","),
		),
	);
	return [header.join(","), ...lines, ""].join("\r\n");
}

function field(text: string): string {
	const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
