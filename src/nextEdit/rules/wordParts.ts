/** How a name is put together from its words. */
export interface WordParts {
	/** In lower case. */
	readonly parts: readonly string[];
	/** The same as they are written. */
	readonly written: readonly string[];
	readonly style: "camel" | "pascal" | "snake" | "screaming" | "kebab" | "lower" | "other";
	/** Underscores and the like around it. */
	readonly head: string;
	readonly tail: string;
}

/** A name's words: `httpServerIDs`, `HTTP_SERVER_IDS` and `http-server-ids` have the same. */
export function partsOf(name: string): WordParts {
	const head = /^[_$]*/.exec(name)?.[0] ?? "";
	let end = name.length;
	while (end > head.length && "_$".includes(name.charAt(end - 1))) {
		end--;
	}
	const body = name.slice(head.length, end);
	const split = body
		.split(/[_-]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u)
		.filter((part) => part !== "");
	return {
		parts: split.map((part) => part.toLowerCase()),
		written: split,
		style: styleOf(body),
		head,
		tail: name.slice(end),
	};
}

function styleOf(body: string): WordParts["style"] {
	if (/^[\p{Ll}\p{N}]+$/u.test(body)) {
		return "lower";
	}
	if (/^[\p{Lu}\p{N}_]+$/u.test(body)) {
		return "screaming";
	}
	if (/^[\p{Ll}\p{N}]+(?:_[\p{Ll}\p{N}]+)+$/u.test(body)) {
		return "snake";
	}
	if (/^[\p{Ll}\p{N}]+(?:-[\p{Ll}\p{N}]+)+$/u.test(body)) {
		return "kebab";
	}
	if (/^\p{Lu}[\p{L}\p{N}]*$/u.test(body)) {
		return "pascal";
	}
	return /^\p{Ll}[\p{L}\p{N}]*$/u.test(body) ? "camel" : "other";
}

/** The name of these words in the manner of another; undefined where that has none that is known. */
export function nameOf(parts: readonly string[], like: WordParts): string | undefined {
	const body = bodyOf(parts, like.style);
	return body === undefined ? undefined : like.head + body + like.tail;
}

/**
 * A name with other words in place of those from `from` to `to`, the end exclusive, in its own manner; what stays is written as it was, `URL` not as `Url`.
 * Undefined where its manner isn't known, or what stays would be written otherwise.
 */
export function withWords(
	name: string,
	words: readonly string[],
	from: number,
	to: number,
	style?: WordParts["style"],
): string | undefined {
	const parsed = partsOf(name);
	const like = { ...parsed, style: style ?? parsed.style };
	const { parts, written } = like;
	const isWhole = from === 0 && to === parts.length;
	if (!isWhole && nameOf(written, like) !== name) {
		return undefined;
	}
	// A name whose first word is gone begins as if there had been none.
	const rest = from === 0 && words.length === 0 ? parts.slice(to, to + 1) : [];
	return nameOf(
		[...written.slice(0, from), ...words, ...rest, ...written.slice(to + rest.length)],
		like,
	);
}

function bodyOf(parts: readonly string[], style: WordParts["style"]): string | undefined {
	switch (style) {
		case "camel":
			return parts.map((part, i) => (i === 0 ? part : capital(part))).join("");
		case "pascal":
			return parts.map(capital).join("");
		case "snake":
			return parts.join("_");
		case "kebab":
			return parts.join("-");
		case "screaming":
			return parts.join("_").toUpperCase();
		case "lower":
			return parts.length === 1 ? parts[0] : undefined;
		case "other":
			return undefined;
	}
}

function capital(part: string): string {
	return part.charAt(0).toUpperCase() + part.slice(1);
}
