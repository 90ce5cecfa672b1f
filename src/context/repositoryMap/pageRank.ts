export interface PageRankOptions {
	/** Chance of following an edge rather than starting again. The usual value is 0.85. */
	readonly damping: number;
	/** Nodes that are expanded at most: the cost. */
	readonly maxPushes: number;
	/** A node with less unspread rank than this isn't expanded. */
	readonly leastRank: number;
}

/**
 * PageRank seen from a few nodes, by forward push (Andersen, Chung and Lang 2006): rank is spread from the node
 * with the most that is unspread, so only what lies near the seeds is ever looked at, however large the graph.
 *
 * `seeds` and edges have positive weights. Returns nodes with their ranks, the highest first, ties by name;
 * they sum to at most 1. Deterministic: the order of seeds and edges doesn't matter.
 */
export function personalisedPageRank(
	seeds: ReadonlyMap<string, number>,
	edgesOf: (node: string) => ReadonlyMap<string, number>,
	{ damping, maxPushes, leastRank }: PageRankOptions,
): readonly (readonly [node: string, rank: number])[] {
	const ranks = new Map<string, number>();
	const unspread = new Map<string, number>();
	const total = sum(seeds);
	for (const [node, weight] of seeds) {
		unspread.set(node, weight / total);
	}
	for (let push = 0; push < maxPushes; push++) {
		const next = largest(unspread);
		if (next === undefined || next[1] < leastRank) {
			break;
		}
		const [node, rank] = next;
		unspread.delete(node);
		ranks.set(node, (ranks.get(node) ?? 0) + (1 - damping) * rank);
		const edges = edgesOf(node);
		const weights = sum(edges);
		for (const [target, weight] of edges) {
			const share = (damping * rank * weight) / weights;
			unspread.set(target, (unspread.get(target) ?? 0) + share);
		}
	}
	// What isn't spread yet stays where it is: nodes that were reached but not expanded count too.
	for (const [node, rank] of unspread) {
		ranks.set(node, (ranks.get(node) ?? 0) + (1 - damping) * rank);
	}
	return [...ranks].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

function largest(ranks: ReadonlyMap<string, number>): readonly [string, number] | undefined {
	let best: readonly [string, number] | undefined;
	for (const entry of ranks) {
		const [node, rank] = entry;
		if (best === undefined || rank > best[1] || (rank === best[1] && node < best[0])) {
			best = entry;
		}
	}
	return best;
}

function sum(weights: ReadonlyMap<string, number>): number {
	let total = 0;
	for (const weight of weights.values()) {
		total += weight;
	}
	return total;
}
