import { describe, expect, test } from "vitest";
import { createTokenizer } from "../../../src/tokenizer/bpeTokenizer.ts";
import { tinySpecialTokens, tinyTokenizerJson } from "../../support/tinyTokenizer.ts";

type Json = Record<string, unknown>;
type TokenizerJson = Json & { model: Json & { vocab: Json } };
const parsed = (): TokenizerJson => JSON.parse(tinyTokenizerJson()) as TokenizerJson;
const changed = (change: (json: TokenizerJson) => void): string => {
	const json = parsed();
	change(json);
	return JSON.stringify(json);
};

describe("a byte-level BPE tokenizer", () => {
	const tokenizer = createTokenizer(tinyTokenizerJson());
	const piecesOf = (text: string): string[] =>
		tokenizer.encode(text).map((id) => Buffer.from(tokenizer.bytesOf(id)).toString("latin1"));

	test("merges the most frequent pairs first", () => {
		expect(piecesOf("return width")).toEqual(["return ", "width"]);
	});

	test("knows its special tokens by name and gives them no bytes", () => {
		expect(tinySpecialTokens.map((name) => tokenizer.specialToken(name))).toEqual([
			0, 1, 2, 3, 4, 5, 6,
		]);
		expect(tokenizer.specialToken("return ")).toBeUndefined();
		const [endOfText] = tinySpecialTokens.map((name) => tokenizer.specialToken(name));
		expect(endOfText === undefined ? undefined : tokenizer.bytesOf(endOfText)).toEqual(
			new Uint8Array(0),
		);
	});

	test("encodes text that looks like a special token as text", () => {
		const text = "a<|fim_prefix|>b<|endoftext|>";
		expect(piecesOf(text).join("")).toBe(text);
		expect(Math.min(...tokenizer.encode(text))).toBeGreaterThanOrEqual(tinySpecialTokens.length);
	});

	test("encodes a special token as text even when whole pre-tokens are looked up", () => {
		const lookingUp = createTokenizer(changed((json) => (json.model["ignore_merges"] = true)));
		expect(Math.min(...lookingUp.encode("<|endoftext|>"))).toBeGreaterThanOrEqual(
			tinySpecialTokens.length,
		);
	});

	test("keeps a token that is named like a property of every object", () => {
		const withProto = createTokenizer(
			changed((json) => {
				json.model["ignore_merges"] = true;
				json.model.vocab = JSON.parse(
					JSON.stringify(json.model.vocab).replace("{", '{"__proto__":9999,'),
				) as Json;
			}),
		);
		expect(withProto.encode("__proto__")).toEqual([9999]);
	});

	test("needs no tokens for bytes that no text has", () => {
		const invalid = [0xc0, 0xc1, ...Array.from({ length: 11 }, (_, i) => 0xf5 + i)];
		const without = createTokenizer(
			changed((json) => {
				for (const byte of invalid) {
					const char = String.fromCharCode(byte);
					(json["added_tokens"] as object[]).push({ id: json.model.vocab[char], content: char });
				}
			}),
		);
		const text = "õ÷Á ÿ 🙂";
		expect(Buffer.concat(without.encode(text).map((id) => without.bytesOf(id))).toString()).toBe(
			text,
		);
	});

	test("takes a list of normalizers without any, or with the one that is left out", () => {
		for (const normalizers of [[], [{ type: "NFC" }]]) {
			const listed = changed((json) => (json["normalizer"] = { type: "Sequence", normalizers }));
			expect(createTokenizer(listed).encode("return width")).toEqual(
				tokenizer.encode("return width"),
			);
		}
	});

	test("encodes the empty text as no tokens", () => {
		expect(tokenizer.encode("")).toEqual([]);
	});
});

describe("createTokenizer refuses, with one sentence,", () => {
	const refusalOf = (text: string): unknown => {
		try {
			createTokenizer(text);
		} catch (error) {
			return error;
		}
		return undefined;
	};

	const cases: Record<string, string> = {
		"text that is not JSON": "{",
		"JSON of another shape": "[]",
		"a model other than BPE": changed((json) => (json.model["type"] = "Unigram")),
		"a tokenizer without byte-level pieces": changed((json) => (json["pre_tokenizer"] = null)),
		"a normalizer that changes the text": changed(
			(json) => (json["normalizer"] = { type: "Lowercase" }),
		),
		"a list of normalizers that change the text": changed(
			(json) => (json["normalizer"] = { type: "Sequence", normalizers: [{ type: "Lowercase" }] }),
		),
		"a vocabulary that can't write every byte": changed((json) => delete json.model.vocab["A"]),
		"an id that is used twice": changed((json) => (json.model.vocab["A"] = 300)),
		"an id that is not a number": changed((json) => (json.model.vocab["A"] = "7")),
		"a huge id": changed((json) => (json.model.vocab["A"] = 2 ** 40)),
		"a token outside of the alphabet": changed((json) => (json.model.vocab["猫"] = 9000)),
		"a merge of unknown tokens": changed((json) => (json.model["merges"] = [["re", "zzz"]])),
		"a merge that is not a pair": changed((json) => (json.model["merges"] = ["a b c"])),
		"a merge that isn't even a list": changed((json) => (json.model["merges"] = [7])),
		"a merge of parts that are no texts": changed((json) => (json.model["merges"] = [[1, 2]])),
		"a list of a hundred thousand merges, each of them wrong": changed(
			(json) => (json.model["merges"] = new Array<number>(100_000).fill(0)),
		),
		"more added tokens than there may be, each of them wrong": changed(
			(json) => (json["added_tokens"] = new Array<number>(100_000).fill(0)),
		),
		"a list of wrong normalizers": changed(
			(json) =>
				(json["normalizer"] = { type: "Sequence", normalizers: new Array(1000).fill("NFC") }),
		),
		"brackets without an end": "[".repeat(1_000_000),
		"a pattern that can't be compiled": JSON.stringify({
			...parsed(),
			pre_tokenizer: {
				type: "Sequence",
				pretokenizers: [
					{ type: "Split", pattern: { Regex: "(" }, behavior: "Isolated" },
					{ type: "ByteLevel", add_prefix_space: false },
				],
			},
		}),
	};
	test.each(Object.entries(cases))("%s", (_, text) => {
		const refusal = refusalOf(text);
		expect(refusal).toMatchObject({ name: "UserError", code: "tokenizerInvalid" });
		expect(String(refusal)).toMatch(
			/^UserError: The file tokenizer\.json can't be used because .{1,400}\.$/,
		);
	});
});
