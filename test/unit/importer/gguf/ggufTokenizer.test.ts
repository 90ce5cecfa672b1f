import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { findPreTokenizer } from "../../../../src/importer/gguf/preTokenizers.ts";
import { readGgufTokenizer } from "../../../../src/importer/gguf/ggufTokenizer.ts";
import type { GgufValue } from "../../../../src/importer/gguf/ggufHeader.ts";
import { byteLevelAlphabet } from "../../../../src/tokenizer/byteAlphabet.ts";
import { createTokenizer } from "../../../../src/tokenizer/bpeTokenizer.ts";
import { tokenizerMetadata } from "../../../support/randomGguf.ts";
import { tinyTokenizerJson } from "../../../support/tinyTokenizer.ts";

const samples = [
	"const größe = naïve(🙂);\n\n\n\treturn 12345;",
	"it's WE'LL  two   spaces \u00a0 \u3000 end \r\n",
	"中文 日本語 한국어 русский עברית العربية हिन्दी ไทย",
	"<|endoftext|> is text",
];

/** A byte is a token, and nothing merges but what is named: pieces show where text is cut. */
function metadataWith(
	pre: string,
	words: readonly string[] = [],
	more: Readonly<Record<string, GgufValue>> = {},
): ReadonlyMap<string, GgufValue> {
	const alphabet = byteLevelAlphabet();
	const merges: string[] = [];
	const tokens = new Set(alphabet);
	for (const word of words) {
		const chars = Array.from(Buffer.from(word), (byte) => alphabet[byte] ?? "");
		chars.reduce((left, right) => {
			merges.push(`${left} ${right}`);
			tokens.add(left + right);
			return left + right;
		});
	}
	return new Map<string, GgufValue>(
		Object.entries({
			"tokenizer.ggml.model": "gpt2",
			"tokenizer.ggml.pre": pre,
			"tokenizer.ggml.tokens": [...tokens, "<|eos|>", "<think>", "[PAD0]"],
			"tokenizer.ggml.token_type": [...Array<number>(tokens.size).fill(1), 3, 4, 5],
			"tokenizer.ggml.merges": [...new Set(merges)],
			...more,
		}),
	);
}

/** Which pieces a text is cut into: the tokens where each whole piece is a token. */
function piecesOf(pre: string, pieces: readonly string[]): readonly string[] {
	const tokenizer = createTokenizer(
		readGgufTokenizer(metadataWith(pre, [...pieces, pieces.join("")])).tokenizerJson,
	);
	return tokenizer
		.encode(pieces.join(""))
		.map((id) => Buffer.from(tokenizer.bytesOf(id)).toString());
}

describe("text is cut as the models of a family were trained to see it:", () => {
	test.each<[string, readonly string[]]>([
		["qwen2", ["I", "'m", " here", " ", "1", "2", "3", ".\n\n", "  ", " x"]],
		["qwen2", ["(foo", ".bar", ");\n", "\t\t", "\treturn", " größe"]],
		["llama-bpe", ["I", "'LL", " have", " ", "123", "45", " €\r\n", "end"]],
		["seed-coder", ["x", " =", " ", "1", "2", ";", "\n\n", "y"]],
		["deepseek-coder", ["if", " (", "a", "\n", "\n", " b", "1", "2", "中文"]],
		["deepseek-llm", ["if", " (", "foo", ")", "\n", " b", "1", "2", "中文"]],
		["starcoder", ["let", " x", " =", " ", "1", "2", ";"]],
		["gpt-2", ["let", " x", " =", " 12", ";", "  ", " y"]],
	])("%s", (pre, pieces) => {
		expect(piecesOf(pre, pieces)).toEqual(pieces);
	});

	test("no letter of a pattern is one that an editor replaces by another", async () => {
		const file = "../../../../src/importer/gguf/preTokenizers.ts";
		const source = await readFile(new URL(file, import.meta.url), "utf8");
		expect(source.normalize("NFC")).toBe(source);
		expect(piecesOf("deepseek-llm", ["\u1f7d\u1fbe\u1fd3\u1fdb\u2126\u212a", "1"])).toHaveLength(2);
	});

	test("and a name that nobody knows is refused", () => {
		expect(findPreTokenizer("constructor")).toBeUndefined();
		for (const pre of ["default", "qwen35", ""]) {
			expect(() => readGgufTokenizer(metadataWith(pre))).toThrow(/cuts text/);
		}
	});

	test("Llama 3 takes a piece that is a token as it stands, whatever its merges make", () => {
		const words = (pre: string): readonly number[] => {
			const metadata = new Map(metadataWith(pre, ["ab", "abc"]));
			metadata.set("tokenizer.ggml.merges", ["b c"]);
			metadata.set("tokenizer.ggml.tokens", [...byteLevelAlphabet(), "abc", "bc", "<|eos|>"]);
			metadata.set("tokenizer.ggml.token_type", [...Array<number>(258).fill(1), 3]);
			return createTokenizer(readGgufTokenizer(metadata).tokenizerJson).encode("abc");
		};
		expect([words("llama-bpe").length, words("qwen2").length]).toEqual([1, 2]);
	});
});

