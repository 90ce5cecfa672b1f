import type { Successors } from "../../src/adaptation/ngramCounts.ts";

interface PlainSuccessors {
	readonly order: number;
	readonly counts: readonly (readonly [id: number, count: number])[];
	readonly total: number;
}

/** As plain data, to compare with. */
export function plain(found: readonly Successors[]): readonly PlainSuccessors[] {
	return found.map(({ order, ids, counts, total }) => ({
		order,
		counts: Array.from(ids, (id, index) => [id, counts[index] ?? NaN] as const),
		total,
	}));
}
