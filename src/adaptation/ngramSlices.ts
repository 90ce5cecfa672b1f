/** Long work that pauses again and again; whoever runs it decides at each pause whether to go on now. */
export type Slices<Result> = Generator<undefined, Result, undefined>;

/** Elements handled between two pauses: at 2 to 20 ns each, well below a millisecond. */
const sliceLength = 32_768;

/** Runs `handle` over [0, length) in stretches, with a pause after each. */
export function* inSlices(
	length: number,
	handle: (from: number, to: number) => void,
): Slices<void> {
	for (let from = 0; from < length; from += sliceLength) {
		handle(from, Math.min(from + sliceLength, length));
		yield;
	}
}

/** Runs all of it at once. */
export function finish<Result>(slices: Slices<Result>): Result {
	for (;;) {
		const step = slices.next();
		if (step.done === true) {
			return step.value;
		}
	}
}
