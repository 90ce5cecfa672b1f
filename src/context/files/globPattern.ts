/**
 * The source of one regular expression for all of some globs: a name, or the end of a path with forward slashes, that fits one of
 * them fits it from there to its end. Known are `*`, which stands for any part of a name; `[…]`; `{…,…}`, one in the other not; and
 * `/**` at the end, for a folder with all that is in it. Globs of ASCII, and of our own: nothing in them is looked for that isn't
 * said here.
 */
export function globPattern(globs: readonly string[]): string {
	return globs
		.map((glob) => glob.replaceAll(/\/\*\*$|\*|\[[^\]]+\]|[{},]|[^\w-]/g, sourceOf))
		.join("|");
}

function sourceOf(piece: string): string {
	switch (piece) {
		case "/**":
			return "(?:/.*)?";
		case "*":
			return "[^/]*";
		case "{":
			return "(?:";
		case ",":
			return "|";
		case "}":
			return ")";
		default:
			return piece.startsWith("[") ? piece : `\\${piece}`;
	}
}
