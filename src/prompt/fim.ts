import { promptPath } from "../base/promptPath.ts";
import { UserError } from "../base/userError.ts";
import type { FimFormat, ModelManifest } from "../model/manifest.ts";
import { healingSplit } from "../tokenizer/tokenHealing.ts";
import type { TokenId, Tokenizer } from "../tokenizer/tokenizer.ts";
import type { VocabularyIndex } from "../tokenizer/vocabularyIndex.ts";
import { rememberEncodings } from "./encodingCache.ts";
import { fileTokens, type FileTokens } from "./fileTokens.ts";
import { promptWindow } from "./promptWindow.ts";

export interface FimInput {
	readonly path: string;
	/** With "\n" line breaks. */
	readonly text: string;
	readonly prefixEnd: number;
	readonly suffixStart: number;
	/** For the whole prompt. */
	readonly maxTokens: number;
	/**
	 * Pieces of other files, the most relevant last. Those that don't fit are left out from the first on;
	 * a model that was not trained with such pieces gets none.
	 */
	readonly pieces?: readonly PromptPiece[];
}

/** A piece of another file of the repository. */
export interface PromptPiece {
	readonly path: string;
	/** Whole lines, with "\n" line breaks. */
	readonly text: string;
}

export interface FimPrompt {
	/** At most `maxTokens`. */
	readonly tokens: readonly TokenId[];
	/** UTF-8 bytes before the cursor that were left out of the prompt; the answer begins with them. */
	readonly healBytes: Uint8Array;
	/** How many of {@link FimInput.pieces} are in the prompt: the last ones. */
	readonly pieceCount: number;
	/** The parts around the cursor that are in `tokens`. */
	readonly prefix: readonly TokenId[];
	readonly suffix: readonly TokenId[];
}

/**
 * Share of the budget for the suffix. In suffix-first order a long one costs nothing while typing, but all
 * of it after a jump; models gain little from more than about twenty lines.
 */
const suffixShare = 0.22;

/** As in training, where pieces of other files took at most half of a sequence. */
export const maxPiecesShare = 0.5;

/**
 * Builds fill-in-the-middle prompts for one model.
 *
 * Each part is encoded on its own and the special tokens are put between by id. That is safe because
 * byte-level BPE never merges across a special token, and it is what keeps text in a file that looks like
 * a special token from becoming one.
 */
export class FimPromptBuilder {
	/** End the answer: the model's own, and the markers with which a new part would begin. */
	readonly stopTokens: readonly TokenId[];
	readonly #encode: (text: string) => readonly TokenId[];
	readonly #vocabulary: VocabularyIndex;
	readonly #order: FimFormat["order"];
	readonly #prefix: TokenId;
	readonly #suffix: TokenId;
	/** What the prompt ends with, and what it begins with: one token or none. */
	readonly #middle: readonly TokenId[];
	readonly #start: readonly TokenId[];
	readonly #file: TokenId | undefined;
	readonly #otherFile: TokenId | undefined;

	/** Throws a UserError "modelUnusable" when the model has no such format or its tokenizer lacks a token. */
	constructor(tokenizer: Tokenizer, manifest: ModelManifest) {
		const { fim } = manifest;
		if (fim === undefined) {
			throw new UserError(
				"modelUnusable",
				`The model ${manifest.name} can't fill in the middle of a file; choose one whose manifest has a "fim" entry.`,
			);
		}
		const special = (name: string): TokenId => {
			const token = tokenizer.specialToken(name);
			if (token === undefined) {
				throw new UserError(
					"modelUnusable",
					`The tokenizer of the model ${manifest.name} has no token ${name}; import the model again.`,
				);
			}
			return token;
		};
		this.#encode = rememberEncodings(tokenizer);
		this.#vocabulary = tokenizer.vocabulary;
		this.#order = fim.order;
		this.#prefix = special(fim.prefix);
		this.#suffix = special(fim.suffix);
		this.#middle = fim.middle === undefined ? [] : [special(fim.middle)];
		this.#start = fim.start === undefined ? [] : [special(fim.start)];
		this.#file = fim.file === undefined ? undefined : special(fim.file);
		this.#otherFile = fim.otherFile === undefined ? undefined : special(fim.otherFile);
		const parts = [this.#prefix, this.#suffix, ...this.#middle];
		this.stopTokens = [
			...new Set([
				...manifest.stopTokens.map(special),
				...parts,
				...(this.#file === undefined ? [] : [this.#file]),
				...(this.#otherFile === undefined ? [] : [this.#otherFile]),
			]),
		];
	}

	build(input: FimInput): FimPrompt {
		const path = promptPath(input.path);
		const head = this.#file === undefined ? [] : [this.#file, ...this.#encode(`${path}\n`)];
		const markers = 2 + this.#middle.length + this.#start.length;
		const room = Math.max(0, input.maxTokens - head.length - markers);
		const pieces = this.#piecesWithin(input.pieces ?? [], Math.floor(room * maxPiecesShare));
		const budget = room - pieces.tokens.length;
		const maxSuffixTokens = Math.floor(budget * suffixShare);
		const window = promptWindow({
			text: input.text,
			prefixEnd: input.prefixEnd,
			suffixStart: input.suffixStart,
			maxPrefixTokens: budget - maxSuffixTokens,
			maxSuffixTokens,
			encode: this.#encode,
		});
		const { kept, healBytes } = healingSplit(this.#vocabulary, window.prefix);
		const prefix = [this.#prefix, ...kept];
		const suffix = [this.#suffix, ...window.suffix];
		const parts = this.#order === "spm" ? [...suffix, ...prefix] : [...prefix, ...suffix];
		return {
			tokens: [...this.#start, ...pieces.tokens, ...head, ...parts, ...this.#middle],
			healBytes,
			pieceCount: pieces.count,
			prefix: kept,
			suffix: window.suffix,
		};
	}

	/** What a piece takes of the prompt; 0 where the model takes none. */
	pieceTokens(piece: PromptPiece): number {
		return this.#encodePiece(piece).length;
	}

	/** Whether pieces of other files can be part of this model's prompts. */
	get takesPieces(): boolean {
		return this.#otherFile !== undefined;
	}

	/**
	 * The tokens of the whole file around the same place. What token healing takes off the prompt is missing
	 * before the cursor here too: the tokens of the answer follow those of `before`.
	 */
	fileTokens({ text, prefixEnd, suffixStart }: FimInput): FileTokens {
		const tokens = fileTokens({ text, prefixEnd, suffixStart, encode: this.#encode });
		return { ...tokens, before: healingSplit(this.#vocabulary, tokens.before).kept };
	}

	#piecesWithin(
		pieces: readonly PromptPiece[],
		maxTokens: number,
	): { readonly tokens: readonly TokenId[]; readonly count: number } {
		let tokens: readonly TokenId[] = [];
		let count = 0;
		for (const piece of pieces.toReversed()) {
			const encoded = this.#encodePiece(piece);
			if (encoded.length === 0 || tokens.length + encoded.length > maxTokens) {
				break;
			}
			tokens = [...encoded, ...tokens];
			count++;
		}
		return { tokens, count };
	}

	#encodePiece({ path, text }: PromptPiece): readonly TokenId[] {
		return this.#otherFile === undefined
			? []
			: [
					this.#otherFile,
					...this.#encode(`${promptPath(path)}\n`),
					// Pieces end with a line break, as in training.
					...this.#encode(`${text.toWellFormed()}${text.endsWith("\n") ? "" : "\n"}`),
				];
	}
}
