import { createRequire } from "node:module";
import path from "node:path";
import type { GrammarFiles } from "../../src/context/syntax/grammars.ts";

const require = createRequire(import.meta.url);

/** The grammars as the packages bring them; the built extension has copies in `dist/grammars`. */
export const grammarFiles: GrammarFiles = {
	runtime: require.resolve("web-tree-sitter/web-tree-sitter.wasm"),
	folder: path.join(path.dirname(require.resolve("@vscode/tree-sitter-wasm/package.json")), "wasm"),
};
