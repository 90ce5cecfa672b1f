import { promptPath } from "../base/promptPath.ts";
import type { ModelManifest } from "../model/manifest.ts";
import { healingSplit } from "../tokenizer/tokenHealing.ts";
import type { TokenId, Tokenizer } from "../tokenizer/tokenizer.ts";

export interface PlainPrompt {
	readonly tokens: readonly TokenId[];
	/** UTF-8 bytes before the cursor that were left out of the prompt; the answer begins with them. */
	readonly healBytes: Uint8Array;
}

/**
 * The beginning of a file that is to be written on, as a model reads whole files: behind the file's path where it was
 * trained with paths. Of a text that is too long the end is kept.
 */
export function plainPrompt(
	{ path, text, maxTokens }: { path: string; text: string; maxTokens: number },
	model: {
		readonly tokenizer: Tokenizer;
		readonly manifest: Pick<ModelManifest, "fim">;
	},
): PlainPrompt {
	const { tokenizer, manifest } = model;
	const special = (name: string | undefined): readonly TokenId[] =>
		[name === undefined ? undefined : tokenizer.specialToken(name)].filter(
			(token) => token !== undefined,
		);
	const file = special(manifest.fim?.file);
	const heading = file.length === 0 ? [] : tokenizer.encode(`${promptPath(path)}\n`);
	const head = [...special(manifest.fim?.start), ...file, ...heading];
	const { kept, healBytes } = healingSplit(tokenizer.vocabulary, tokenizer.encode(text));
	const room = Math.max(0, maxTokens - head.length);
	return { tokens: [...head, ...kept.slice(Math.max(0, kept.length - room))], healBytes };
}
