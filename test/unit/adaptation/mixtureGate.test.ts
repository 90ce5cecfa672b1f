import { describe, expect, test } from "vitest";
import { evidenceOf, gate } from "../../../src/adaptation/mixtureGate.ts";
import { fittedGate } from "../../../src/adaptation/mixtureTable.ts";
import { tokenAt } from "../../../src/tokenizer/tokenIds.ts";
import { NaiveNgramCounts } from "../../support/naiveNgramCounts.ts";

const text = [1, 2, 3, 1, 2, 3, 1, 2, 4].map(tokenAt);
const context = [3, 1, 2].map(tokenAt);

describe("the gate", () => {
	test("shares one vote between the model and every context that was seen", () => {
		const { model, contexts } = gate(evidence(), surenessOf(0.5));
		expect(contexts.map(({ successors }) => successors.order)).toEqual([1, 2, 3]);
		const all = contexts.reduce((sum, { weight }) => sum + weight, model);
		expect(all).toBeCloseTo(1, 12);
		expect(Math.min(...contexts.map(({ weight }) => weight))).toBeGreaterThan(0);
	});

	test("gives a surer model a larger share", () => {
		const shares = [0, 1e-6, 0.01, 0.5, 0.9].map(
			(confidence) => gate(evidence(), surenessOf(confidence)).model,
		);
		expect(shares).toEqual([...shares].sort((a, b) => a - b));
	});

	test("trusts contexts more whose token the model holds possible", () => {
		const shares = [-20, -8, -3, -1, 0].map(
			(logit) => gate(evidence(), { ...surenessOf(0.5), logits: rowWith(3, logit) }).model,
		);
		expect(shares).toEqual([...shares].sort((a, b) => b - a));
		expect(new Set(shares).size).toBe(4);
	});

	test("knows how often, how differently and how regularly a context went on", () => {
		expect(evidence()[0]).toMatchObject({
			total: Math.log2(3),
			distinct: Math.log2(2),
			likeliest: 3,
			determinism: 2 / 3,
		});
	});

	test("has a row for each source and order", () => {
		expect([fittedGate.file.length, fittedGate.repository.length]).toEqual([8, 8]);
	});
});

function evidence() {
	return evidenceOf([{ kind: "file", counts: new NaiveNgramCounts([text]) }], context);
}

/** A model that gives no token of the text anything to speak of. */
function surenessOf(confidence: number): Parameters<typeof gate>[1] {
	return { confidence, logits: rowWith(3, -8), logSum: 0 };
}

function rowWith(token: number, logit: number): Float32Array {
	const row = new Float32Array(8).fill(-8);
	row[token] = logit;
	return row;
}
