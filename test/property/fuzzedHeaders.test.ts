import { expect, test } from "vitest";
import { formatNames, type FormatName } from "../support/fuzz/formats.ts";
import { runFuzz } from "../support/fuzz/runFuzz.ts";

const runs = 3000;

/** What so many runs have to reach at least, kinds of refusals above all: the mutations go where they are meant to. */
const least: Readonly<
	Record<FormatName, { readonly incomplete: number; readonly sentences: number }>
> = {
	gguf: { incomplete: 100, sentences: 18 },
	safetensors: { incomplete: 0, sentences: 5 },
	onnx: { incomplete: 0, sentences: 12 },
	tokenizer: { incomplete: 0, sentences: 7 },
	config: { incomplete: 0, sentences: 9 },
	genai: { incomplete: 0, sentences: 2 },
};

test.each(formatNames)(
	"no header of %s ends the reader, keeps it busy or makes it take memory",
	async (format) => {
		const outcome = await runFuzz({ format, runs, seed: 20_261_127 });
		expect(outcome.taken + outcome.incomplete + outcome.refused).toBe(runs);
		expect(Math.min(outcome.taken, outcome.refused)).toBeGreaterThan(200);
		expect(outcome.incomplete).toBeGreaterThanOrEqual(least[format].incomplete);
		expect(outcome.sentences.length).toBeGreaterThanOrEqual(least[format].sentences);
		expect(outcome.bufferBytes).toBeLessThan(64_000_000);
	},
);
