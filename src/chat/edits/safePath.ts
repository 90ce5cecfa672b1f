/** Longest path that is looked at, in UTF-16 units. */
const maxLength = 400;

const reservedNames = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * A path that a model wrote, relative to the workspace with forward slashes, or undefined when it might lead
 * anywhere else: absolute, with a drive or a scheme, with `..`, or with what one system reads as a separator
 * and another doesn't. Whether the file exists, and isn't a link out of the workspace, is the caller's to check.
 */
export function safeRelativePath(path: string): string | undefined {
	const slashed = path
		.trim()
		.replaceAll("\\", "/")
		.replace(/^(?:\.\/)+/, "");
	if (
		slashed === "" ||
		slashed.length > maxLength ||
		slashed.startsWith("/") ||
		slashed.startsWith("~") ||
		hasForeignCharacter(slashed)
	) {
		return undefined;
	}
	const parts = slashed.split("/");
	const isSafe = parts.every(
		(part) =>
			part !== "" &&
			part !== "." &&
			part !== ".." &&
			part.toLowerCase() !== ".git" &&
			// Windows drops these, so `.. ` would be `..` there.
			!/[. ]$/.test(part) &&
			!reservedNames.test(part),
	);
	return isSafe ? slashed : undefined;
}

/** Control and bidirectional characters, and what Windows gives a meaning of its own. */
function hasForeignCharacter(path: string): boolean {
	return /[\p{Cc}\p{Cf}\u2028\u2029:*?"<>|%]/u.test(path);
}
