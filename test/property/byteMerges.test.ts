import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, test } from "vitest";
import { createTokenizer } from "../../src/tokenizer/bpeTokenizer.ts";
import { tinySpecialTokens, tinyTokenizerJson } from "../support/tinyTokenizer.ts";

const text = fc
	.array(
		fc.oneof(
			fc.constantFrom("return ", "width", "\n\t\t", "  \n", "const größe = ", "🙂", "1234", "'s"),
			fc.string({ unit: "binary", maxLength: 8 }),
			fc.constantFrom("re", "th", "\t").map((part) => part.repeat(300)),
		),
	)
	.map((parts) => parts.join("").toWellFormed());

const byteLevel = { type: "ByteLevel", add_prefix_space: false };

function check(change: object, ignoreMerges: boolean): void {
	const json = JSON.parse(tinyTokenizerJson()) as { model: object };
	const file = { ...json, ...change, model: { ...json.model, ignore_merges: ignoreMerges } };
	const ours = createTokenizer(JSON.stringify(file));
	const library = new LibraryTokenizer({ ...file, added_tokens: [] }, {});
	fc.assert(
		fc.property(text, (original) => {
			fc.pre(!tinySpecialTokens.some((token) => original.includes(token)));
			const expected = library.encode(original, { add_special_tokens: false }).ids;
			return JSON.stringify(ours.encode(original)) === JSON.stringify(expected);
		}),
	);
}

describe("merging by numbers gives the library's tokens", () => {
	test("between the patterns of the file", () => {
		check({}, false);
	});

	test("between GPT-2's pattern, which ByteLevel stands for", () => {
		check({ pre_tokenizer: byteLevel }, false);
	});

	test("between digits and GPT-2's pattern", () => {
		const digits = { type: "Digits", individual_digits: true };
		check({ pre_tokenizer: { type: "Sequence", pretokenizers: [digits, byteLevel] } }, false);
	});

	test("when whole pre-tokens are looked up", () => {
		check({ pre_tokenizer: byteLevel }, true);
	});
});
