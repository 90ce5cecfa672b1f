/** In milliseconds; the header has seconds or a date, and some servers send milliseconds beside it. */
export function retryAfter(headers: Headers | undefined): number | undefined {
	const inMs = Number(headers?.get("retry-after-ms") ?? NaN);
	if (Number.isFinite(inMs) && inMs >= 0) {
		return inMs;
	}
	const header = headers?.get("retry-after");
	if (header === null || header === undefined || header.trim() === "") {
		return undefined;
	}
	const inSeconds = Number(header);
	const ms = Number.isFinite(inSeconds) ? inSeconds * 1000 : Date.parse(header) - Date.now();
	return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
