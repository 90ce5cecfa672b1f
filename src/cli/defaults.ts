import { fileURLToPath } from "node:url";
import type { CompletionConfig } from "../completion/completionProvider.ts";

const besideDist = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Paths as seen from the bundle, dist/cli.js. */
export const bundledModelFolder = besideDist("models/mote-nano");
export const bundledTracesFolder = besideDist("bench/traces");
export const engineProcessPath = besideDist("dist/engineProcess.js");
export const grammarFiles = {
	runtime: besideDist("dist/grammars/web-tree-sitter.wasm"),
	folder: besideDist("dist/grammars"),
};

/** What the extension's settings are by default; a test compares the two. */
export const defaultCompletionConfig: CompletionConfig = {
	debounceMs: 40,
	maxPromptTokens: 1024,
	maxNewTokens: 96,
	multiline: "auto",
	minJointProbability: 0.7,
	inComments: true,
	inStrings: true,
};
