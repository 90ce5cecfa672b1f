import path from "node:path";
import * as vscode from "vscode";
import { folderPrefix } from "../promptPath.ts";

/** A folder of the workspace, and what stands in front of its paths. */
interface NamedFolder {
	readonly folder: vscode.WorkspaceFolder;
	readonly prefix: string;
}

/** The folders with what tells them apart, as in prompts of completions; the one without a prefix last. */
function namedFolders(): NamedFolder[] {
	return (vscode.workspace.workspaceFolders ?? [])
		.map((folder) => ({
			folder,
			prefix: folder.uri.scheme !== "file" && folder.index === 0 ? "" : folderPrefix(folder),
		}))
		.toSorted((a, b) => b.prefix.length - a.prefix.length);
}

/** With forward slashes; undefined for what isn't in the workspace. */
export function pathInWorkspace(uri: vscode.Uri): string | undefined {
	for (const { folder, prefix } of namedFolders()) {
		if (uri.scheme === folder.uri.scheme && uri.authority === folder.uri.authority) {
			const relative = path.posix.relative(folder.uri.path, uri.path);
			if (isInside(relative)) {
				return prefix + relative;
			}
		}
	}
	return undefined;
}

/** As {@link pathInWorkspace}, and the bare name for what isn't in it, such as an unsaved document. */
export function displayPath(uri: vscode.Uri): string {
	return pathInWorkspace(uri) ?? path.posix.basename(uri.path);
}

export interface WorkspacePlace {
	readonly uri: vscode.Uri;
	/** The folder that it is in. */
	readonly folder: vscode.Uri;
}

/** Where a path points; undefined for one that leads out of its folder, and without a folder. */
export function placeInWorkspace(written: string): WorkspacePlace | undefined {
	const named = namedFolders().find(({ prefix }) => written.startsWith(prefix));
	if (named === undefined) {
		return undefined;
	}
	const relative = path.posix.normalize(written.slice(named.prefix.length));
	const folder = named.folder.uri;
	return isInside(relative) && !/[\\\0]/.test(relative)
		? { uri: vscode.Uri.joinPath(folder, relative), folder }
		: undefined;
}

export function uriInWorkspace(written: string): vscode.Uri | undefined {
	return placeInWorkspace(written)?.uri;
}

function isInside(relative: string): boolean {
	return (
		relative !== "" &&
		relative !== "." &&
		relative !== ".." &&
		!relative.startsWith("../") &&
		!path.posix.isAbsolute(relative)
	);
}
