import { expect, test } from "vitest";
import { FimPromptBuilder } from "../../../src/prompt/fim.ts";
import type { TokenId } from "../../../src/tokenizer/tokenizer.ts";
import { testManifest, testTokenizer } from "../../support/testModel.ts";

const line = (i: number): string =>
	`\tconst value${i} = areaOf(${i}, width) + height * ${i % 7};\n`;
const above = Array.from({ length: 200 }, (_, i) => line(i)).join("");
const below = Array.from({ length: 200 }, (_, i) => line(1000 + i)).join("");
const typed = `
	for (const value of values) {
		console.log(value.length, areaOf(width, height));
		if (value === undefined) {
			return await readFile(path, "utf8");
		}
	}
	const größe = "naïve 🙂 façade";
`.repeat(3);

/** Tokens of each prompt that the one before doesn't begin with. */
function newTokensWhileTyping(): readonly number[] {
	const builder = new FimPromptBuilder(testTokenizer, testManifest);
	let previous: readonly TokenId[] = [];
	const counts: number[] = [];
	let before = above;
	for (const char of typed) {
		before += char;
		const { tokens } = builder.build({
			path: "src/a.ts",
			text: before + below,
			prefixEnd: before.length,
			suffixStart: before.length,
			maxTokens: 1500,
		});
		let shared = 0;
		while (shared < previous.length && tokens[shared] === previous[shared]) {
			shared++;
		}
		counts.push(tokens.length - shared);
		previous = tokens;
	}
	return counts.slice(1);
}

test("while typing forward a prompt begins as the last one did, but for a few tokens", () => {
	const counts = [...newTokensWhileTyping()].sort((a, b) => a - b);
	expect(counts[Math.floor(counts.length / 2)]).toBeLessThanOrEqual(3);
	expect(counts[Math.floor(counts.length * 0.95)]).toBeLessThanOrEqual(8);
	// The start of the window jumps: about once in a quarter of its length.
	expect(counts.filter((count) => count > 100).length).toBeLessThanOrEqual(3);
});
