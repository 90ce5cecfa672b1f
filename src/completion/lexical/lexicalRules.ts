import type { RawStringForm } from "./rawStrings.ts";
import type { StringRule } from "./stringRule.ts";

/**
 * What has to be known about a family of languages to tell code from the inside of strings and comments on one
 * line. The syntax service knows more, but answers too late: a filter runs on each keystroke, and knows no syntax
 * of the many languages without a grammar.
 */
export interface LexicalRules {
	/** The longest first, so that three quotes aren't taken for two and one. */
	readonly strings: readonly StringRule[];
	/** None where left out. */
	readonly rawStrings?: readonly RawStringForm[];
	/**
	 * What an apostrophe does beside beginning a string of {@link strings}: nothing, it encloses one character
	 * (Rust's lifetimes and primes in names then aren't strings), or it is a string where it looks like one.
	 */
	readonly apostrophe: "plain" | "character" | "uncertain";
	readonly lineComments: readonly string[];
	readonly blockComment: readonly [open: string, close: string] | undefined;
	/** Whether `/` may begin a regular expression. */
	readonly hasRegularExpressions: boolean;
}

type StringOptions = Partial<Omit<StringRule, "delimiter">>;

function string(delimiter: string, options: StringOptions = {}): StringRule {
	return {
		delimiter,
		holes: [],
		holePrefixes: [],
		escape: "backslash",
		isMultiline: delimiter.length > 1,
		...options,
	};
}

/** Of C and those who write like it. */
const cLike: LexicalRules = {
	strings: [string('"')],
	rawStrings: ["delimited", "hashed", "lettered"],
	apostrophe: "character",
	lineComments: ["//"],
	blockComment: ["/*", "*/"],
	hasRegularExpressions: false,
};

const ecmaScript: LexicalRules = {
	...cLike,
	strings: [string('"'), string("'"), string("`", { holes: ["${"], isMultiline: true })],
	rawStrings: [],
	apostrophe: "plain",
	hasRegularExpressions: true,
};

const fStrings: StringOptions = {
	holePrefixes: ["f", "t", "rf", "fr", "rt", "tr"],
};

const python: LexicalRules = {
	strings: [
		string('"""', fStrings),
		string("'''", fStrings),
		string('"', fStrings),
		string("'", fStrings),
	],
	apostrophe: "plain",
	lineComments: ["#"],
	blockComment: undefined,
	hasRegularExpressions: false,
};

const interpolated: StringOptions = { holePrefixes: ["$", "$@", "@$", "$$"] };

const csharp: LexicalRules = {
	...cLike,
	strings: [string('"""', { ...interpolated, escape: "none" }), string('"', interpolated)],
	rawStrings: ["verbatim"],
};

/** Java and Groovy: text blocks; those without holes in them hardly ever write `${`. */
const jvm: LexicalRules = {
	...cLike,
	strings: [string('"""', { holes: ["${"] }), string('"', { holes: ["${"] })],
	rawStrings: [],
};

/** Three quotes enclose what a backslash says nothing in. */
const kotlin: LexicalRules = {
	...jvm,
	strings: [string('"""', { holes: ["${"], escape: "none" }), string('"', { holes: ["${"] })],
};

const groovy: LexicalRules = {
	...jvm,
	strings: [string("'''"), ...jvm.strings, string("'")],
	apostrophe: "plain",
};

const go: LexicalRules = {
	...cLike,
	strings: [string('"'), string("`", { escape: "none", isMultiline: true })],
	rawStrings: [],
};

const swift: LexicalRules = {
	...cLike,
	strings: [string('"""', { holes: ["\\("] }), string('"', { holes: ["\\("] })],
	rawStrings: ["pounds"],
	apostrophe: "plain",
};

const dart: LexicalRules = {
	...cLike,
	strings: ['"""', "'''", '"', "'"].map((quote) => string(quote, { holes: ["${"] })),
	rawStrings: ["lettered"],
	apostrophe: "plain",
};

const php: LexicalRules = {
	...cLike,
	strings: [string('"', { holes: ["${", "{$"] }), string("'")],
	rawStrings: [],
	apostrophe: "plain",
	lineComments: ["//", "#"],
};

const shellHoles = ["${", "$("];

const shell: LexicalRules = {
	strings: [
		string('"', { holes: shellHoles, isMultiline: true }),
		string("'", { escape: "none", isMultiline: true }),
		string("`", { holes: shellHoles }),
	],
	apostrophe: "plain",
	lineComments: ["#"],
	blockComment: undefined,
	hasRegularExpressions: false,
};

const powershell: LexicalRules = {
	...shell,
	strings: [
		string('"', { holes: shellHoles, escape: "backtick" }),
		string("'", { escape: "doubled" }),
	],
};

const ruby: LexicalRules = {
	strings: [
		string('"""', { holes: ["#{"] }),
		string('"', { holes: ["#{"] }),
		string("'"),
		string("`", { holes: ["#{"] }),
	],
	apostrophe: "plain",
	lineComments: ["#"],
	blockComment: undefined,
	hasRegularExpressions: true,
};

/** Names may end in primes there. */
const functional: LexicalRules = {
	strings: [string('"')],
	apostrophe: "character",
	lineComments: ["--"],
	blockComment: ["(*", "*)"],
	hasRegularExpressions: false,
};

