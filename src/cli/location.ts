import { UserError } from "../base/userError.ts";

/** A place in a file as people write it: `src/a.ts:12:5`, line and column from 1, column in UTF-16 units. */
export interface FileLocation {
	readonly file: string;
	readonly line: number;
	readonly column: number;
}

/** Parses `<file>:<line>:<column>`; the file may contain colons. Throws a UserError for anything else. */
export function parseLocation(text: string): FileLocation {
	const match = /^(?<file>.+):(?<line>[1-9]\d{0,8}):(?<column>[1-9]\d{0,8})$/s.exec(text);
	const groups = match?.groups;
	if (groups?.["file"] === undefined) {
		throw new UserError(
			"badLocation",
			`"${text}" is not a place in a file: write it as <file>:<line>:<column>, counted from 1.`,
		);
	}
	return { file: groups["file"], line: Number(groups["line"]), column: Number(groups["column"]) };
}

/** `<file>:<line>` or `<file>:<line>-<line>`, counted from 1; what is returned counts from 0. Throws a UserError. */
export function parseLines(text: string): {
	readonly file: string;
	readonly startLine: number;
	readonly endLine: number;
} {
	const groups = /^(?<file>.+):(?<first>[1-9]\d{0,8})(?:-(?<last>[1-9]\d{0,8}))?$/s.exec(
		text,
	)?.groups;
	const startLine = Number(groups?.["first"]) - 1;
	const endLine = Number(groups?.["last"] ?? groups?.["first"]) - 1;
	if (groups?.["file"] === undefined || endLine < startLine) {
		throw new UserError(
			"badLocation",
			`"${text}" names no lines of a file: write it as <file>:<line> or <file>:<line>-<line>, counted from 1.`,
		);
	}
	return { file: groups["file"], startLine, endLine };
}

/**
 * UTF-16 offset of a zero-based line and column in `text`. A column past the end of its line means the end
 * of that line, as in an editor; undefined when there is no such line. Lines end in LF or CRLF.
 */
export function offsetAt(text: string, line: number, column: number): number | undefined {
	let start = 0;
	for (let current = 0; current < line; current++) {
		const lineFeed = text.indexOf("\n", start);
		if (lineFeed < 0) {
			return undefined;
		}
		start = lineFeed + 1;
	}
	const lineFeed = text.indexOf("\n", start);
	const withoutLineFeed = lineFeed < 0 ? text.length : lineFeed;
	const end =
		withoutLineFeed > start && text[withoutLineFeed - 1] === "\r"
			? withoutLineFeed - 1
			: withoutLineFeed;
	return Math.min(start + column, end);
}
