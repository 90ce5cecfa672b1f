/**
 * How long answers took, as counts in buckets whose bounds grow by a fifth: a percentile is right to a seventh of itself, and a
 * day of any number of answers takes some hundred bytes. `counts[i]` answers are in bucket i; what is missing at the end is 0.
 */
export type Latencies = readonly number[];

/** Buckets in which the time doubles. */
const bucketsPerDoubling = 4;

/** The last one begins at 46 s, which nobody waits for. */
export const maxBuckets = 64;

function bucketOf(ms: number): number {
	// What takes no time, and what a clock got wrong, is in the first.
	return ms >= 1 ? Math.min(1 + Math.floor(Math.log2(ms) * bucketsPerDoubling), maxBuckets - 1) : 0;
}

/** The time in the middle of a bucket, in milliseconds. */
function middleOf(bucket: number): number {
	return bucket === 0 ? 0.5 : 2 ** ((bucket - 0.5) / bucketsPerDoubling);
}

export function withLatency(latencies: Latencies, ms: number): Latencies {
	return summedLatencies(latencies, [...Array.from({ length: bucketOf(ms) }, () => 0), 1]);
}

export function summedLatencies(a: Latencies, b: Latencies): Latencies {
	return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
}

/**
 * The time within which a share of the answers came, in (0, 1], in milliseconds, with the two digits that a bucket tells; undefined
 * without answers.
 */
export function latencyWithin(latencies: Latencies, share: number): number | undefined {
	const total = latencies.reduce((sum, count) => sum + count, 0);
	let counted = 0;
	for (const [bucket, count] of latencies.entries()) {
		counted += count;
		if (count > 0 && counted >= share * total) {
			return Number(middleOf(bucket).toPrecision(2));
		}
	}
	return undefined;
}
