import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { personalisedPageRank } from "../../../../src/context/repositoryMap/pageRank.ts";

const options = { damping: 0.85, maxPushes: 1000, leastRank: 1e-6 };

describe("personalisedPageRank", () => {
	test("ranks by nearness to the seed and by weight", () => {
		const graph: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
			a: [
				["b", 3],
				["c", 1],
			],
			b: [["d", 1]],
			c: [["d", 1]],
		};
		const ranks = personalisedPageRank(
			new Map([["a", 1]]),
			(node) => new Map(graph[node]),
			options,
		);
		expect(ranks.map(([node]) => node)).toEqual(["a", "d", "b", "c"]);
	});

	test("is the fixed point of power iteration", () => {
		const weight = fc.integer({ min: 0, max: 5 });
		const size = 5;
		const matrix = fc.array(fc.array(weight, { minLength: size, maxLength: size }), {
			minLength: size,
			maxLength: size,
		});
		fc.assert(
			fc.property(matrix, (rows) => {
				const edges = rows.map(
					(row) =>
						new Map([...row.entries()].filter(([, w]) => w > 0).map(([at, w]) => [String(at), w])),
				);
				const pushed = new Map(
					personalisedPageRank(new Map([["0", 1]]), (node) => edges[Number(node)] ?? new Map(), {
						...options,
						maxPushes: 10_000,
						leastRank: 1e-9,
					}),
				);
				let ranks = [1, 0, 0, 0, 0];
				const sums = new Array<number>(size).fill(0);
				for (let round = 0; round < 200; round++) {
					const next = new Array<number>(size).fill(0);
					for (const [from, rank] of ranks.entries()) {
						sums[from] = (sums[from] ?? 0) + 0.15 * rank;
						const out = edges[from] ?? new Map<string, number>();
						const total = [...out.values()].reduce((sum, w) => sum + w, 0);
						for (const [to, w] of out) {
							next[Number(to)] = (next[Number(to)] ?? 0) + (0.85 * rank * w) / total;
						}
					}
					ranks = next;
				}
				for (const [node, rank] of sums.entries()) {
					expect(pushed.get(String(node)) ?? 0).toBeCloseTo(rank, 5);
				}
			}),
			{ numRuns: 30 },
		);
	});
});
