import * as z from "zod";
import { once } from "../base/once.ts";
import { withoutByteOrderMark } from "../base/byteOrderMark.ts";
import { firstProblem, foreignList, parseForeignJson } from "../base/foreignJson.ts";
import { UserError } from "../base/userError.ts";
import { byteLevelAlphabet, byteLevelTokenToBytes } from "./byteAlphabet.ts";

/**
 * Reads `tokenizer.json` (Hugging Face's format) as hostile input, and refuses everything that the
 * library would accept but encode wrongly or with loss: only byte-level BPE is taken, whose tokens are
 * exact pieces of the UTF-8 text.
 */

export type TokenizerErrorCode = "tokenizerInvalid";

/** What is left of a `tokenizer.json` after validation. */
export interface TokenizerFile {
	/** Byte-level tokens only, without special tokens, in the byte alphabet. */
	readonly vocabulary: ReadonlyMap<string, number>;
	readonly merges: readonly (readonly [string, string])[];
	/** Take a pre-token that is a token as it stands, even where merges would not build it. */
	readonly ignoreMerges: boolean;
	/** Every added token, whether it is flagged as special or not: none of them stands for text. */
	readonly specialTokens: ReadonlyMap<string, number>;
	readonly preTokenizer: PreTokenizerConfig;
	/** One more than the largest id. */
	readonly vocabularySize: number;
}

/** The largest published tokenizers (262,144 tokens) take 35 MB. */
const maxFileChars = 100_000_000;
const maxVocabularySize = 1_000_000;
const maxMerges = 2_000_000;
const maxTokenChars = 4096;
const maxSpecialTokens = 10_000;
/** Published patterns have up to 350 characters. */
const maxPatternChars = 2000;

const tokenId = once(() =>
	z
		.int()
		.nonnegative()
		.max(maxVocabularySize - 1),
);

const splitSchema = once(() =>
	z.object({
		type: z.literal("Split"),
		pattern: z.object({ Regex: z.string().min(1).max(maxPatternChars) }),
		// The library treats every other behavior as this one, and drops text when `invert` is set.
		behavior: z.literal("Isolated"),
		invert: z.literal(false).optional(),
	}),
);
const digitsSchema = once(() =>
	z.object({ type: z.literal("Digits"), individual_digits: z.boolean() }),
);
const byteLevelSchema = once(() =>
	z.object({
		type: z.literal("ByteLevel"),
		// A prefix space is text that the document doesn't have.
		add_prefix_space: z.literal(false),
		use_regex: z.boolean().default(true),
	}),
);
const preTokenizerSchema = once(() =>
	z.union([
		byteLevelSchema(),
		z.object({
			type: z.literal("Sequence"),
			pretokenizers: foreignList(
				z.discriminatedUnion("type", [splitSchema(), digitsSchema(), byteLevelSchema()]),
				16,
			)
				.refine((steps) => steps.at(-1)?.type === "ByteLevel", {
					error: "the last step must be ByteLevel",
				})
				.refine((steps) => steps.filter(({ type }) => type === "ByteLevel").length === 1, {
					error: "there must be one ByteLevel step",
				}),
		}),
	]),
);

export type PreTokenizerConfig = z.infer<ReturnType<typeof preTokenizerSchema>>;
export type PreTokenizerStep =
	| Extract<PreTokenizerConfig, { type: "ByteLevel" }>
	| Extract<PreTokenizerConfig, { type: "Sequence" }>["pretokenizers"][number];

const noAffix = once(() => z.union([z.null(), z.literal("")]).optional());

const nfcSchema = once(() => z.object({ type: z.literal("NFC") }));

const tokenizerFileSchema = once(() =>
	z.object({
		// Unicode normalization is left out on purpose when the text is encoded: an answer has to continue the
		// document byte for byte. Any other normalizer would change what the tokens stand for.
		normalizer: z
			.union([
				z.null(),
				nfcSchema(),
				// DeepSeek's files have an empty one.
				z.object({ type: z.literal("Sequence"), normalizers: foreignList(nfcSchema(), 16) }),
			])
			.optional(),
		pre_tokenizer: preTokenizerSchema(),
		decoder: z.object({ type: z.literal("ByteLevel") }),
		added_tokens: foreignList(
			z.object({ id: tokenId(), content: z.string().min(1).max(maxTokenChars) }),
			maxSpecialTokens,
		).default([]),
		model: z.object({
			type: z.literal("BPE"),
			dropout: z.union([z.null(), z.literal(0)]).optional(),
			continuing_subword_prefix: noAffix(),
			end_of_word_suffix: noAffix(),
			byte_fallback: z.literal(false).optional(),
			ignore_merges: z.boolean().default(false),
			// Looked through by hand: zod's records leave out the key "__proto__", which is a likely token.
			vocab: z.custom<object>((value) => typeof value === "object" && value !== null, {
				error: "Invalid input: expected an object",
			}),
			merges: z.custom<readonly unknown[]>(
				(value) => Array.isArray(value) && value.length <= maxMerges,
				{ error: `Invalid input: expected an array of at most ${maxMerges}` },
			),
		}),
	}),
);

