import { expect, test } from "vitest";
import { retryAfter } from "../../../../src/base/network/retryAfter.ts";

test.each([
	[{ "retry-after": "3" }, 3000],
	[{ "retry-after": "0.5" }, 500],
	[{ "retry-after-ms": "250", "retry-after": "3" }, 250],
	[{ "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }, 0],
	[{ "retry-after": "soon" }, undefined],
	[{ "retry-after": "" }, undefined],
	[{}, undefined],
])("%j asks for a pause of %s ms", (headers, ms) => {
	expect(retryAfter(new Headers(headers))).toBe(ms);
});
