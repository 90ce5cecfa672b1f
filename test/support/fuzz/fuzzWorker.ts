import { parentPort, workerData } from "node:worker_threads";
import { UserError } from "../../../src/base/userError.ts";
import { seededDraw } from "./draw.ts";
import { formats, type FormatName } from "./formats.ts";

/**
 * Feeds random and mutated files to their reader, in a worker whose heap is bounded: what allocates beyond that ends
 * it. Everything that isn't taken has to be refused by a UserError of one sentence.
 */
export interface FuzzOrder {
	readonly format: FormatName;
	readonly runs: number;
	readonly seed: number;
}

export interface FuzzOutcome {
	readonly taken: number;
	readonly incomplete: number;
	readonly refused: number;
	/** Kinds of refusals that came, without what they quote. */
	readonly sentences: readonly string[];
	/** Largest size of all ArrayBuffers together, beyond what there was before. */
	readonly bufferBytes: number;
	/** Of the file that took longest, drawing it included; on a busy machine more than it takes by itself. */
	readonly longestMs: number;
}

export type FuzzMessage =
	| { readonly kind: "alive"; readonly run: number }
	| { readonly kind: "done"; readonly outcome: FuzzOutcome };

/** A sentence that is longer isn't read by anybody. */
const maxSentenceLength = 1000;
const runsPerSign = 1000;
/** How many kinds of refusals are listed at most; texts of files are in some. */
const maxSentences = 500;

const order = workerData as FuzzOrder;
const post = (message: FuzzMessage): void => parentPort?.postMessage(message);

async function fuzz(): Promise<FuzzOutcome> {
	const format = formats[order.format];
	const draw = seededDraw(order.seed);
	const before = process.memoryUsage().arrayBuffers;
	const counts = { taken: 0, incomplete: 0, refused: 0 };
	const sentences = new Set<string>();
	let [bufferBytes, longestMs] = [0, 0];
	for (let run = 0; run < order.runs; run++) {
		const startMs = performance.now();
		try {
			counts[await format.read(format.draw(draw), draw)]++;
		} catch (error) {
			if (!isRefusal(error)) {
				throw new Error(`run ${run} of the seed ${order.seed}: ${String(error).slice(0, 2000)}`, {
					cause: error,
				});
			}
			counts.refused++;
			if (sentences.size < maxSentences) {
				sentences.add(kindOf(error.message));
			}
		}
		longestMs = Math.max(longestMs, performance.now() - startMs);
		if (run % runsPerSign === 0) {
			bufferBytes = Math.max(bufferBytes, process.memoryUsage().arrayBuffers - before);
			post({ kind: "alive", run });
		}
	}
	return { ...counts, sentences: [...sentences].sort(), bufferBytes, longestMs };
}

const isRefusal = (error: unknown): error is UserError =>
	error instanceof UserError &&
	error.message.length <= maxSentenceLength &&
	/^[^\n]+; [^\n]+\.$/.test(error.message);

const kindOf = (sentence: string): string =>
	sentence
		.replaceAll(/"(?:[^"\\]|\\.)*"/g, '"…"')
		.replaceAll(/\d+/g, "0")
		// What a schema finds, field by field.
		.replace(/✖.*(?=;)/, "✖ …");

post({ kind: "done", outcome: await fuzz() });
