import { extname } from "node:path";

/** VS Code's language ids by file extension, for a command line that has no editor to ask. */
const languageIdByExtension: Readonly<Record<string, string>> = {
	".c": "c",
	".cc": "cpp",
	".cjs": "javascript",
	".cpp": "cpp",
	".cs": "csharp",
	".css": "css",
	".cts": "typescript",
	".go": "go",
	".h": "c",
	".hpp": "cpp",
	".java": "java",
	".js": "javascript",
	".json": "json",
	".jsx": "javascriptreact",
	".md": "markdown",
	".mjs": "javascript",
	".mts": "typescript",
	".php": "php",
	".py": "python",
	".pyi": "python",
	".rb": "ruby",
	".rs": "rust",
	".sh": "shellscript",
	".ts": "typescript",
	".tsx": "typescriptreact",
};

/** VS Code's language id for a path, "plaintext" when the extension is not known. */
export function languageIdOf(path: string): string {
	return languageIdByExtension[extname(path).toLowerCase()] ?? "plaintext";
}
