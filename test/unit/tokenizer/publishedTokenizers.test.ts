import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTokenizer } from "../../../src/tokenizer/bpeTokenizer.ts";
import {
	publishedFamilies,
	publishedTokenizer,
	tokenizerTexts,
} from "../../support/publishedTokenizers.ts";

describe.each(publishedFamilies)("the published tokenizer %s", (family) => {
	const { tokenizerJson, ids, addedTokens } = publishedTokenizer(family);
	const tokenizer = createTokenizer(tokenizerJson);
	const special = new Set<number>(
		addedTokens.map((name) => tokenizer.specialToken(name)).filter((id) => id !== undefined),
	);
	const decoded = (text: string): string =>
		Buffer.concat(tokenizer.encode(text).map((id) => tokenizer.bytesOf(id))).toString();

	test.each(Object.entries(tokenizerTexts))("has the reference's ids of %s", (name, text) => {
		expect(tokenizer.encode(text)).toEqual(ids[name]);
	});

	test("has all of its added tokens as special ones", () => {
		expect(special.size).toBe(addedTokens.length);
		expect(special.size).toBeGreaterThan(20);
	});

	test("never makes a special token of a text, and writes every text as it is", () => {
		const sign = fc.constantFrom(
			"<",
			"|",
			"｜",
			">",
			"▁",
			"<|",
			"|>",
			"<｜",
			"｜>",
			"\n",
			" ",
			"\u0301",
		);
		const part = fc.oneof(
			fc.constantFrom(...addedTokens),
			fc.constantFrom(...addedTokens).chain((token) =>
				fc.tuple(fc.nat({ max: token.length }), sign).map(([at, inserted]) => {
					return token.slice(0, at) + inserted + token.slice(at);
				}),
			),
			sign,
			fc.constantFrom(...Object.values(tokenizerTexts)),
			fc.string({ unit: "binary", maxLength: 8 }),
		);
		fc.assert(
			fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
				const text = parts.join("").toWellFormed();
				return tokenizer.encode(text).every((id) => !special.has(id)) && decoded(text) === text;
			}),
		);
	});
});
