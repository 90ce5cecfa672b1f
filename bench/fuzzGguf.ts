import { runFuzzGguf } from "../test/support/runFuzzGguf.ts";

/**
 * Feeds so many random and mutated GGUF headers to the reader (a million unless given), from a seed (the time unless
 * given): node --experimental-transform-types bench/fuzzGguf.ts [runs] [seed]. Fails where one of them ends the reader or takes memory.
 */
const runs = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 32);
const startMs = performance.now();
const { sentences, ...outcome } = await runFuzzGguf({ runs, seed });
const seconds = Math.round((performance.now() - startMs) / 1000);
process.stdout.write(`${JSON.stringify({ runs, seed, seconds, ...outcome }, undefined, 2)}\n`);
process.stdout.write(`${sentences.join("\n")}\n`);
