import * as z from "zod";
import type { FimFormat } from "../model/manifest.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { readCheckpointJson, type CheckpointFiles } from "./checkpointSource.ts";
import { knownFimFormat, knownStopTokens } from "./fimFormats.ts";
import { ImportError } from "./importError.ts";

/** What a checkpoint says about its use that `config.json` has no place for. */
export interface CheckpointNotes {
	readonly name: string;
	readonly license: string;
	readonly fim: FimFormat | undefined;
	readonly stopTokens: readonly string[];
	/** Undefined when the checkpoint doesn't say. */
	readonly trainedContextLength: number | undefined;
}

/** Our own addition to a Hugging Face folder; every field is optional. */
const notesFileName = "mote.json";
const maxNotesBytes = 100_000;

const tokenName = z.string().min(1).max(100);
const notesSchema = z.object({
	name: z.string().min(1).max(100).optional(),
	license: z.string().min(1).max(100).optional(),
	order: z.enum(["spm", "psm"]).default("psm"),
	/** Ends a text, where no markers of fill-in-the-middle are named. */
	endOfText: tokenName.optional(),
	trainedContextTokens: z.int().positive().max(1_048_576).optional(),
	fim: z
		.strictObject({
			prefix: tokenName,
			suffix: tokenName,
			middle: tokenName.optional(),
			/** In front of every prompt. */
			start: tokenName.optional(),
			file: tokenName.optional(),
			otherFile: tokenName.optional(),
			endOfText: tokenName,
		})
		.optional(),
});

/** As many as a manifest takes. */
const maxStopTokens = 16;

/** Reads the notes of a checkpoint, filled in from its architecture and what its tokenizer shows. */
export async function readCheckpointNotes(
	files: CheckpointFiles,
	architecture: string,
	tokenizer: Tokenizer,
): Promise<CheckpointNotes> {
	const notes =
		(await readCheckpointJson(files, notesFileName, notesSchema, maxNotesBytes)) ??
		notesSchema.parse({});
	const isKnown = (token: string): boolean => tokenizer.specialToken(token) !== undefined;
	const declared = [...Object.values(notes.fim ?? {}), notes.endOfText].filter(
		(token) => token !== undefined,
	);
	const unknown = declared.find((token) => !isKnown(token));
	if (unknown !== undefined) {
		throw new ImportError(
			"checkpointInvalid",
			`The checkpoint's mote.json names "${unknown}", which its tokenizer doesn't have as a special token; correct the name.`,
		);
	}
	const fim = fimFormat(notes, architecture, isKnown);
	// A declared token ends an answer too: none of them can be part of a file's text.
	const stopTokens = [...new Set([...declared, ...knownStopTokens.filter(isKnown)])].slice(
		0,
		maxStopTokens,
	);
	if (stopTokens.length === 0) {
		throw new ImportError(
			"checkpointInvalid",
			'The checkpoint has no known end-of-text token; name it in a mote.json as {"endOfText": "…"}.',
		);
	}
	return {
		name: notes.name ?? files.defaultName,
		license: notes.license ?? "unknown",
		fim,
		stopTokens,
		trainedContextLength: notes.trainedContextTokens,
	};
}

function fimFormat(
	notes: z.infer<typeof notesSchema>,
	architecture: string,
	isKnown: (token: string) => boolean,
): FimFormat | undefined {
	if (notes.fim === undefined) {
		return knownFimFormat(architecture, isKnown);
	}
	const { prefix, suffix, middle, start, file, otherFile } = notes.fim;
	return {
		order: notes.order,
		prefix,
		suffix,
		...(middle === undefined ? {} : { middle }),
		...(start === undefined ? {} : { start }),
		...(file === undefined ? {} : { file }),
		...(otherFile === undefined ? {} : { otherFile }),
	};
}
