import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { bundledModelFolders, defaultBundledModel, isBundledModel } from "../model/bundledModel.ts";
import { cacheFolder } from "../base/cacheFolder.ts";
import { libraryPlace } from "../modelLibrary/libraryPlace.ts";

const besideDist = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What `--model` says unless it is given. */
export const defaultModel: string = defaultBundledModel;

/** The folder that a value of `--model` means: that of a bundled model by its short name, or the value itself. */
export function modelFolderOf(model: string): string {
	return isBundledModel(model) ? besideDist(bundledModelFolders[model]) : model;
}

/** Paths as seen from the bundle, dist/cli.js. */
export const bundledTracesFolder = besideDist("bench/traces");
export const humanEvalFolder = besideDist("bench/humaneval");
export const engineProcessPath = besideDist("dist/engineProcess.js");
export const grammarFiles = {
	runtime: besideDist("dist/grammars/web-tree-sitter.wasm"),
	folder: besideDist("dist/grammars"),
};
export const tagProcess = besideDist("dist/tagProcess.js");
const surroundings = { platform: process.platform, environment: process.env, home: homedir() };
export const userCacheFolder = cacheFolder(surroundings);
/** Where published models are installed. */
export const modelLibraryFolder = libraryPlace(surroundings);
export const suggestionsFile = besideDist("models/suggestions.json");
/** Folder with `<language>/tags.scm`. */
export const queryFolder = besideDist("syntaxes");
