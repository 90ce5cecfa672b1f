import { expect, test } from "vitest";
import { keepLimitsFor } from "../../../src/engine/keepLimits.ts";
import { planEviction } from "../../../src/engine/prefixReuse.ts";
import { someTokens } from "../../support/engineRequests.ts";

const gigabyte = 2 ** 30;

test("a cache of the whole context stays beside those of completions, where there is memory", () => {
	const limits = keepLimitsFor(3072, 131_072, 16 * gigabyte);
	const long = { tokens: someTokens(50, 1), bytes: 3072 * 131_072, logitsAfter: undefined };
	const short = { tokens: someTokens(5, 2), bytes: 2 ** 20, logitsAfter: undefined };
	const kept = [
		{ ...long, priority: "chat" as const },
		{ ...short, priority: "completion" as const },
	];
	expect(planEviction(kept, limits)).toEqual([]);
});

test("a quarter of the machine's memory is the limit, and 256 MB the least", () => {
	expect(keepLimitsFor(200_000, 131_072, 16 * gigabyte).maxBytes).toBe(4 * gigabyte);
	expect(keepLimitsFor(200_000, 131_072, gigabyte / 2).maxBytes).toBe(gigabyte / 4);
	expect(keepLimitsFor(768, 1024, 16 * gigabyte).maxBytes).toBe(gigabyte / 4 + 768 * 1024);
});
