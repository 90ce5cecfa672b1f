import { Tokenizer as PatternTokenizer } from "@huggingface/tokenizers";
import { assert } from "../base/assert.ts";
import { detached } from "../base/detached.ts";
import { ByteMerges } from "./byteMerges.ts";
import { Utf8StreamDecoder } from "./streamDecoder.ts";
import type { StreamDecoder, TokenId, Tokenizer } from "./tokenizer.ts";
import {
	invalid,
	parseTokenizerFile,
	type PreTokenizerConfig,
	type PreTokenizerStep,
} from "./tokenizerFile.ts";
import { tokenizerTables, type TokenizerTables } from "./tokenizerTables.ts";
import { VocabularyIndex } from "./vocabularyIndex.ts";

/**
 * Byte-level BPE. `@huggingface/tokenizers` cuts the text into pre-tokens, whose patterns come from other regular
 * expression dialects; what they merge to is found by numbers (see byteMerges.ts) and remembered.
 */

/**
 * Loads a tokenizer from the text of a `tokenizer.json`. Throws a UserError "tokenizerInvalid" for
 * anything but byte-level BPE.
 */
export function createTokenizer(tokenizerJsonText: string): Tokenizer {
	return tokenizerOf(tokenizerTables(parseTokenizerFile(tokenizerJsonText)));
}

/** A tokenizer over tables that were made already, by whatever thread. Throws a UserError for patterns that can't be compiled. */
export function tokenizerOf(tables: TokenizerTables): Tokenizer {
	return new BpeTokenizer(tables);
}

/** Lines of a few repositories' files: what the prompts of some minutes are made of. */
const maxRemembered = 50_000;
/** A longer pre-token hardly comes again. */
const maxRememberedLength = 256;

class BpeTokenizer implements Tokenizer {
	readonly vocabulary: VocabularyIndex;
	readonly #preTokens: (text: string) => readonly string[];
	readonly #merges: ByteMerges;
	/** Whether whole pre-tokens are looked up before they are merged. */
	readonly #ignoreMerges: boolean;
	readonly #known = new Map<string, readonly number[]>();
	readonly #specialTokens: ReadonlyMap<string, number>;

	constructor(tables: TokenizerTables) {
		this.vocabulary = new VocabularyIndex(tables.vocabulary);
		this.#preTokens = preTokensOf(tables.preTokenizer);
		this.#merges = new ByteMerges(tables.merges);
		this.#ignoreMerges = tables.ignoreMerges;
		this.#specialTokens = tables.specialTokens;
	}

	get vocabularySize(): number {
		return this.vocabulary.size;
	}

	encode(text: string): readonly TokenId[] {
		const tokens: number[] = [];
		for (const piece of this.#preTokens(text)) {
			for (const token of this.#tokensOf(piece)) {
				tokens.push(token);
			}
		}
		return tokens as TokenId[];
	}

	#tokensOf(piece: string): readonly number[] {
		const known = this.#known.get(piece);
		if (known !== undefined) {
			return known;
		}
		const whole = this.#ignoreMerges
			? this.vocabulary.tokenOf(Buffer.from(piece).toString("latin1"))
			: undefined;
		const tokens = whole === undefined ? this.#merges.encode(piece) : [whole];
		if (piece.length <= maxRememberedLength) {
			if (this.#known.size >= maxRemembered) {
				this.#known.clear();
			}
			// A piece is a slice of the text, which it would keep in memory.
			this.#known.set(detached(piece), tokens);
		}
		return tokens;
	}

	specialToken(name: string): TokenId | undefined {
		return this.#specialTokens.get(name) as TokenId | undefined;
	}

	bytesOf(token: TokenId): Uint8Array {
		// A model may have more output rows than its tokenizer has tokens (padding): those have no bytes.
		return this.vocabulary.bytesOf(token);
	}

	createStreamDecoder(skippedBytes = 0): StreamDecoder {
		return new Utf8StreamDecoder((token) => this.bytesOf(token), skippedBytes);
	}
}

/**
 * The library gets neither tokens nor merges: it only cuts. Special tokens are no part of that; it would
 * otherwise cut the text at everything that looks like one, and a file could inject control tokens into a
 * prompt. The prompt builder puts special tokens in by id.
 */
function preTokensOf(preTokenizer: PreTokenizerConfig): (text: string) => readonly string[] {
	const steps = preTokenizer.type === "Sequence" ? preTokenizer.pretokenizers : [preTokenizer];
	try {
		const { pre_tokenizer: cut } = new PatternTokenizer(
			{
				normalizer: null,
				pre_tokenizer: { type: "Sequence", pretokenizers: steps.flatMap(cutting) },
				model: { type: "BPE", vocab: {}, merges: [] },
				post_processor: null,
				decoder: null,
				added_tokens: [],
			},
			{},
		);
		assert(cut !== null, "a sequence of steps was asked for");
		return (text) => (text === "" ? [] : cut.pre_tokenize(text));
	} catch (error) {
		throw invalid("its patterns can't be compiled", error);
	}
}

/** The step without the spelling of bytes as characters, which merging by numbers doesn't need. */
function cutting(step: PreTokenizerStep): readonly object[] {
	if (step.type !== "ByteLevel") {
		return [step];
	}
	return step.use_regex
		? [{ type: "Split", pattern: { Regex: byteLevelPattern }, behavior: "Isolated" }]
		: [];
}

/** Where ByteLevel cuts: GPT-2's pattern. */
const byteLevelPattern =
	"'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
