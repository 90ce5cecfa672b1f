import * as z from "zod";
import { once } from "../base/once.ts";
import { foreignRecord, parseForeignJson } from "../base/foreignJson.ts";
import { dayPattern, type Day } from "./days.ts";
import { maxBuckets, type Latencies } from "./latencies.ts";
import {
	maxCount,
	maxDays,
	maxLanguages,
	type DayStatistics,
	type Statistics,
} from "./statistics.ts";

/** More than {@link maxDays} days with {@link maxLanguages} languages each take; a larger file isn't ours. */
export const maxFileBytes = 4 * 1024 * 1024;

const version = 1;

const count = once(() => z.int().min(0).max(maxCount));

const countsSchema = once(() =>
	z.object({
		shown: count(),
		accepted: count(),
		partlyAccepted: count(),
		checked: count(),
		kept: count(),
		savedKeys: count(),
	}),
);

const daySchema = once(() =>
	foreignRecord(
		z.object({ counts: countsSchema(), latencies: z.array(count()).max(maxBuckets) }),
		2 * maxLanguages,
	),
);

const fileSchema = once(() =>
	z.object({
		version: z.literal(version),
		days: foreignRecord(z.unknown(), 4 * maxDays),
	}),
);

export interface ReadStatistics {
	readonly statistics: Statistics;
	/** The rest of a sentence after the name of the file; undefined where all of it could be read. */
	readonly problem: string | undefined;
}

/** What a text still says of the statistics: a day that can't be read is left out, and all others stay. */
export function parseStatistics(text: string): ReadStatistics {
	const json = parseForeignJson(text);
	if (json.kind === "invalid") {
		return { statistics: new Map(), problem: json.problem };
	}
	const file = fileSchema().safeParse(json.value);
	if (!file.success) {
		return { statistics: new Map(), problem: "is not what Mote has written" };
	}
	const statistics = new Map<Day, DayStatistics>();
	let lost = 0;
	for (const [day, value] of Object.entries(file.data.days)) {
		const parsed = daySchema().safeParse(value);
		if (parsed.success && dayPattern.test(day)) {
			statistics.set(day, new Map(Object.entries(parsed.data)));
		} else {
			lost++;
		}
	}
	return { statistics, problem: lost === 0 ? undefined : `has ${lost} days that can't be read` };
}

export function formatStatistics(statistics: Statistics): string {
	const days = [...statistics].map(([day, languages]): [Day, unknown] => [
		day,
		Object.fromEntries(
			[...languages].map(([id, { counts, latencies }]): [string, unknown] => [
				id,
				{ counts, latencies: withoutZeros(latencies) },
			]),
		),
	]);
	return `${JSON.stringify({ version, days: Object.fromEntries<unknown>(days) })}\n`;
}

function withoutZeros(latencies: Latencies): Latencies {
	return latencies.slice(0, latencies.findLastIndex((one) => one > 0) + 1);
}
