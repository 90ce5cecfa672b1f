import type { KeepLimits } from "./prefixReuse.ts";

const maxCaches = 8;
/** Enough for the caches of all open files with a small model. */
const leastBytes = 256 * 2 ** 20;
/** Of the memory of the machine, or of the container in it: the editor, its language servers and the model want the rest. */
const maxMemoryShare = 1 / 4;

/**
 * How much KV cache may wait for its next request. Where memory allows, one that fills the whole context
 * stays beside the small ones of completions: reading it again takes minutes.
 */
export function keepLimitsFor(
	bytesPerPosition: number,
	contextLength: number,
	totalMemoryBytes: number,
): KeepLimits {
	const wanted = leastBytes + bytesPerPosition * contextLength;
	const allowed = totalMemoryBytes * maxMemoryShare;
	return { maxCaches, maxBytes: Math.floor(Math.max(leastBytes, Math.min(wanted, allowed))) };
}
