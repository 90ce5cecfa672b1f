import { UserError } from "../base/userError.ts";
import type { FimFormat, ModelManifest } from "../model/manifest.ts";
import { healingSplit } from "../tokenizer/tokenHealing.ts";
import type { TokenId, Tokenizer } from "../tokenizer/tokenizer.ts";
import { VocabularyIndex } from "../tokenizer/vocabularyIndex.ts";
import { rememberEncodings } from "./encodingCache.ts";
import { promptPath } from "./promptPath.ts";
import { promptWindow } from "./promptWindow.ts";

export interface FimInput {
	readonly path: string;
	/** With "\n" line breaks. */
	readonly text: string;
	readonly prefixEnd: number;
	readonly suffixStart: number;
	/** For the whole prompt. */
	readonly maxTokens: number;
}

export interface FimPrompt {
	/** At most `maxTokens`. */
	readonly tokens: readonly TokenId[];
	/** UTF-8 bytes before the cursor that were left out of the prompt; the answer begins with them. */
	readonly healBytes: Uint8Array;
}

/**
 * Share of the budget for the suffix. In suffix-first order a long one costs nothing while typing, but all
 * of it after a jump; models gain little from more than about twenty lines.
 */
const suffixShare = 0.22;

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
	readonly #middle: TokenId;
	readonly #file: TokenId | undefined;

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
		this.#vocabulary = new VocabularyIndex(tokenizer);
		this.#order = fim.order;
		this.#prefix = special(fim.prefix);
		this.#suffix = special(fim.suffix);
		this.#middle = special(fim.middle);
		this.#file = fim.file === undefined ? undefined : special(fim.file);
		const parts = [this.#prefix, this.#suffix, this.#middle];
		this.stopTokens = [
			...new Set([
				...manifest.stopTokens.map(special),
				...parts,
				...(this.#file === undefined ? [] : [this.#file]),
			]),
		];
	}

	build(input: FimInput): FimPrompt {
		const path = promptPath(input.path);
		const head = this.#file === undefined ? [] : [this.#file, ...this.#encode(`${path}\n`)];
		const markers = 3;
		const budget = Math.max(0, input.maxTokens - head.length - markers);
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
		return { tokens: [...head, ...parts, this.#middle], healBytes };
	}
}
