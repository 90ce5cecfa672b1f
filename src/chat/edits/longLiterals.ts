import type { CodeLanguage } from "./codeLanguage.ts";

/** A literal that may go on over lines, by what closes it. */
export interface LongLiteral {
	readonly close: string;
	/** Of what opens it. */
	readonly length: number;
}

/** What opens such literals with marks of their own; the first group goes into what closes them. */
const openers: ReadonlyMap<
	string,
	{ readonly open: RegExp; readonly close: (mark: string) => string }
> = new Map([
	["rust", { open: /b?r(#{0,8})"/y, close: (mark: string) => `"${mark}` }],
	["cpp", { open: /(?:L|U|u8?)?R"([^\s()\\"]{0,16})\(/y, close: (mark: string) => `)${mark}"` }],
	["csharp", { open: /(?:\$@|@\$?)(")(?!"(?!"))/y, close: (mark: string) => mark }],
	["lua", { open: /\[(={0,8})\[/y, close: (mark: string) => `]${mark}]` }],
	...["powershell", "ps1"].map(
		(id) => [id, { open: /@(["'])$/y, close: (mark: string) => `${mark}@` }] as const,
	),
]);

/** The literal without escapes that opens at a place of a line, such as a raw string. */
export function rawLiteralAt(
	line: string,
	at: number,
	{ id }: CodeLanguage,
): LongLiteral | undefined {
	const opener = openers.get(id);
	if (opener === undefined || /\w/.test(line[at - 1] ?? "")) {
		return undefined;
	}
	const { open, close } = opener;
	open.lastIndex = at;
	const found = open.exec(line);
	return found === null ? undefined : { close: close(found[1] ?? ""), length: found[0].length };
}

const withHereDocuments = new Set([
	"shellscript",
	"ruby",
	"perl",
	"php",
	"dockerfile",
	"terraform",
	"hcl",
	"tf",
	"bash",
	"zsh",
	"pl",
	"pm",
]);

/** There a space behind the sign makes it an operator: `class << self`, `items << item`. */
const withOperator = new Set(["ruby", "perl", "pl", "pm"]);

/** The line that ends the here-document that a line begins; it has to be one of `ends`. */
export function hereDocumentOf(
	line: string,
	{ id, lineComments }: CodeLanguage,
	ends: ReadonlySet<string>,
): string | undefined {
	const isCandidate = withHereDocuments.has(id) && line.includes("<<");
	if (!isCandidate || lineComments.some((mark) => line.trimStart().startsWith(mark))) {
		return undefined;
	}
	const [, space = "", , quoted, bare] =
		/(?<!<)<<(?:<(?=[ \t]*["']?\w+["']?\s*$))?[-~]?([ \t]*)(?:(["'`])(\w+)\2|\\?([A-Za-z_]\w*))/.exec(
			line,
		) ?? [];
	if (space !== "" && withOperator.has(id)) {
		return undefined;
	}
	const end = quoted ?? bare;
	return end !== undefined && ends.has(end) ? end : undefined;
}

/** A line without what may stand around the end of a here-document. */
export function hereDocumentEnd(line: string): string {
	return line.trim().replace(/[;,)]{1,4}$/, "");
}
