import { formatNames } from "../test/support/fuzz/formats.ts";
import { runFuzz } from "../test/support/fuzz/runFuzz.ts";

/**
 * Feeds so many random and mutated headers of a format, or of each, to their reader (a million unless given), from a seed
 * (the time unless given): node --experimental-transform-types bench/fuzzHeaders.ts [format] [runs] [seed]. Fails where one
 * of them ends the reader, keeps it busy or takes memory.
 */
const [wanted = "all", runs = 1_000_000, seed = Date.now() % 2 ** 32] = process.argv.slice(2);
const formats = formatNames.filter((name) => wanted === "all" || name === wanted);
if (formats.length === 0) {
	throw new Error(`give one of ${formatNames.join(", ")}, or "all"`);
}
for (const format of formats) {
	const startMs = performance.now();
	const order = { format, runs: Number(runs), seed: Number(seed) };
	const { sentences, ...outcome } = await runFuzz(order);
	const seconds = Math.round((performance.now() - startMs) / 1000);
	process.stdout.write(`${JSON.stringify({ ...order, seconds, ...outcome })}\n`);
	process.stdout.write(`${sentences.join("\n")}\n`);
}
