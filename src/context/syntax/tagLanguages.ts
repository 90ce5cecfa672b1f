/** What reading tags of one language needs beyond its grammar and its query. */
export interface TagLanguage {
	/** Names the grammar's file: `tree-sitter-<grammar>.wasm`. */
	readonly grammar: string;
	/** Folder of `syntaxes` with its tags.scm. */
	readonly query: string;
	/** How what an import captures is put together; see importTags.ts. */
	readonly imports: ImportStyle;
	/** Whether a line above a declaration that begins with `#` belongs to it: a comment or an attribute. */
	readonly hashIsDoc: boolean;
}

export type ImportStyle =
	"c" | "csharp" | "ecmaScript" | "go" | "java" | "php" | "python" | "ruby" | "rust";

const javascript: TagLanguage = {
	grammar: "javascript",
	query: "javascript",
	imports: "ecmaScript",
	hashIsDoc: false,
};
const typescript: TagLanguage = { ...javascript, grammar: "typescript", query: "typescript" };
/** The grammar of C++ reads C well enough that one table serves both, as in languages.ts. */
const cpp: TagLanguage = { grammar: "cpp", query: "cpp", imports: "c", hashIsDoc: false };

const tagLanguages: ReadonlyMap<string, TagLanguage> = new Map<string, TagLanguage>([
	["typescript", typescript],
	["typescriptreact", { ...typescript, grammar: "tsx" }],
	["javascript", javascript],
	["javascriptreact", javascript],
	["python", { grammar: "python", query: "python", imports: "python", hashIsDoc: true }],
	["go", { grammar: "go", query: "go", imports: "go", hashIsDoc: false }],
	["rust", { grammar: "rust", query: "rust", imports: "rust", hashIsDoc: true }],
	["java", { grammar: "java", query: "java", imports: "java", hashIsDoc: false }],
	["c", cpp],
	["cpp", cpp],
	["csharp", { grammar: "c-sharp", query: "c-sharp", imports: "csharp", hashIsDoc: false }],
	["php", { grammar: "php", query: "php", imports: "php", hashIsDoc: true }],
	["ruby", { grammar: "ruby", query: "ruby", imports: "ruby", hashIsDoc: true }],
]);

/** The language of VS Code's `languageId`, or undefined when nobody wrote a query for it. */
export function tagLanguageOf(languageId: string): TagLanguage | undefined {
	return tagLanguages.get(languageId);
}

export const taggedLanguageIds: readonly string[] = [...tagLanguages.keys()];
