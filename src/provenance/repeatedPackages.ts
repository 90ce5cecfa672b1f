import { slicesOf } from "./slices.ts";
import { visitShingles } from "./shingles.ts";
import type { TrainingPackage, TrainingTable } from "./trainingTable.ts";

/** Of a longer text the rest isn't looked at. UTF-16 units. */
const maxLength = 400_000;
/** A text is named after so many packages at most. */
const maxNamed = 3;

/**
 * The packages of the training corpus whose text a text repeats, those with the most of it first. None for a text that is
 * shorter than a shingle. Gives the thread back between slices; nothing after an abort.
 */
export async function repeatedPackages(
	text: string,
	table: TrainingTable,
	signal: AbortSignal,
): Promise<readonly TrainingPackage[]> {
	const found = new Map<TrainingPackage, Set<number>>();
	for await (const slice of slicesOf(text.slice(0, maxLength), signal)) {
		visitShingles(slice.text, table.shingleLexemes, (first, second) => {
			const named = table.packageOf(first, second);
			if (named !== undefined) {
				const shingles = found.get(named) ?? new Set();
				found.set(named, shingles.add(second));
			}
		});
	}
	return signal.aborted
		? []
		: [...found]
				.sort(([, a], [, b]) => b.size - a.size)
				.slice(0, maxNamed)
				.map(([named]) => named);
}
