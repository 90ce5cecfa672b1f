import { expect, test } from "vitest";
import { estimateTokens } from "../../../../src/languageModel/remote/tokenEstimate.ts";

test("the estimate of tokens grows with the text and takes other scripts for dearer", () => {
	expect(estimateTokens("")).toBe(0);
	expect(estimateTokens("x".repeat(250))).toBe(100);
	expect(estimateTokens("漢字")).toBe(3);
	expect(estimateTokens("🙂")).toBe(2);
});
