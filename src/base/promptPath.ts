/** Enough for any path below a workspace, in UTF-16 units; a longer one keeps its end. */
const maxPathLength = 160;

// Control characters, line separators, and the characters that turn the direction of text.
const unwanted = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A path as the model is told it: relative, with forward slashes, on one line, of bounded length. The name
 * of a file is foreign text like its content: it must not add lines to the prompt.
 */
export function promptPath(path: string): string {
	const clean = path
		.toWellFormed()
		.replaceAll("\\", "/")
		.replace(unwanted, "")
		.replace(/^(?:[A-Za-z]:)?\/+/, "");
	if (clean.length <= maxPathLength) {
		return clean;
	}
	const end = clean.slice(-maxPathLength).toWellFormed();
	const folder = end.indexOf("/");
	return folder < 0 ? end : end.slice(folder + 1);
}