const haskell: LexicalRules = { ...functional, blockComment: ["{-", "-}"] };

const fsharp: LexicalRules = {
	...functional,
	strings: [string('"""', { ...interpolated, escape: "none" }), string('"', interpolated)],
	rawStrings: ["verbatim"],
	lineComments: ["//"],
};

/** A quote there begins data, not a string. */
const lisp: LexicalRules = {
	strings: [string('"', { isMultiline: true })],
	apostrophe: "plain",
	lineComments: [";"],
	blockComment: undefined,
	hasRegularExpressions: false,
};

const julia: LexicalRules = {
	...lisp,
	strings: [string('"""', { holes: ["$("] }), string('"', { holes: ["$("] })],
	apostrophe: "character",
	lineComments: ["#"],
};

const sql: LexicalRules = {
	strings: [
		string("'", { escape: "doubled", isMultiline: true }),
		string('"', { escape: "doubled" }),
		string("`", { escape: "none" }),
	],
	apostrophe: "plain",
	lineComments: ["--"],
	blockComment: ["/*", "*/"],
	hasRegularExpressions: false,
};

const data: LexicalRules = {
	strings: [string('"""'), string("'''"), string('"'), string("'", { escape: "none" })],
	apostrophe: "plain",
	lineComments: ["#"],
	blockComment: undefined,
	hasRegularExpressions: false,
};

const statistics: LexicalRules = { ...data, rawStrings: ["dashed"] };

const styles: LexicalRules = {
	...cLike,
	strings: [string('"', { holes: ["#{"] }), string("'", { holes: ["#{"] })],
	rawStrings: [],
	apostrophe: "plain",
	// `//` stands in addresses there.
	lineComments: [],
};

const lua: LexicalRules = {
	...sql,
	strings: [string('"'), string("'")],
	blockComment: ["--[[", "]]"],
};

const visualBasic: LexicalRules = {
	...lisp,
	strings: [string('"', { escape: "doubled", holePrefixes: ["$"] })],
	lineComments: ["'"],
};

const pascal: LexicalRules = {
	...cLike,
	strings: [string("'", { escape: "doubled" })],
	rawStrings: [],
	apostrophe: "plain",
	blockComment: ["(*", "*)"],
};

const hardware: LexicalRules = { ...cLike, rawStrings: [], apostrophe: "plain" };

/** Prose, markup and all that isn't known: a quote counts where it looks like one in most languages. */
const unknown: LexicalRules = {
	strings: [
		string('"""', { holes: ["${", "#{"], holePrefixes: ["f", "t", "rf", "fr", "$"] }),
		string("'''", { holePrefixes: ["f", "t", "rf", "fr"] }),
		string('"', {
			holes: ["${", "#{", "\\(", "$("],
			holePrefixes: [...(fStrings.holePrefixes ?? []), ...(interpolated.holePrefixes ?? [])],
		}),
		string("`", { holes: ["${"], isMultiline: true }),
	],
	// Others can't be told from what escapes in other languages.
	rawStrings: ["delimited", "hashed"],
	apostrophe: "uncertain",
	lineComments: ["//"],
	blockComment: ["/*", "*/"],
	hasRegularExpressions: false,
};

/** An apostrophe that {@link unknown} takes for a quote. */
export const uncertainString: StringRule = string("'", fStrings);

const families: readonly (readonly [rules: LexicalRules, languageIds: string])[] = [
	[ecmaScript, "javascript javascriptreact typescript typescriptreact vue svelte astro"],
	[ecmaScript, "json jsonc json5 jsonl"],
	[python, "python cython starlark bazel gdscript mojo"],
	[
		cLike,
		"c cpp cuda-cpp objective-c objective-cpp rust zig d glsl hlsl wgsl solidity proto3 proto",
	],
	[csharp, "csharp razor aspnetcorerazor"],
	[jvm, "java"],
	[kotlin, "kotlin scala"],
	[groovy, "groovy gradle"],
	[go, "go"],
	[swift, "swift"],
	[dart, "dart"],
	[php, "php blade"],
	[shell, "shellscript bash zsh fish dockerfile makefile"],
	[powershell, "powershell"],
	[ruby, "ruby elixir crystal coffeescript perl"],
	[haskell, "haskell purescript elm lean lean4 agda idris"],
	[functional, "ocaml reason sml coq"],
	[fsharp, "fsharp"],
	[lisp, "lisp clojure scheme racket emacs-lisp elisp commonlisp"],
	[julia, "julia"],
	[sql, "sql mysql pgsql plsql postgres sqlite"],
	[data, "yaml toml ini properties dockercompose"],
	[statistics, "r"],
	[styles, "css scss sass less stylus"],
	[lua, "lua luau"],
	[visualBasic, "vb vba vbscript"],
	[pascal, "pascal objectpascal"],
	[hardware, "verilog systemverilog vhdl ada"],
];

const rulesOfLanguage: ReadonlyMap<string, LexicalRules> = new Map(
	families.flatMap(([rules, languageIds]) =>
		languageIds.split(" ").map((languageId) => [languageId, rules] as const),
	),
);

/** The rules of VS Code's `languageId`; those for the unknown where it is of no family. */
export function lexicalRulesOf(languageId: string): LexicalRules {
	return rulesOfLanguage.get(languageId) ?? unknown;
}
