import type * as z from "zod";
import { parseJson } from "./jsonFile.ts";
import type { TensorSource } from "./tensorSource.ts";

/**
 * The files of text beside a checkpoint's weights, named as Hugging Face names them. A source that keeps what they
 * say in another way writes them.
 */
export type CheckpointFileName =
	| "config.json"
	| "generation_config.json"
	| "tokenizer.json"
	| "tokenizer_config.json"
	| "chat_template.jinja"
	| "mote.json";

/** What an importer reads of a checkpoint besides its tensors. */
export interface CheckpointFiles {
	/** What messages call the checkpoint. */
	readonly path: string;
	/** What the model is called where the checkpoint doesn't say: 1 to 100 characters. */
	readonly defaultName: string;
	/**
	 * The whole of a file, without a byte-order mark; undefined where the checkpoint has none.
	 *
	 * @throws ImportError where it is longer than `maxBytes` or can't be read
	 */
	text(name: CheckpointFileName, maxBytes: number): Promise<string | undefined>;
}

/** Where a checkpoint comes from: what stands between the files that somebody has and what is made of them. */
export interface CheckpointSource extends CheckpointFiles {
	/** What int4 makes of weights that somebody has quantized before, in a sentence; undefined where nothing is lost. */
	readonly int4Notice: string | undefined;
	/** The caller disposes of the result. */
	openTensors(): Promise<OpenTensors>;
}

/** The tensors of files that are open. */
export interface OpenTensors extends TensorSource, AsyncDisposable {
	/** Another one where a file has changed: names, sizes, times of the last change, and what tensors there are. */
	readonly identity: string;
}

/** A validated JSON file of at most `maxBytes`; undefined where the checkpoint has none. */
export async function readCheckpointJson<Schema extends z.ZodType>(
	files: CheckpointFiles,
	name: CheckpointFileName,
	schema: Schema,
	maxBytes: number,
): Promise<z.infer<Schema> | undefined> {
	const text = await files.text(name, maxBytes);
	return text === undefined ? undefined : parseJson(text, schema, name);
}
