/**
 * What the syntax code has to know about one language beyond its grammar. Node types are those of the
 * grammars in `@vscode/tree-sitter-wasm`; a test parses a sample of every language with them.
 *
 * To add a language: a row here, its grammar in the package, and a sample in the test.
 */
export interface SyntaxLanguage {
	/** Names the grammar's file: `tree-sitter-<grammar>.wasm`. */
	readonly grammar: string;
	/** What ends a block: a closing brace, or a line that is indented less. */
	readonly blocks: "braces" | "indentation";
	readonly commentTypes: ReadonlySet<string>;
	/** Literals whose content isn't code: strings, template strings, regular expressions, characters. */
	readonly stringTypes: ReadonlySet<string>;
	/** Code inside a string, such as `${…}`. */
	readonly embeddedTypes: ReadonlySet<string>;
	/** Tokens that open a string; outside a string node they belong to one that isn't closed. */
	readonly quoteTypes: ReadonlySet<string>;
}

const ecmaScript = {
	blocks: "braces",
	commentTypes: new Set(["comment", "html_comment"]),
	stringTypes: new Set(["string", "template_string", "template_literal_type", "regex"]),
	embeddedTypes: new Set(["template_substitution", "template_type"]),
	quoteTypes: new Set(['"', "'", "`"]),
} as const;

const typescript: SyntaxLanguage = { grammar: "typescript", ...ecmaScript };
const tsx: SyntaxLanguage = { grammar: "tsx", ...ecmaScript };
/** The JavaScript grammar knows JSX. */
const javascript: SyntaxLanguage = { grammar: "javascript", ...ecmaScript };

const python: SyntaxLanguage = {
	grammar: "python",
	blocks: "indentation",
	commentTypes: new Set(["comment"]),
	stringTypes: new Set(["string"]),
	embeddedTypes: new Set(["interpolation"]),
	quoteTypes: new Set(["string_start"]),
};

const go: SyntaxLanguage = {
	grammar: "go",
	blocks: "braces",
	commentTypes: new Set(["comment"]),
	stringTypes: new Set(["interpreted_string_literal", "raw_string_literal", "rune_literal"]),
	embeddedTypes: new Set(),
	quoteTypes: new Set(['"', "`"]),
};

const rust: SyntaxLanguage = {
	grammar: "rust",
	blocks: "braces",
	commentTypes: new Set(["line_comment", "block_comment"]),
	stringTypes: new Set(["string_literal", "raw_string_literal", "char_literal"]),
	embeddedTypes: new Set(),
	quoteTypes: new Set(['"']),
};

const java: SyntaxLanguage = {
	grammar: "java",
	blocks: "braces",
	commentTypes: new Set(["line_comment", "block_comment"]),
	stringTypes: new Set(["string_literal", "character_literal"]),
	embeddedTypes: new Set(["string_interpolation"]),
	quoteTypes: new Set(['"', '"""']),
};

const cpp: SyntaxLanguage = {
	grammar: "cpp",
	blocks: "braces",
	commentTypes: new Set(["comment"]),
	stringTypes: new Set(["string_literal", "raw_string_literal", "char_literal"]),
	embeddedTypes: new Set(),
	quoteTypes: new Set(['"', "'"]),
};

const languages: ReadonlyMap<string, SyntaxLanguage> = new Map([
	["typescript", typescript],
	["typescriptreact", tsx],
	["javascript", javascript],
	["javascriptreact", javascript],
	["python", python],
	["go", go],
	["rust", rust],
	["java", java],
	["c", cpp],
	["cpp", cpp],
]);

/** The language of VS Code's `languageId`, or undefined when there is no grammar for it. */
export function syntaxLanguageOf(languageId: string): SyntaxLanguage | undefined {
	return languages.get(languageId);
}

export const syntaxLanguageIds: readonly string[] = [...languages.keys()];
