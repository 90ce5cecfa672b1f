import type { ModelManifest } from "../model/manifest.ts";
import { promptPath } from "../base/promptPath.ts";
import type { TokenId, Tokenizer } from "../tokenizer/tokenizer.ts";

/** One sequence to score: nothing before `heading` is given, and only `tokens` count. */
export interface TextWindow {
	/** The file's path as the model was trained to see it; empty for a model without such a heading. */
	readonly heading: readonly TokenId[];
	/** A part of the file. Over all windows of a file each of its tokens comes once. */
	readonly tokens: readonly TokenId[];
}

/** A window that ends at a line end may be this much shorter than one that doesn't. */
const minFilled = 0.5;

/** However long a path is, at least half of a sequence is text. */
const maxHeadingShare = 0.5;

const newline = 0x0a;

/**
 * Cuts a file into windows that fit the sequences of training, `<|file|> path\n` in front of each. A window
 * ends before a line break where there is one in its second half; the next one knows nothing of it.
 */
export function textWindows(
	file: { readonly path: string; readonly text: string },
	tokenizer: Tokenizer,
	manifest: Pick<ModelManifest, "fim" | "trainedContextLength" | "contextLength">,
): readonly TextWindow[] {
	const marker =
		manifest.fim?.file === undefined ? undefined : tokenizer.specialToken(manifest.fim.file);
	const sequenceLength = Math.min(manifest.trainedContextLength, manifest.contextLength);
	const path =
		marker === undefined ? [] : [marker, ...tokenizer.encode(`${promptPath(file.path)}\n`)];
	const heading = path.slice(0, Math.floor(sequenceLength * maxHeadingShare));
	const room = sequenceLength - heading.length;
	const tokens = tokenizer.encode(file.text);
	const windows: TextWindow[] = [];
	let start = 0;
	while (start < tokens.length) {
		let end = Math.min(start + room, tokens.length);
		if (end < tokens.length) {
			const earliest = start + Math.ceil(room * minFilled);
			const lineEnd = lastLineEnd(tokens, earliest, end, tokenizer);
			end = lineEnd ?? end;
		}
		windows.push({ heading, tokens: tokens.slice(start, end) });
		start = end;
	}
	return windows;
}

/** The last place in (earliest, end] where a token begins with a line break. */
function lastLineEnd(
	tokens: readonly TokenId[],
	earliest: number,
	end: number,
	tokenizer: Tokenizer,
): number | undefined {
	for (let at = end; at > earliest; at--) {
		const token = tokens[at];
		if (token !== undefined && tokenizer.bytesOf(token)[0] === newline) {
			return at;
		}
	}
	return undefined;
}
