import * as fc from "fast-check";
import { expect, test } from "vitest";
import { promptBudget } from "../../../src/prompt/promptBudget.ts";

test("prompt and answer get what is asked for where the model has room", () => {
	expect(
		promptBudget({ maxPromptTokens: 1024, maxNewTokens: 96 }, { trainedContextLength: 8192 }),
	).toEqual({ maxPromptTokens: 1024, maxNewTokens: 96 });
});

test("they never take more than the model was trained with, and the answer at most half of it", () => {
	const tokens = fc.nat({ max: 100_000 });
	fc.assert(
		fc.property(tokens, tokens, tokens, (maxPromptTokens, maxNewTokens, trainedContextLength) => {
			const budget = promptBudget({ maxPromptTokens, maxNewTokens }, { trainedContextLength });
			expect(budget.maxPromptTokens).toBeGreaterThanOrEqual(0);
			expect(budget.maxPromptTokens).toBeLessThanOrEqual(maxPromptTokens);
			expect(budget.maxNewTokens).toBeLessThanOrEqual(
				Math.min(maxNewTokens, trainedContextLength / 2),
			);
			expect(budget.maxPromptTokens + budget.maxNewTokens).toBeLessThanOrEqual(
				trainedContextLength,
			);
		}),
	);
});