describe("a tokenizer out of metadata", () => {
	test("has the tokens of the published one on every script", () => {
		const published = JSON.parse(tinyTokenizerJson()) as Readonly<Record<string, unknown>>;
		const pretokenizers = findPreTokenizer("qwen2")?.steps;
		const expected = createTokenizer(
			JSON.stringify({ ...published, pre_tokenizer: { type: "Sequence", pretokenizers } }),
		);
		const entries = Object.entries(tokenizerMetadata(tinyTokenizerJson(), 512, "qwen2")).map(
			([key, [, value, elements]]) => [key, (elements ?? value) as GgufValue] as const,
		);
		const found = createTokenizer(readGgufTokenizer(new Map(entries)).tokenizerJson);
		for (const text of samples) {
			expect(found.encode(text)).toEqual(expected.encode(text));
		}
		expect(found.specialToken("<|fim_prefix|>")).toBe(expected.specialToken("<|fim_prefix|>"));
	});

	test("has tokens for control and of its makers by name only, and none that fill it up", () => {
		const { tokenizerJson } = readGgufTokenizer(metadataWith("qwen2"));
		const tokenizer = createTokenizer(tokenizerJson);
		expect([
			tokenizer.specialToken("<|eos|>"),
			tokenizer.specialToken("<think>"),
			tokenizer.specialToken("[PAD0]"),
			tokenizer.encode("<|eos|><think>").length,
		]).toEqual([256, 257, undefined, 14]);
	});

	test("names what ends an answer and what marks a hole, in the old words too", () => {
		const names = (more: Readonly<Record<string, GgufValue>>) => {
			const { bos, eos, endIds, fim } = readGgufTokenizer(metadataWith("qwen2", [], more));
			return { bos, eos, endIds, fim };
		};
		expect(names({})).toEqual({ bos: undefined, eos: undefined, endIds: [], fim: undefined });
		expect(
			names({
				"tokenizer.ggml.bos_token_id": -1,
				"tokenizer.ggml.eos_token_id": 256,
				"tokenizer.ggml.eot_token_id": 257,
				"tokenizer.ggml.prefix_token_id": 254,
				"tokenizer.ggml.fim_suf_token_id": 255,
				"tokenizer.ggml.middle_token_id": 257,
			}),
		).toEqual({
			bos: undefined,
			eos: "<|eos|>",
			endIds: [256, 257],
			fim: { prefix: "þ", suffix: "ÿ", middle: "<think>", file: undefined },
		});
		expect(names({ "tokenizer.ggml.fim_pre_token_id": 256 }).fim).toBeUndefined();
		expect(names({ "tokenizer.ggml.eos_token_id": 999_999 }).eos).toBeUndefined();
	});

	test("keeps a token with a purpose out of the text, whatever the file calls it", () => {
		const metadata = metadataWith("qwen2", [], {
			"tokenizer.ggml.tokens": [...byteLevelAlphabet(), "<eos>"],
			"tokenizer.ggml.token_type": Array<number>(257).fill(1),
			"tokenizer.ggml.eos_token_id": 256,
		});
		const tokenizer = createTokenizer(readGgufTokenizer(metadata).tokenizerJson);
		expect(tokenizer.specialToken("<eos>")).toBe(256);
		expect(tokenizer.encode("<eos>")).toHaveLength(5);
	});

	test("isn't taken from a published file that has other tokens", () => {
		const published = JSON.parse(tinyTokenizerJson()) as Record<string, unknown>;
		const metadata = (text: string): ReadonlyMap<string, GgufValue> =>
			metadataWith("qwen2", [], { "tokenizer.huggingface.json": text });
		for (const text of ["", "{}", JSON.stringify(published)]) {
			expect(readGgufTokenizer(metadata(text)).tokenizerJson).toContain("[^\\\\s\\\\p{L}");
		}
	});
});
