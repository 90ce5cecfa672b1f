import { expect, test } from "vitest";
import { ownModelId } from "../../../src/modelLibrary/ownModelId.ts";

test.each([
	["/models/qwen2.5-coder-0.5b.Q4_0.gguf", [], "own--qwen2.5-coder-0.5b.Q4_0"],
	["/models/My model (new)/", [], "own--My-model-new"],
	["/models/a", ["own--a"], "own--a-2"],
	["/models/a", ["own--a", "own--a-2"], "own--a-3"],
	["/models/…", [], "own--model"],
	["/models/--x..y.partial-1", [], "own--x-y-1"],
	[`/models/${"long".repeat(60)}`, [], `own--${"long".repeat(20)}`],
])("%s beside %j is %s", (path, taken, expected) => {
	expect(ownModelId(path, new Set(taken))).toBe(expected);
});
