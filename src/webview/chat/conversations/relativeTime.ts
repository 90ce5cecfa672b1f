const units = [
	["year", 365 * 24 * 3600],
	["month", 30 * 24 * 3600],
	["day", 24 * 3600],
	["hour", 3600],
	["minute", 60],
] as const;

const format = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "long" });

/** How long ago `then` was, in words. Both are milliseconds since 1970. */
export function relativeTime(then: number, now: number): string {
	const seconds = Math.max(0, (now - then) / 1000);
	for (const [unit, length] of units) {
		if (seconds >= length) {
			return format.format(-Math.floor(seconds / length), unit);
		}
	}
	return "just now";
}
