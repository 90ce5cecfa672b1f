import path from "node:path";
import { languageIdOfPath, usualExtension } from "../context/files/languageIds.ts";

/** Schemes of documents that have a name of their own in no file system. */
export const cellScheme = "vscode-notebook-cell";
const untitledScheme = "untitled";
const commitBoxScheme = "vscode-scm";

export interface ShownDocument {
	readonly scheme: string;
	readonly languageId: string;
	/** As people read it; of a notebook's cell the notebook's. */
	readonly path: string;
}

/**
 * The path that a model is told. Models know languages by how files end: a cell in Python counts as a script beside its notebook,
 * and an unsaved document as a file of the language that somebody has chosen. The commit box is what git calls it.
 */
export function toldPath({ scheme, languageId, path: shown }: ShownDocument): string {
	const extension = usualExtension(languageId);
	switch (scheme) {
		case commitBoxScheme:
			return "COMMIT_EDITMSG";
		case cellScheme: {
			const { dir, name } = path.posix.parse(shown);
			return extension === undefined ? shown : path.posix.join(dir, `${name}.${extension}`);
		}
		case untitledScheme:
			return extension === undefined || languageIdOfPath(shown) === languageId
				? shown
				: `${shown}.${extension}`;
		default:
			return shown;
	}
}

/** Others that one types in although no file system has them: the editor's input boxes are documents too. */
const typedSchemes: ReadonlySet<string> = new Set([
	"file",
	untitledScheme,
	cellScheme,
	commitBoxScheme,
	"vscode-interactive-input",
]);

/**
 * Whether somebody may type in documents of a scheme: not in one side of a diff, nor in what an extension only shows.
 * `isWritable` is what the editor knows of the scheme's file system, undefined where it has none.
 */
export function mayBeTypedIn(scheme: string, isWritable: boolean | undefined): boolean {
	return typedSchemes.has(scheme) || isWritable === true;
}
