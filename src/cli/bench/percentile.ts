/**
 * The `share` quantile of `values` by the nearest-rank method: the smallest value that at least that share
 * of all values doesn't exceed. NaN for no values, so that a missing measurement can't pass for a zero.
 */
export function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	const rank = Math.max(1, Math.ceil(share * sorted.length));
	return sorted[rank - 1] ?? Number.NaN;
}

export interface Spread {
	readonly p50: number;
	readonly p95: number;
	readonly count: number;
}

/** Median and 95th percentile, rounded to two decimals. */
export function spreadOf(values: readonly number[]): Spread {
	return {
		p50: round(percentile(values, 0.5)),
		p95: round(percentile(values, 0.95)),
		count: values.length,
	};
}

/** Rounds to two decimals: more would be noise in a report. */
export function round(value: number): number {
	return Math.round(value * 100) / 100;
}
