import { describe, expect, test } from "vitest";
import {
	chooseByReading,
	planEviction,
	planReuse,
	type KeptPrefix,
} from "../../../src/engine/prefixReuse.ts";
import { someTokens, tokens } from "../../support/engineRequests.ts";

function kept(ids: readonly number[], overrides: Partial<KeptPrefix> = {}): KeptPrefix {
	return {
		tokens: tokens(...ids),
		bytes: 1,
		priority: "completion",
		logitsAfter: undefined,
		...overrides,
	};
}

test.each([
	["the first within the limit", [100, 50, 20], 50, 1],
	["the first of all, where it is", [50, 20], 50, 0],
	["without one the one with the fewest tokens left", [100, 60, 80], 50, 1],
	["of equals the better one", [60, 60], 50, 0],
])("of prompts is answered %s", (_case, unread, limit, chosen) => {
	expect(chooseByReading(unread, limit)).toBe(chosen);
});

describe("planReuse", () => {
	test("starts fresh when nothing kept begins like the prompt", () => {
		expect(planReuse([], tokens(1, 2), true)).toEqual({ kind: "fresh" });
		expect(planReuse([kept([2, 1])], tokens(1, 2), true)).toEqual({ kind: "fresh" });
	});

	test("takes the longest common prefix, and of equals the newest", () => {
		const caches = [kept([1, 2, 3]), kept([1, 2, 9]), kept([1, 2, 8]), kept([1])];
		expect(planReuse(caches, tokens(1, 2, 3, 4), true)).toEqual({
			kind: "take",
			index: 0,
			length: 3,
		});
		expect(planReuse(caches, tokens(1, 2, 7), true)).toEqual({ kind: "take", index: 2, length: 2 });
	});

	test("leaves the last token of the prompt to run", () => {
		expect(planReuse([kept([1, 2, 3])], tokens(1, 2, 3), true)).toEqual({
			kind: "take",
			index: 0,
			length: 2,
		});
		expect(planReuse([kept([1])], tokens(1), true)).toEqual({ kind: "fresh" });
	});

	test("leaves nothing to run where the logits are remembered or not needed", () => {
		const remembering = kept([1, 2, 3, 4], { logitsAfter: 3 });
		expect(planReuse([remembering], tokens(1, 2, 3), true)).toMatchObject({ length: 3 });
		expect(planReuse([remembering], tokens(1, 2), true)).toMatchObject({ length: 1 });
		expect(planReuse([kept([1, 2, 3])], tokens(1, 2, 3), false)).toMatchObject({ length: 3 });
	});

	test("copies rather than takes when much behind the common prefix would be lost", () => {
		const long = kept(someTokens(100));
		const prompt = [...someTokens(40), ...tokens(31, 31)];
		expect(planReuse([long], prompt, true, 60)).toEqual({ kind: "take", index: 0, length: 40 });
		expect(planReuse([long], prompt, true, 59)).toEqual({ kind: "copy", index: 0, length: 40 });
	});
});

describe("planEviction", () => {
	const roomy = { maxCaches: 10, maxBytes: 1000 };

	test("keeps everything within the limits", () => {
		expect(planEviction([kept([1]), kept([2]), kept([3])], roomy)).toEqual([]);
		expect(planEviction([], roomy)).toEqual([]);
	});

	test("drops what another cache contains whole, of equals the older", () => {
		expect(planEviction([kept([1]), kept([1, 2]), kept([3])], roomy)).toEqual([0]);
		expect(planEviction([kept([1, 2]), kept([1, 2])], roomy)).toEqual([0]);
		expect(planEviction([kept([1, 2]), kept([1])], roomy)).toEqual([1]);
	});

	test("drops the least recently used first, by count and by bytes", () => {
		const caches = [kept([1], { bytes: 5 }), kept([2], { bytes: 5 }), kept([3], { bytes: 5 })];
		expect(planEviction(caches, { ...roomy, maxCaches: 2 })).toEqual([0]);
		expect(planEviction(caches, { ...roomy, maxBytes: 9 })).toEqual([0, 1]);
	});

	test("never drops the newest, however large", () => {
		expect(planEviction([kept([1]), kept([2], { bytes: 5000 })], roomy)).toEqual([0]);
	});

	test("completions don't push out the last cache of the chat while others are left", () => {
		const caches = [
			kept([1], { priority: "chat" }),
			kept([2], { priority: "chat" }),
			kept([3]),
			kept([4]),
		];
		expect(planEviction(caches, { ...roomy, maxCaches: 3 })).toEqual([0]);
		expect(planEviction(caches, { ...roomy, maxCaches: 2 })).toEqual([0, 2]);
		expect(planEviction(caches, { ...roomy, maxCaches: 1 })).toEqual([0, 1, 2]);
	});
});
