/** How a language writes the comment that documents a declaration. */
export type CommentStyle =
	/** Between marks, above the declaration. */
	| { readonly kind: "block"; readonly open: string; readonly line: string; readonly close: string }
	/** A mark in front of each line, above the declaration. */
	| { readonly kind: "lines"; readonly marker: string }
	/** A string that opens the body; `marker` for a declaration without a body. */
	| { readonly kind: "docstring"; readonly quote: string; readonly marker: string };

const block: CommentStyle = { kind: "block", open: "/**", line: " *", close: "*/" };
const hash: CommentStyle = { kind: "lines", marker: "#" };
const slashes: CommentStyle = { kind: "lines", marker: "//" };
const documentingSlashes: CommentStyle = { kind: "lines", marker: "///" };
const dashes: CommentStyle = { kind: "lines", marker: "--" };

/** By VS Code's language id. */
const styles: ReadonlyMap<string, CommentStyle> = new Map<string, CommentStyle>([
	...["typescript", "typescriptreact", "javascript", "javascriptreact", "java", "c", "cpp"].map(
		(id) => [id, block] as const,
	),
	...["php", "scala", "kotlin", "groovy", "dart", "objective-c"].map((id) => [id, block] as const),
	...["rust", "csharp", "swift", "fsharp"].map((id) => [id, documentingSlashes] as const),
	["go", slashes],
	...["ruby", "shellscript", "perl", "r", "julia", "elixir", "makefile", "powershell"].map(
		(id) => [id, hash] as const,
	),
	...["lua", "sql", "haskell", "ada"].map((id) => [id, dashes] as const),
	["python", { kind: "docstring", quote: '"""', marker: "#" }],
]);

/** Undefined for a language whose comments nobody told Mote about. */
export function commentStyleOf(languageId: string): CommentStyle | undefined {
	return styles.get(languageId);
}
