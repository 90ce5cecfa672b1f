import { expect, test } from "vitest";
import { dayOf, dayPattern, daysAfter, daysUpTo } from "../../../src/statistics/days.ts";

test("a moment belongs to the day on the wall, from its first minute to its last", () => {
	// Made in the time zone of the machine, whichever that is.
	for (const [hours, minutes] of [
		[0, 0],
		[12, 0],
		[23, 59],
	] as const) {
		expect(dayOf(new Date(2026, 2, 29, hours, minutes))).toBe("2026-03-29");
	}
	expect(dayOf(new Date(2026, 0, 1))).toBe("2026-01-01");
	expect(dayOf(new Date(2026, 11, 31, 23, 59, 59))).toBe("2026-12-31");
});

test("days follow each other over months, leap years and changes of the clock", () => {
	expect(daysUpTo("2028-03-01", 3)).toEqual(["2028-02-28", "2028-02-29", "2028-03-01"]);
	expect(daysUpTo("2026-01-01", 2)).toEqual(["2025-12-31", "2026-01-01"]);
	expect(new Set(daysUpTo("2026-11-27", 400)).size).toBe(400);
	expect(daysUpTo("2026-11-27", 400).every((day) => dayPattern.test(day))).toBe(true);
});

test("how far days are apart has a sign", () => {
	expect(daysAfter("2026-11-27", "2026-11-20")).toBe(7);
	expect(daysAfter("2026-11-20", "2026-11-27")).toBe(-7);
	expect(daysAfter("2026-03-30", "2026-03-28")).toBe(2);
});
