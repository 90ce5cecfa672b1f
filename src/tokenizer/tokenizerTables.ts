import { byteLevelTokenToBytes } from "./byteAlphabet.ts";
import { mergeTables, type MergeTables } from "./byteMerges.ts";
import type { PreTokenizerConfig, TokenizerFile } from "./tokenizerFile.ts";
import { vocabularyTable, type VocabularyTable } from "./vocabularyIndex.ts";

/**
 * All that encoding needs of a `tokenizer.json`, as numbers that one thread makes (0.17 s for 16,384 tokens, half of it to
 * check the file) and another takes over without a copy.
 */
export interface TokenizerTables {
	readonly vocabulary: VocabularyTable;
	readonly merges: MergeTables;
	/** Take a pre-token that is a token as it stands, even where merges would not build it. */
	readonly ignoreMerges: boolean;
	readonly specialTokens: ReadonlyMap<string, number>;
	readonly preTokenizer: PreTokenizerConfig;
}

const noBytes = new Uint8Array(0);

export function tokenizerTables(file: TokenizerFile): TokenizerTables {
	const pieces = new Array<Uint8Array>(file.vocabularySize).fill(noBytes);
	for (const [token, id] of file.vocabulary) {
		pieces[id] = byteLevelTokenToBytes(token) ?? noBytes;
	}
	return {
		vocabulary: vocabularyTable(pieces),
		merges: mergeTables(file.vocabulary, file.merges),
		ignoreMerges: file.ignoreMerges,
		specialTokens: file.specialTokens,
		preTokenizer: file.preTokenizer,
	};
}

/** What a message of the tables hands over. */
export function buffersOf({ vocabulary, merges }: TokenizerTables): ArrayBuffer[] {
	const { bytes, starts, sorted } = vocabulary;
	const { tokenOfByte, lefts, rights, products, slots } = merges;
	return [bytes, starts, sorted, tokenOfByte, lefts, rights, products, slots].map(
		({ buffer }) => buffer,
	);
}
