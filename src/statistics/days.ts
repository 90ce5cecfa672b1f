/** A day of the calendar on somebody's wall, `2026-11-27`: where and when it was is not kept. */
export type Day = string;

export const dayPattern = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** The day that a moment lies in, in the time zone of the machine at that moment. */
export function dayOf(moment: Date): Day {
	const [year, month, date] = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
	return `${padded(year, 4)}-${padded(month, 2)}-${padded(date, 2)}`;
}

/** How many days of the calendar `day` is after `other`; negative where it is before. */
export function daysAfter(day: Day, other: Day): number {
	return numberOf(day) - numberOf(other);
}

/** The last `count` days up to `last`, in order, none left out. */
export function daysUpTo(last: Day, count: number): readonly Day[] {
	const end = numberOf(last);
	return Array.from({ length: count }, (_, at) => dayNumbered(end - count + 1 + at));
}

const msPerDay = 86_400_000;

/** Counts days of the calendar. In UTC, where every day is as long as any other. */
function numberOf(day: Day): number {
	const [year = NaN, month = NaN, date = NaN] = day.split("-").map(Number);
	return Math.round(Date.UTC(year, month - 1, date) / msPerDay);
}

function dayNumbered(number: number): Day {
	return new Date(number * msPerDay).toISOString().slice(0, 10);
}

const padded = (value: number, digits: number): string => String(value).padStart(digits, "0");
