import { expect, test } from "vitest";
import { verify } from "../../../../src/engine/speculative/verify.ts";
import { tokenAt } from "../../../../src/tokenizer/tokenIds.ts";
import { tokens } from "../../../support/engineRequests.ts";

/** Verifies a draft against the model's own choices, and records which rows were read. */
function check(draft: number[], choices: number[]) {
	const rows: number[] = [];
	const { accepted, tokens: chosen } = verify(tokens(...draft), (row) => {
		rows.push(row);
		return { id: tokenAt(choices[row] ?? NaN), probability: 0.5 };
	});
	return { accepted, ids: chosen.map(({ id }) => id), rows };
}

test("a draft accepted whole brings a bonus token", () => {
	expect(check([4, 5], [4, 5, 6])).toEqual({ accepted: 2, ids: [4, 5, 6], rows: [0, 1, 2] });
});

test("the first rejection brings a correction token and stops reading rows", () => {
	expect(check([4, 9, 6], [4, 5, 6, 7])).toEqual({ accepted: 1, ids: [4, 5], rows: [0, 1] });
});

test("without a draft the model chooses one token", () => {
	expect(check([], [4])).toEqual({ accepted: 0, ids: [4], rows: [0] });
});
