/** The logits of every implementation are compared by their largest error over the largest logit. */
export function relativeError(
	actual: readonly ArrayLike<number>[],
	expected: readonly ArrayLike<number>[],
): number {
	const flat = (rows: readonly ArrayLike<number>[]): number[] =>
		rows.flatMap((row) => Array.from(row));
	const reference = flat(expected);
	const errors = flat(actual).map((value, i) => Math.abs(value - (reference[i] ?? NaN)));
	const largest = Math.max(...reference.map(Math.abs));
	return errors.length === reference.length ? Math.max(...errors) / largest : Infinity;
}
