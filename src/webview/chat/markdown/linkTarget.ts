/** What a link in an answer may lead to; everything else is shown as the text that it is. */
export type LinkTarget =
	| { readonly kind: "web"; readonly href: string }
	/** `line` is counted from 0. */
	| { readonly kind: "file"; readonly path: string; readonly line: number | undefined };

/** As many as the extension takes, in UTF-16 units. */
const maxHrefLength = 4096;

/**
 * Reads the target of a link that a model wrote: an address of the web, or a path inside the workspace with
 * `#L12` or `:12` behind it. Undefined for every other scheme, for addresses with a user name, which are
 * made to be misread, and for paths that lead out of the workspace.
 */
export function linkTarget(href: string): LinkTarget | undefined {
	// Control characters and spaces are dropped by browsers in places: "java\nscript:".
	if (href.length > maxHrefLength || /[\p{Cc}\p{Cf}\s\\]/u.test(href)) {
		return undefined;
	}
	return /^https?:/i.test(href) ? webTarget(href) : fileTarget(href);
}

function webTarget(href: string): LinkTarget | undefined {
	if (!/^https?:\/\/[^/]/i.test(href) || !URL.canParse(href)) {
		return undefined;
	}
	const { username, password, hostname } = new URL(href);
	return username === "" && password === "" && hostname !== "" ? { kind: "web", href } : undefined;
}

function fileTarget(href: string): LinkTarget | undefined {
	// An escaped sign is part of the name: "c%23/a.cs" lies in "c#".
	const parts = /^([^#?]+?)(?:(?:#L|:|%3A)(\d{1,7})[^/]*)?$/i.exec(href);
	const path = parts?.[1] === undefined ? undefined : decodePercents(parts[1]);
	if (
		path === undefined ||
		// A scheme, or a drive of Windows.
		/^[a-z][a-z0-9+.-]*:/i.test(path) ||
		/[\p{Cc}\p{Cf}\\:<>"|*]/u.test(path) ||
		path.startsWith("/") ||
		path.split("/").includes("..")
	) {
		return undefined;
	}
	const line = Number(parts?.[2] ?? 0);
	return { kind: "file", path, line: line > 0 ? line - 1 : undefined };
}

function decodePercents(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		// A broken escape: not a path that anyone meant.
		return undefined;
	}
}
