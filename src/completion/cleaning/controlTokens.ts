import type { CompletionPlace } from "../completionPlace.ts";

/**
 * How models mark the parts of a prompt and the end of an answer, where a server spells it out. What code may look like
 * isn't among them: an index `a[INST]`, a type argument `F<EOT>`, a heredoc.
 */
const controlToken =
	/<\|[\p{L}\p{N}_▁/-]{1,60}\|>|<｜[\p{L}\p{N}_▁/-]{1,60}｜>|<\/?fim_(?:prefix|middle|suffix|pad)>|<(?:file_sep|repo_name|jupyter_code|gh_stars)>|<(?:start|end)_of_turn>|<(?:bos|eos)>|(?<![\p{L}\p{N}_<])<EOT>|(?<![\p{L}\p{N}_)\]])\[\/?INST\]/u;

/** So much of the document on either side of the cursor tells whether such tokens are what it is about. */
const searchedUnits = 10_000;

/** What of an answer comes before the first control token. All of it where the document has some itself. */
export function beforeControlToken(text: string, place: CompletionPlace): string {
	const at = text.search(controlToken);
	if (at < 0) {
		return text;
	}
	const { offset } = place;
	const near = place.text.slice(Math.max(0, offset - searchedUnits), offset + searchedUnits);
	return controlToken.test(near) ? text : text.slice(0, at).trimEnd();
}
