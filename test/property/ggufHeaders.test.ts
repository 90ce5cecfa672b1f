import { expect, test } from "vitest";
import { runFuzzGguf } from "../support/runFuzzGguf.ts";

test("no header of a GGUF file ends the reader, keeps it busy or makes it take memory", async () => {
	const outcome = await runFuzzGguf({ runs: 10_000, seed: 20_261_127 });
	expect(outcome.taken + outcome.incomplete + outcome.refused).toBeGreaterThanOrEqual(10_000);
	// The mutations reach what they are made for: each kind of outcome, and most of the refusals.
	expect(outcome.taken).toBeGreaterThan(200);
	expect(outcome.incomplete).toBeGreaterThan(200);
	expect(outcome.refused).toBeGreaterThan(200);
	expect(outcome.sentences.length).toBeGreaterThan(18);
	expect(outcome.bufferBytes).toBeLessThan(64_000_000);
});
