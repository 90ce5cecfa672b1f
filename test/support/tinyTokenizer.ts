import { byteLevelAlphabet } from "../../src/tokenizer/byteAlphabet.ts";

/** The special tokens of {@link tinyTokenizerJson}: ids from 0 on, in this order. */
export const tinySpecialTokens = [
	"<|endoftext|>",
	"<|repo|>",
	"<|file|>",
	"<|fim_prefix|>",
	"<|fim_suffix|>",
	"<|fim_middle|>",
	"<|pad|>",
] as const;

/** Splits into line breaks with the indent that follows, and lines: tokens may span words, not lines. */
const linePattern = "\\r?\\n[ \\t]*|[^\\r\\n]{1,200}|\\r";

const sample = `
import { readFile } from "node:fs/promises";
const width = 10;
export function areaOf(width: number, height: number): number {
	return width * height;
}
for (const value of values) {
	console.log(value.length);
	if (value === undefined) {
		return;
	}
}
export async function readAll(path: string): Promise<string> {
	const text = await readFile(path, "utf8");
	return text;
}
const größe = "naïve 🙂 façade";
`;

/**
 * The text of a small but complete `tokenizer.json`: byte-level BPE trained on a few lines of source, with
 * FIM tokens. Deterministic.
 */
export function tinyTokenizerJson(mergeCount = 200): string {
	const alphabet = byteLevelAlphabet();
	const toByteLevel = (text: string): string[] =>
		Array.from(Buffer.from(text), (byte) => alphabet[byte] ?? "");
	let words = (sample.match(new RegExp(linePattern, "gu")) ?? []).map(toByteLevel);
	const merges: [string, string][] = [];
	while (merges.length < mergeCount) {
		const best = mostFrequentPair(words);
		if (best === undefined) {
			break;
		}
		merges.push(best);
		words = words.map((word) => mergePair(word, best));
	}
	const tokens = new Set([
		...tinySpecialTokens,
		...alphabet,
		...merges.map((pair) => pair.join("")),
	]);
	const vocab = Object.fromEntries([...tokens].map((token, id) => [token, id]));
	return JSON.stringify({
		version: "1.0",
		normalizer: null,
		added_tokens: tinySpecialTokens.map((content, id) => ({ id, content, special: true })),
		pre_tokenizer: {
			type: "Sequence",
			pretokenizers: [
				{ type: "Split", pattern: { Regex: linePattern }, behavior: "Isolated", invert: false },
				{ type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false },
			],
		},
		post_processor: null,
		decoder: { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false },
		model: { type: "BPE", dropout: null, unk_token: null, ignore_merges: false, vocab, merges },
	});
}

function mostFrequentPair(words: readonly (readonly string[])[]): [string, string] | undefined {
	const counts = new Map<string, { pair: [string, string]; count: number }>();
	for (const word of words) {
		for (const [i, right] of word.slice(1).entries()) {
			const pair: [string, string] = [word[i] ?? "", right];
			const entry = counts.get(pair.join(" ")) ?? { pair, count: 0 };
			entry.count++;
			counts.set(pair.join(" "), entry);
		}
	}
	const repeated = [...counts.values()].filter(({ count }) => count > 1);
	return repeated.sort((a, b) => b.count - a.count)[0]?.pair;
}

function mergePair(word: readonly string[], [left, right]: [string, string]): string[] {
	const merged: string[] = [];
	for (const piece of word) {
		if (piece === right && merged.at(-1) === left) {
			merged[merged.length - 1] = left + right;
		} else {
			merged.push(piece);
		}
	}
	return merged;
}
