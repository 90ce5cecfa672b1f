/**
 * How text is cut before pairs are merged, by the names that GGUF files have for it (`tokenizer.ggml.pre`): what the
 * tokenizer.json of the published models of each family says.
 */

/** A step of a tokenizer.json's `pre_tokenizer`. */
export type PreTokenizerStep = Readonly<Record<string, unknown>>;

export interface PreTokenizerFamily {
	readonly names: readonly string[];
	readonly steps: readonly PreTokenizerStep[];
	/** Take a piece that is a token as it stands. */
	readonly ignoreMerges?: boolean;
}

const split = (pattern: string): PreTokenizerStep => ({
	type: "Split",
	pattern: { Regex: pattern },
	behavior: "Isolated",
	invert: false,
});
const eachDigit: PreTokenizerStep = { type: "Digits", individual_digits: true };
const bytes: PreTokenizerStep = { type: "ByteLevel", add_prefix_space: false, use_regex: false };
/** GPT-2's own pattern. */
const words: PreTokenizerStep = { type: "ByteLevel", add_prefix_space: false, use_regex: true };

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
/** What tiktoken's pattern became with most families, which differ in how many digits stay together. */
const wordsAndNumbers = (numbers: string): PreTokenizerStep =>
	split(
		`${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${numbers}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
	);

/** Letters of scripts that have upper and lower case; by number where an editor would write an equal letter. */
const casedLetters =
	"A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-\u1f7dᾀ-ᾴᾶ-ᾼ\u1fbeῂ-ῄῆ-ῌῐ-\u1fd3ῖ-\u1fdbῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u2126ℨ\u212a-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃";
const eastAsian = "[一-龥ࠀ-一가-퟿]+";

const families: readonly PreTokenizerFamily[] = [
	{
		names: ["qwen2", "deepseek-r1-qwen"],
		steps: [wordsAndNumbers("\\p{N}"), bytes],
	},
	{
		names: ["llama3", "llama-v3", "llama-bpe"],
		steps: [wordsAndNumbers("\\p{N}{1,3}"), bytes],
		ignoreMerges: true,
	},
	{
		names: ["seed-coder"],
		steps: [
			split(
				`${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
			),
			bytes,
		],
	},
	{
		names: ["deepseek-coder"],
		steps: [
			split("[\\r\\n]"),
			split("\\s?\\p{L}+"),
			split("\\s?\\p{P}+"),
			split(eastAsian),
			eachDigit,
			bytes,
		],
	},
	{
		names: ["deepseek-llm"],
		steps: [
			split("[\\r\\n]"),
			split(`\\s?[${casedLetters}]+`),
			split("\\s?[!-/:-~！-／：-～‘-‟　-。]+"),
			split("\\s+$"),
			split(eastAsian),
			eachDigit,
			bytes,
		],
	},
	{ names: ["starcoder", "refact", "smollm", "codeshell"], steps: [eachDigit, words] },
	{ names: ["gpt-2", "mellum"], steps: [words] },
];

/** The steps that a name stands for; undefined for one that isn't known, which would give other tokens than the model's. */
export function findPreTokenizer(name: string): PreTokenizerFamily | undefined {
	return families.find(({ names }) => names.includes(name));
}