/** Throws a {@link UserError} that names the first problem. */
export function parseTokenizerFile(text: string): TokenizerFile {
	if (text.length > maxFileChars) {
		throw invalid(`it is longer than ${maxFileChars} characters`);
	}
	const json = parseForeignJson(withoutByteOrderMark(text));
	if (json.kind === "invalid") {
		throw invalid(`it ${json.problem}`, json.cause);
	}
	const result = tokenizerFileSchema().safeParse(json.value);
	if (!result.success) {
		throw invalid(firstProblem(result.error));
	}
	const { model, added_tokens: addedTokens, pre_tokenizer: preTokenizer } = result.data;
	const specialTokens = new Map(addedTokens.map(({ content, id }) => [content, id]));
	const vocabulary = parseVocabulary(model.vocab, specialTokens);
	return {
		vocabulary,
		merges: parseMerges(model.merges, vocabulary),
		ignoreMerges: model.ignore_merges,
		specialTokens,
		preTokenizer,
		vocabularySize: checkIds([...vocabulary.values(), ...new Set(specialTokens.values())]),
	};
}

function parseVocabulary(
	vocab: object,
	specialTokens: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
	const vocabulary = new Map<string, number>();
	for (const [token, id] of Object.entries(vocab) as [string, unknown][]) {
		const special = specialTokens.get(token);
		if (special !== undefined && special === id) {
			continue;
		}
		const parsedId = tokenId().safeParse(id);
		if (!parsedId.success) {
			throw invalid(`token ${quote(token)} has no valid id`);
		}
		if (token.length === 0 || token.length > maxTokenChars || special !== undefined) {
			throw invalid(`token ${quote(token)} is empty, too long or listed twice`);
		}
		if (byteLevelTokenToBytes(token) === undefined) {
			throw invalid(`token ${quote(token)} is not written in the byte-level alphabet`);
		}
		vocabulary.set(token, parsedId.data);
	}
	const missing = byteLevelAlphabet().findIndex(
		(char, byte) => isInUtf8(byte) && !vocabulary.has(char),
	);
	if (missing >= 0) {
		// The library would silently leave such a byte out of the prompt.
		throw invalid(`it has no token for the byte ${missing}`);
	}
	return vocabulary;
}

/** Some vocabularies leave out the bytes that no UTF-8 has, and give their ids to added tokens. */
const isInUtf8 = (byte: number): boolean => byte < 0xf5 && byte !== 0xc0 && byte !== 0xc1;

function parseMerges(
	merges: readonly unknown[],
	vocabulary: ReadonlyMap<string, number>,
): readonly (readonly [string, string])[] {
	return merges.map((merge, rank) => {
		const pair = pairOf(merge);
		if (pair === undefined) {
			throw invalid(`merge ${rank} is not a pair`);
		}
		const [left, right] = pair;
		if (!vocabulary.has(left) || !vocabulary.has(right) || !vocabulary.has(left + right)) {
			throw invalid(`merge ${quote(pair.join(" "))} uses tokens that are not in the vocabulary`);
		}
		return pair;
	});
}

/** Newer files have a list of two, older ones a text with a space between them. */
function pairOf(merge: unknown): readonly [string, string] | undefined {
	const isText = typeof merge === "string" && merge.length <= 2 * maxTokenChars + 1;
	const parts: unknown = isText ? merge.split(" ", 3) : merge;
	if (!Array.isArray(parts) || parts.length !== 2) {
		return undefined;
	}
	const [left, right] = parts as unknown[];
	return typeof left === "string" && typeof right === "string" ? [left, right] : undefined;
}

/** Returns one more than the largest id, after checking that no id is used twice. */
function checkIds(ids: readonly number[]): number {
	const seen = new Set<number>();
	let largest = -1;
	for (const id of ids) {
		if (seen.has(id)) {
			throw invalid(`two tokens have the id ${id}`);
		}
		seen.add(id);
		largest = Math.max(largest, id);
	}
	return largest + 1;
}

const quote = (token: string): string => JSON.stringify(token.slice(0, 40));

export function invalid(problem: string, cause?: unknown): UserError<TokenizerErrorCode> {
	return new UserError(
		"tokenizerInvalid",
		`The file tokenizer.json can't be used because ${problem}; take it anew from the model's source.`,
		{ cause },
	);
}
