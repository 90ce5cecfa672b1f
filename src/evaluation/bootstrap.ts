import { uniformAt } from "../engine/sampling/random.ts";

export interface Estimate {
	readonly value: number;
	/** The 95 % interval. */
	readonly low: number;
	readonly high: number;
}

/** The ends of an interval are then true to about a hundredth of its width. */
const resamples = 2000;

/**
 * The value of all items with its 95 % interval, by the percentile bootstrap: the value is computed again for many
 * resamples, as many items each, drawn with replacement. Resamples without a value are left out; undefined when all
 * items together have none. The same for the same items.
 */
export function bootstrap<T>(
	items: readonly T[],
	valueOf: (items: readonly T[]) => number | undefined,
): Estimate | undefined {
	const value = valueOf(items);
	if (value === undefined) {
		return undefined;
	}
	const values: number[] = [];
	for (let round = 0; round < resamples; round++) {
		const drawn = items.flatMap((_, index) => {
			const chosen = items[Math.floor(uniformAt(round, index) * items.length)];
			return chosen === undefined ? [] : [chosen];
		});
		const resampled = valueOf(drawn);
		if (resampled !== undefined) {
			values.push(resampled);
		}
	}
	values.sort((a, b) => a - b);
	const quantile = (share: number): number =>
		values[Math.round(share * (values.length - 1))] ?? value;
	return { value, low: quantile(0.025), high: quantile(0.975) };
}
