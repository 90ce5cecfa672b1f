import { expect, test } from "vitest";
import { PrefillChunk } from "../../../src/engine/prefillChunk.ts";

/** The sizes of ten full chunks on a machine that takes `msPerToken`. */
function sizes(msPerToken: number, fixed?: number): number[] {
	const chunk = new PrefillChunk(fixed);
	return Array.from({ length: 10 }, () => {
		const { tokens } = chunk;
		chunk.record(tokens, tokens * msPerToken);
		return tokens;
	});
}

test("grows on a fast machine and shrinks on a slow one, within bounds", () => {
	expect(sizes(0.01)).toEqual([64, 128, 256, 512, 512, 512, 512, 512, 512, 512]);
	expect(sizes(5)).toEqual([64, 32, 32, 32, 32, 32, 32, 32, 32, 32]);
});

test("settles where a chunk takes less than 50 ms", () => {
	for (const msPerToken of [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5]) {
		const last = sizes(msPerToken).slice(-3);
		expect(new Set(last).size).toBe(1);
		expect((last[0] ?? NaN) * msPerToken).toBeLessThanOrEqual(50);
	}
});

test("the short last chunk of a prompt changes nothing, nor does a fixed size", () => {
	const chunk = new PrefillChunk();
	chunk.record(3, 0.1);
	expect(chunk.tokens).toBe(64);
	expect(new Set(sizes(0.01, 7))).toEqual(new Set([7]));
});
