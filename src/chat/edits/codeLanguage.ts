import { languageIdOfPath } from "../../context/files/languageIds.ts";

/** What reading code line by line has to know of its language. */
export interface CodeLanguage {
	readonly id: string;
	/** Marks of comments up to the end of the line. */
	readonly lineComments: readonly string[];
	readonly blockComments: readonly (readonly [open: string, close: string])[];
	/** Quotes of literals that may go on over lines. */
	readonly longQuotes: readonly string[];
	/** Whether an apostrophe opens a string, and not only a character or a lifetime. */
	readonly hasApostropheStrings: boolean;
	/** Whether three dots alone on a line are code: a body, a variadic parameter, a statement. */
	readonly hasBareDots: boolean;
	/** Whether a block ends where lines are indented less, without a mark. */
	readonly endsByIndentation: boolean;
	/** Whether indentation carries no unit that could be converted. */
	readonly isProse: boolean;
}

const slash = {
	lineComments: ["//"],
	blockComments: [
		["{/*", "*/}"],
		["/*", "*/"],
	],
} as const;
const hash = { lineComments: ["#"], blockComments: [] } as const;
const dashes = { lineComments: ["--"], blockComments: [["/*", "*/"]] } as const;
const markup = {
	lineComments: [],
	blockComments: [
		["<!--", "-->"],
		["{{!--", "--}}"],
		["{/*", "*/}"],
		["{#", "#}"],
		["<%--", "--%>"],
		["<%#", "%>"],
		["{{--", "--}}"],
		["{{!", "}}"],
		["@*", "*@"],
		["<#--", "-->"],
	],
} as const;

const plain: Omit<CodeLanguage, "id" | "lineComments" | "blockComments"> = {
	longQuotes: [],
	hasApostropheStrings: true,
	hasBareDots: false,
	endsByIndentation: false,
	isProse: false,
};

type Row = Partial<Omit<CodeLanguage, "id">> & Pick<CodeLanguage, "lineComments" | "blockComments">;

const ecmaScript: Row = { ...slash, longQuotes: ["`"] };
const cLike: Row = { ...slash, hasBareDots: true };
const withTripleQuotes: Row = { ...slash, longQuotes: ['"""'] };

/** By VS Code's language id; more names are extensions and what fences say. */
const rows: ReadonlyMap<string, Row> = new Map<string, Row>([
	...["typescript", "typescriptreact", "javascript", "javascriptreact"].map(
		(id) => [id, ecmaScript] as const,
	),
	...["c", "cpp", "objective-c", "mm"].map((id) => [id, cLike] as const),
	// Of Objective-C, or of MATLAB.
	[
		"m",
		{
			lineComments: ["//", "%"],
			blockComments: [...slash.blockComments, ["%{", "%}"]],
			hasApostropheStrings: false,
			hasBareDots: true,
		},
	],
	...["java", "kotlin", "kt", "kts", "scala", "swift", "csharp", "groovy", "gradle", "dart"].map(
		(id) => [id, withTripleQuotes] as const,
	),
	["go", { ...slash, longQuotes: ["`"] }],
	["rust", { ...slash, hasApostropheStrings: false }],
	...["json", "jsonc", "proto3", "zig", "sol", "scss", "less", "jsonnet"].map(
		(id) => [id, slash] as const,
	),
	["css", { lineComments: [], blockComments: [["/*", "*/"]] }],
	["php", { lineComments: ["//", "#"], blockComments: [["/*", "*/"]], hasBareDots: true }],
	[
		"python",
		{
			lineComments: ["#"],
			blockComments: [],
			longQuotes: ['"""', "'''"],
			hasBareDots: true,
			endsByIndentation: true,
		},
	],
	["ruby", { lineComments: ["#"], blockComments: [["=begin", "=end"]] }],
	...["shellscript", "bash", "zsh", "dockerfile", "tf", "hcl", "nix"].map(
		(id) => [id, hash] as const,
	),
	["makefile", { ...hash, endsByIndentation: true }],
	...["cmake", "nginx", "conf", "graphql"].map((id) => [id, hash] as const),
	...["perl", "pl", "pm", "r", "R"].map((id) => [id, { ...hash, hasBareDots: true }] as const),
	...["julia", "jl", "elixir", "ex", "exs", "cr"].map(
		(id) => [id, { ...hash, longQuotes: ['"""'] }] as const,
	),
	...["powershell", "ps1"].map(
		(id) => [id, { lineComments: ["#"], blockComments: [["<#", "#>"]] }] as const,
	),
	["toml", { ...hash, longQuotes: ['"""', "'''"] }],
	["yaml", { ...hash, endsByIndentation: true, hasApostropheStrings: false }],
	["nim", { ...hash, endsByIndentation: true }],
	["lua", { lineComments: ["--"], blockComments: [["--[[", "]]"]], hasBareDots: true }],
	...["sql", "ada", "adb", "ads", "vhdl"].map((id) => [id, dashes] as const),
	...["haskell", "hs", "elm"].map(
		(id) =>
			[
				id,
				{
					lineComments: ["--"],
					blockComments: [["{-", "-}"]],
					hasApostropheStrings: false,
					endsByIndentation: true,
				},
			] as const,
	),
	...["fsharp", "fs", "fsx", "ml", "ocaml"].map(
		(id) =>
			[
				id,
				{
					lineComments: ["//"],
					blockComments: [["(*", "*)"]],
					hasApostropheStrings: false,
					endsByIndentation: true,
				},
			] as const,
	),
	...["clj", "cljs", "clojure", "lisp", "el", "scm", "ini", "asm"].map(
		(id) =>
			[id, { lineComments: [";", "#"], blockComments: [], hasApostropheStrings: false }] as const,
	),
	...["f", "for", "f90", "f95", "f03", "f08", "fortran"].map(
		(id) => [id, { lineComments: ["!"], blockComments: [] }] as const,
	),
	...["erl", "erlang", "tex", "latex", "matlab", "octave", "prolog", "sty"].map(
		(id) => [id, { lineComments: ["%"], blockComments: [], hasApostropheStrings: false }] as const,
	),
	...["vb", "bas", "vbnet", "vbs", "vba", "frm"].map(
		(id) => [id, { lineComments: ["'"], blockComments: [], hasApostropheStrings: false }] as const,
	),
	["vim", { lineComments: ['"'], blockComments: [], hasApostropheStrings: false }],
	...["bat", "cmd"].map(
		(id) => [id, { lineComments: ["REM ", "rem ", "::"], blockComments: [] }] as const,
	),
	...(
		"html xml svg xaml axaml csproj hbs handlebars mustache twig jinja jinja2 j2 njk liquid erb ejs eex heex jsp cshtml " +
		"razor ftl"
	)
		.split(" ")
		.map((id) => [id, { ...markup, hasApostropheStrings: false }] as const),
	...["vue", "svelte", "astro"].map(
		(id) =>
			[
				id,
				{
					lineComments: ["//"],
					blockComments: [...markup.blockComments, ["/*", "*/"]],
					hasApostropheStrings: false,
				},
			] as const,
	),
	["markdown", { ...markup, hasApostropheStrings: false, isProse: true }],
]);

