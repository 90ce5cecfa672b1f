import { expect, test } from "vitest";
import { runFuzzGguf } from "../support/runFuzzGguf.ts";

test("no header of a GGUF file ends the reader, keeps it busy or makes it take memory", async () => {
	const outcome = await runFuzzGguf({ runs: 20_000, seed: 20_261_127 });
	expect(outcome.taken + outcome.incomplete + outcome.refused).toBeGreaterThanOrEqual(20_000);
	// The mutations reach what they are made for: each kind of outcome, and most of the refusals.
	expect(outcome.taken).toBeGreaterThan(1000);
	expect(outcome.incomplete).toBeGreaterThan(1000);
	expect(outcome.refused).toBeGreaterThan(1000);
	expect(outcome.sentences.length).toBeGreaterThan(20);
	expect(outcome.bufferBytes).toBeLessThan(64_000_000);
});
