/** Longest path that is taken for one, in UTF-16 units. */
const maxPathLength = 400;

/** Lines that must come first in their file, so that a comment with its path stands below. */
const prologue =
	/^\s*(?:#!|#.{0,40}\bcoding[:=]|<\?(?:php|xml)\b|<!doctype\b|["']use strict["'];?\s*$)/i;

/** ```` ```ts src/a.ts ````, ```` ```ts:src/a.ts ````, ```` ```ts title="src/a.ts" ```` and the like. */
export function hintOfInfo(info: string): string | undefined {
	const named =
		/(?:^|[\s{,])(title|file|filename|filepath|path|src|name)\s*[=:]\s*(?:"((?:[^"\\]|\\[\s\S])+)"|'([^']+)'|`([^`]+)`|([^\s,}]+))/i.exec(
			info,
		);
	if (named !== null) {
		const [all, key = "", double, single, tick, bare] = named;
		const quoted = double?.replaceAll('\\"', '"') ?? single ?? tick;
		if (quoted !== undefined) {
			return asPath(quoted, key.toLowerCase() === "title" ? "loose" : "delimited");
		}
		const rest = info.slice(named.index + all.length - (bare ?? "").length);
		return longestPath(rest.replace(/\}\s*$/, ""));
	}
	const counted = /^\d+:\d+:(.+)$/.exec(info)?.[1];
	if (counted !== undefined) {
		return longestPath(counted);
	}
	const afterColon = /^[\w+#.-]*:(.+)$/.exec(info)?.[1];
	if (afterColon !== undefined && asPath(afterColon.split(/\s/, 1)[0] ?? "") !== undefined) {
		return longestPath(afterColon);
	}
	const [first = ""] = info.split(/\s/, 1);
	if (/[/\\]/.test(first)) {
		// It says nothing but a path.
		return longestPath(withoutOptions(info));
	}
	const behind = withoutOptions(info.slice(first.length))
		.replace(/^(?:\/\/|#|(?:--?|[|,–—]|<!--)(?=\s))\s*/, "")
		.replace(/-->$/, "")
		.trim();
	const plain = /^(["'`([])(.*)(["'`)\]])$/.exec(behind);
	if (plain !== null) {
		return asPath(plain[2] ?? "", "delimited");
	}
	return longestPath(behind);
}

/** Without what is told to tools that show code, before a path or behind it: `{1,3-5}`, `showLineNumbers`. */
function withoutOptions(info: string): string {
	const option =
		/\s(?:\{[\d,\s-]{0,100}\}|showLineNumbers|line-?numbers|linenums|numberLines)(?=\s|$)/gi;
	return ` ${info}`.replaceAll(option, "").trim();
}

/** All of it where that is a path with spaces, else its first word. */
function longestPath(text: string): string | undefined {
	return asPath(text.trim(), "loose") ?? asPath(text.trim().split(/\s/, 1)[0] ?? "");
}

/**
 * What may be a path: alone without white space; `loose` with it when a folder comes first and an extension
 * last; `delimited` by something that isn't part of it, with white space anywhere.
 */
function asPath(
	written: string,
	kind: "alone" | "loose" | "delimited" = "alone",
): string | undefined {
	const text = written.trim().replace(/(?::\d+(?:[-:]\d+)?|#L\d+(?:-L?\d+)?)$/, "");
	if (text === "" || text.length > maxPathLength || /[\p{Cc}*<>|:?`]/u.test(text)) {
		return undefined;
	}
	const hasExtension = /[^\s/\\.][^/\\]*\.\w{1,10}$|^\.\w[\w.-]*$/.test(text);
	const hasFolder = /[^\s/\\][/\\][^\s/\\]/.test(text) || /^(?:[/~]|\.{1,2}[/\\])/.test(text);
	if (!/\s/.test(text)) {
		const isPlain = kind === "delimited" || !/^["']|["']$|^[({[]|[)}\],;]$/.test(text);
		return isPlain && (hasFolder || hasExtension) ? text : undefined;
	}
	const startsWithFolder = /^[^\s/\\]*[/\\]/.test(text);
	return hasExtension && (kind === "delimited" || (kind === "loose" && startsWithFolder))
		? text
		: undefined;
}

const label =
	"(?:(?:new |updated? |create |edit |modify |the )?file(?:name|path)?|path|in|update|create|edit|modify)";

/** A paragraph or heading before the block that is nothing but a path: `**src/a.ts**`, `` In `src/a.ts`: ``. */
export function hintAbove(paragraph: string, isHeading: boolean): string | undefined {
	const last = (paragraph.split("\n").at(-1) ?? "").trim();
	if (last.length > maxPathLength + 100) {
		return undefined;
	}
	const plain = last
		.replace(/^(?:#{1,6}\s+)?(?:\d{1,3}[.)]\s+)?/, "")
		.replace(new RegExp(`^[*_]*${label}\\b[*_]*:?[*_]*\\s+`, "i"), "")
		.replace(/[:\s]*$/, "")
		.replace(/\s+\([^()]*\)$/, "")
		.replace(/\s[-–—] (?:new|updated?|modified|changed)\b[\w ]*$/i, "");
	const delimited =
		/^[*_]*(?:``\s?([^\n]+?)\s?``|`([^`\n]+)`|\[([^\]\n]+)\]\([^)\n]*\)|"([^"\n]+)"|“([^”\n]+)”)[:*_]*$/.exec(
			plain,
		);
	if (delimited !== null) {
		// One of the groups took part; the others are empty.
		return asPath(delimited.slice(1).join("").replaceAll("`", ""), "delimited");
	}
	const emphasized = /^([*_]{1,3})([^*]+?):?\1$/.exec(plain)?.[2];
	const bold = emphasized?.replace(/^`|`$/g, "");
	return bold === undefined
		? asPath(plain.replace(/[:*_]+$/, ""), isHeading ? "loose" : "alone")
		: asPath(bold, "delimited");
}

export interface PathComment {
	/** As written. */
	readonly path: string;
	/** Line of the content. */
	readonly line: number;
}

/** A comment in the first line that is nothing but a path; below a line that has to be the first. */
export function pathCommentOf(content: string): PathComment | undefined {
	const lines = content.slice(0, 4 * maxPathLength).split("\n");
	const first = lines.findIndex((line) => line.trim() !== "");
	let line = first;
	while (prologue.test(lines[line] ?? "")) {
		line++;
	}
	const comment =
		/^\s*(?:\/\/+|#+|--+|;+|%+|\/\*+|<!--|\{\/\*|\(\*|\{-|<%--|\{#|rem\s|@rem\s|["'!](?=\s))[!]?\s*(.*?)\s*(?:\*+\/\}?|-->|\*\)|-\}|--%>|#\})?\s*$/i.exec(
			(lines[line] ?? "").slice(0, maxPathLength),
		);
	const words = comment?.[1] ?? "";
	const isLabelled = new RegExp(`^[*_@]*${label}\\b\\s*:?\\s+`, "i").test(words);
	const named = words
		.replace(new RegExp(`^[*_@]*${label}\\b\\s*:?\\s+`, "i"), "")
		.replace(/\s*(?:\([^()]*\)|[-–—] (?:new|updated|modified|changed)[\w ]*)$/i, "");
	const quoted = /^(["'`])(.+)\1$/.exec(named)?.[2];
	const path = quoted === undefined ? asPath(named, "loose") : asPath(quoted, "delimited");
	return path === undefined || (!isLabelled && /^\S*\s/.test(path) && !/[/\\]/.test(path))
		? undefined
		: { path, line };
}

/** The file of a path comment. One word with a dot may be a sentence; a folder in front makes it a path. */
export function hintInside(content: string): string | undefined {
	const path = pathCommentOf(content)?.path;
	return path !== undefined && /[/\\]/.test(path) ? path : undefined;
}
