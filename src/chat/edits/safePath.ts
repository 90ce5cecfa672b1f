/** Longest path that is looked at, in UTF-16 units. */
const maxLength = 400;

const reservedNames = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * A path that a model wrote, relative to the workspace with forward slashes, or undefined when it might lead
 * anywhere else: absolute, with a drive or a scheme, with `..`, also where that is percent-encoded, or with what one
 * system reads as a separator and another doesn't. Whether the file exists, and isn't a link out of the workspace, is
 * the caller's to check.
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
			// Whatever decodes it would find a dot, a separator or the end of a text.
			!/%(?:2e|2f|5c|00)/i.test(part) &&
			!reservedNames.test(part),
	);
	return isSafe ? slashed : undefined;
}

/** Control and bidirectional characters, and what Windows gives a meaning of its own. */
function hasForeignCharacter(path: string): boolean {
	return /[\p{Cc}\p{Cf}\u2028\u2029:*?<>|]/u.test(path);
}

/**
 * What a path that a model wrote may mean, the likeliest first: as it is written, with its accents composed and
 * decomposed, as systems differ in that, and with a link's percent-encoding undone.
 */
export function pathsMeantBy(written: string): readonly string[] {
	const safe = safeRelativePath(written);
	if (safe === undefined) {
		return [];
	}
	const plain = decoded(safe);
	const all = [safe, ...(plain === undefined ? [] : [plain])];
	return [
		...new Set([...all, ...all.flatMap((path) => [path.normalize("NFC"), path.normalize("NFD")])]),
	];
}

function decoded(path: string): string | undefined {
	try {
		return safeRelativePath(decodeURIComponent(path));
	} catch (error) {
		if (error instanceof URIError) {
			return undefined;
		}
		throw error;
	}
}

/** A shorter path is the same file when it is the end of the longer one: people and models shorten paths. */
export function isSameFile(written: string, path: string): boolean {
	const composed = path.normalize("NFC");
	return pathsMeantBy(written)
		.map((meant) => meant.normalize("NFC"))
		.some((meant) => composed === meant || composed.endsWith(`/${meant}`));
}
