import { fileURLToPath } from "node:url";
import { bundledModelFolderName } from "../model/bundledModel.ts";

const besideDist = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Paths as seen from the bundle, dist/cli.js. */
export const bundledModelFolder = besideDist(bundledModelFolderName);
export const bundledTracesFolder = besideDist("bench/traces");
export const engineProcessPath = besideDist("dist/engineProcess.js");
export const grammarFiles = {
	runtime: besideDist("dist/grammars/web-tree-sitter.wasm"),
	folder: besideDist("dist/grammars"),
};
export const tagProcess = besideDist("dist/tagProcess.js");
/** Folder with `<language>/tags.scm`. */
export const queryFolder = besideDist("syntaxes");