/** A language that nobody told Mote about. */
const unknown: Row = {
	lineComments: ["//", "#", "--", ";", "%", "!"],
	blockComments: [
		["/*", "*/"],
		["<!--", "-->"],
		["(*", "*)"],
		["{-", "-}"],
		["#|", "|#"],
		["/-", "-/"],
		...markup.blockComments,
	],
	hasApostropheStrings: false,
	hasBareDots: true,
};

/** The language of a file; where its name says nothing, that of the fence. */
export function codeLanguageOf(path: string, info: string): CodeLanguage {
	const extension = /\.(\w{1,12})$/.exec(path)?.[1] ?? "";
	const fence = (/^[\w+#-]+/.exec(info)?.[0] ?? "").toLowerCase();
	const candidates = [
		languageIdOfPath(path),
		extension,
		extension.toLowerCase(),
		aliases.get(fence) ?? fence,
		languageIdOfPath(`a.${fence}`),
	];
	const id = candidates.find((candidate) => rows.has(candidate));
	const row = id === undefined ? unknown : rows.get(id);
	return { ...plain, ...(row ?? unknown), id: id ?? "plaintext" };
}

const aliases: ReadonlyMap<string, string> = new Map([
	["c#", "csharp"],
	["c++", "cpp"],
	["f#", "fsharp"],
	["golang", "go"],
	["shell", "shellscript"],
	["objc", "objective-c"],
]);

/** The text of a line that is nothing but a comment; undefined for any other. */
export function commentText(line: string, language: CodeLanguage): string | undefined {
	const plainLine = line.trim();
	for (const [open, close] of language.blockComments) {
		if (
			plainLine.startsWith(open) &&
			plainLine.endsWith(close) &&
			plainLine.length >= open.length + close.length &&
			plainLine.indexOf(close, open.length) === plainLine.length - close.length
		) {
			return plainLine
				.slice(open.length, -close.length)
				.replace(/^\*+|\*+$/g, "")
				.trim();
		}
	}
	// "# " and "#!" but not "#include", "#[derive]" and "#private".
	const mark = language.lineComments.find((candidate) => plainLine.startsWith(candidate));
	return mark === undefined
		? undefined
		: plainLine
				.slice(mark.length)
				.replace(/^[/#;%!-]+/, "")
				.trim();
}

/** The text of the comment behind code, and the code before it. */
export function trailingComment(
	line: string,
	language: CodeLanguage,
): { readonly code: string; readonly comment: string } | undefined {
	for (const [open, close] of language.blockComments) {
		const start = line.indexOf(open);
		const end = start < 0 ? -1 : line.indexOf(close, start + open.length);
		if (start >= 0 && end >= 0) {
			const code = line.slice(0, start) + line.slice(end + close.length);
			return { code, comment: line.slice(start + open.length, end) };
		}
	}
	for (const mark of language.lineComments) {
		const start = line.lastIndexOf(` ${mark}`);
		if (start >= 0) {
			return { code: line.slice(0, start), comment: line.slice(start + mark.length + 1) };
		}
	}
	return undefined;
}
