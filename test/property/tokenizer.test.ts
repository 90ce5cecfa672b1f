import fc from "fast-check";
import { describe, test } from "vitest";
import { UserError } from "../../src/base/userError.ts";
import { createTokenizer } from "../../src/tokenizer/bpeTokenizer.ts";
import { HealingConstraint, healingSplit } from "../../src/tokenizer/tokenHealing.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";
import { tinySpecialTokens, tinyTokenizerJson } from "../support/tinyTokenizer.ts";

const tokenizer = createTokenizer(tinyTokenizerJson());
const index = tokenizer.vocabulary;
const bytesOf = (tokens: readonly TokenId[]): Buffer =>
	Buffer.concat(tokens.map((id) => tokenizer.bytesOf(id)));

const snippets = [
	"return ",
	"const ",
	"\n\t",
	"\r\n",
	"🙂",
	"ï",
	" = ",
	"\uFEFF",
	...tinySpecialTokens,
];
/** Whole characters only: the editor's text may hold half a surrogate pair, which no UTF-8 can write. */
const text = fc
	.array(fc.oneof(fc.constantFrom(...snippets), fc.string({ unit: "binary", maxLength: 6 })))
	.map((parts) => parts.join("").toWellFormed());
const anyTokens = fc.array(
	fc.nat({ max: tokenizer.vocabularySize - 1 }).map((id) => id as TokenId),
);

describe("tokenizer laws", () => {
	test("encode then decode gives the text back", () => {
		fc.assert(
			fc.property(text, (original) => {
				const decoder = tokenizer.createStreamDecoder();
				return decoder.push(tokenizer.encode(original)) + decoder.end() === original;
			}),
		);
	});

	test("no text is encoded to a special token", () => {
		fc.assert(
			fc.property(text, (original) =>
				tokenizer.encode(original).every((id) => tokenizer.bytesOf(id).length > 0),
			),
		);
	});

	test("any split of a token stream decodes to the same text, and never to half a character", () => {
		fc.assert(
			fc.property(anyTokens, fc.array(fc.nat({ max: 3 })), (tokens, sizes) => {
				const whole = bytesOf(tokens).toString("utf8");
				const decoder = tokenizer.createStreamDecoder();
				let decoded = "";
				let position = 0;
				for (const size of [...sizes, tokens.length]) {
					decoded += decoder.push(tokens.slice(position, position + size));
					position += size;
					if (!whole.startsWith(decoded)) {
						return false;
					}
				}
				return decoded + decoder.end() === whole;
			}),
		);
	});
});

test("a decoder that skips bytes gives the text of the others, whole", () => {
	fc.assert(
		fc.property(text, text, fc.array(fc.nat({ max: 3 })), (skipped, kept, sizes) => {
			const tokens = tokenizer.encode(skipped + kept);
			const decoder = tokenizer.createStreamDecoder(Buffer.byteLength(skipped));
			let decoded = "";
			let position = 0;
			for (const size of [...sizes, tokens.length]) {
				decoded += decoder.push(tokens.slice(position, position + size));
				position += size;
				if (!kept.startsWith(decoded)) {
					return false;
				}
			}
			return decoded + decoder.end() === kept;
		}),
	);
});

describe("token healing laws", () => {
	test("kept tokens and heal bytes together are the prefix", () => {
		fc.assert(
			fc.property(text, (prefix) => {
				const { kept, healBytes } = healingSplit(index, tokenizer.encode(prefix));
				return Buffer.concat([bytesOf(kept), healBytes]).equals(Buffer.from(prefix));
			}),
		);
	});

	test("the bytes can always be healed, whichever allowed token is chosen at each step", () => {
		fc.assert(
			fc.property(text, fc.infiniteStream(fc.nat()), (prefix, choices) => {
				const { healBytes } = healingSplit(index, tokenizer.encode(prefix));
				let constraint = HealingConstraint.forBytes(index, healBytes);
				const chosen: TokenId[] = [];
				while (!constraint.isSatisfied) {
					const allowed = constraint.allowedTokens();
					const choice = Number(choices.next().value) % allowed.length;
					const token = allowed[choice];
					if (token === undefined) {
						return false;
					}
					chosen.push(token);
					constraint = constraint.after(token);
				}
				return bytesOf(chosen).subarray(0, healBytes.length).equals(healBytes);
			}),
		);
	});
});

describe("tokenizer files from anywhere", () => {
	test("are taken or refused with a UserError, whatever one of their parts is", () => {
		const valid = JSON.parse(tinyTokenizerJson()) as Record<string, unknown>;
		const paths = ["normalizer", "added_tokens", "pre_tokenizer", "decoder", "model"];
		fc.assert(
			fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
				try {
					createTokenizer(JSON.stringify({ ...valid, [path]: value }));
				} catch (error) {
					return error instanceof UserError;
				}
				return true;
			}),
		);
	});

	test("are taken or refused with a UserError, whatever one field of the model is", () => {
		const { model, ...rest } = JSON.parse(tinyTokenizerJson()) as Record<string, object>;
		const fields = ["type", "vocab", "merges", "ignore_merges", "byte_fallback", "dropout"];
		fc.assert(
			fc.property(fc.constantFrom(...fields), fc.jsonValue(), (field, value) => {
				try {
					createTokenizer(JSON.stringify({ ...rest, model: { ...model, [field]: value } }));
				} catch (error) {
					return error instanceof UserError;
				}
				return true;
			}),
		);
	});
});
