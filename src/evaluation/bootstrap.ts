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
 * What `valueOf` says of all items, and between which values 95 % of what it says of as many items lie that are drawn from them with
 * replacement (percentile bootstrap). Resamples without a value (undefined) are left out; undefined when all items have none. The same for the
 * same items.
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
