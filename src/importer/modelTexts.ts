import { UserError } from "../base/userError.ts";
import type { ChatFormat } from "../model/manifest.ts";
import { createTokenizer } from "../tokenizer/bpeTokenizer.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { parseTokenizerFile } from "../tokenizer/tokenizerFile.ts";
import { readCheckpointChat } from "./checkpointChat.ts";
import { readCheckpointNotes, type CheckpointNotes } from "./checkpointNotes.ts";
import type { CheckpointFiles } from "./checkpointSource.ts";
import { ImportError } from "./importError.ts";
import type { ImportOptions } from "./importOptions.ts";

const maxTokenizerBytes = 200_000_000;

/** What the texts beside a model's weights say of it. */
export interface ModelTexts {
	readonly tokenizerText: string;
	readonly tokenizer: Tokenizer;
	readonly notes: CheckpointNotes;
	/** Undefined where the model can't converse. */
	readonly chat: ChatFormat | undefined;
}

/**
 * Reads tokenizer, notes and chat template of a model with so many tokens.
 *
 * @throws ImportError or UserError "tokenizerInvalid" for what isn't as it should be
 */
export async function readModelTexts(
	checkpoint: CheckpointFiles,
	architecture: string,
	vocabularySize: number,
	options: Pick<ImportOptions, "checkChat" | "onNotice">,
): Promise<ModelTexts> {
	const tokenizerText = await checkpoint.text("tokenizer.json", maxTokenizerBytes);
	if (tokenizerText === undefined) {
		throw new ImportError(
			"checkpointInvalid",
			`The folder ${checkpoint.path} has no tokenizer.json; take the checkpoint anew from its source.`,
		);
	}
	const tokenizer = createTokenizer(tokenizerText);
	if (tokenizer.vocabularySize > vocabularySize) {
		throw new ImportError(
			"checkpointInvalid",
			`The checkpoint's tokenizer has ${tokenizer.vocabularySize} tokens but its model only ${vocabularySize}; take both from the same source.`,
		);
	}
	const notes = await readCheckpointNotes(checkpoint, architecture, tokenizer);
	const chat = await usableChat(checkpoint, tokenizerText, tokenizer, notes.name, options);
	return { tokenizerText, tokenizer, notes, chat };
}

/** How to converse with the checkpoint; undefined, and said so, where its template can't be used. */
async function usableChat(
	checkpoint: CheckpointFiles,
	tokenizerText: string,
	tokenizer: Tokenizer,
	modelName: string,
	{ checkChat, onNotice }: Pick<ImportOptions, "checkChat" | "onNotice">,
): Promise<ChatFormat | undefined> {
	const { specialTokens } = parseTokenizerFile(tokenizerText);
	const found = await readCheckpointChat(checkpoint, specialTokens);
	switch (found.kind) {
		case "none":
			return undefined;
		case "unusable":
			onNotice?.(`The model is imported for completions only, because ${found.problem}.`);
			return undefined;
		case "chat":
			try {
				checkChat?.(found.chat, tokenizer, modelName);
				return found.chat;
			} catch (error) {
				if (!(error instanceof UserError)) {
					throw error;
				}
				onNotice?.(`The model is imported for completions only. ${error.message}`);
				return undefined;
			}
	}
}

/**
 * Positions that a model takes at most, where `wanted` has been asked for.
 *
 * @throws ImportError "checkpointUnsupported" for what isn't a whole number of them
 */
export function limitedContextLength(declared: number, wanted: number | undefined): number {
	if (wanted !== undefined && (!Number.isInteger(wanted) || wanted < 1)) {
		throw new ImportError(
			"checkpointUnsupported",
			"A model takes a whole number of positions; give a larger context length.",
		);
	}
	return Math.min(wanted ?? Infinity, declared);
}
