import path from "node:path";
import * as vscode from "vscode";

/** Folders that are on this machine's disk, in the editor's order. */
export function foldersOnDisk(): readonly vscode.WorkspaceFolder[] {
	return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
}

/**
 * What stands in front of a folder's paths: nothing for the first, so that a workspace of one folder has plain
 * relative paths, and its name for every other.
 */
export function folderPrefix(folder: vscode.WorkspaceFolder): string {
	return foldersOnDisk()[0]?.index === folder.index ? "" : `${folder.name}/`;
}

/** With forward slashes; undefined for what isn't in the workspace. */
export function pathInWorkspace(uri: vscode.Uri): string | undefined {
	const folder = vscode.workspace.getWorkspaceFolder(uri);
	return folder && prefixOf(folder) + vscode.workspace.asRelativePath(uri, false);
}

/**
 * The path as people read it, as models saw paths in training and as the index knows it: that in the workspace,
 * else the bare name, such as that of an unsaved document.
 */
export function displayPath(uri: vscode.Uri): string {
	return pathInWorkspace(uri) ?? path.posix.basename(uri.path);
}

/** The first folder needs none wherever it is. */
function prefixOf(folder: vscode.WorkspaceFolder): string {
	return folder.uri.scheme !== "file" && folder.index === 0 ? "" : folderPrefix(folder);
}

export interface WorkspacePlace {
	readonly uri: vscode.Uri;
	/** The folder that it is in. */
	readonly folder: vscode.Uri;
}

/** Where a path points; undefined for one that leads out of its folder, and without a folder. */
export function placeInWorkspace(written: string): WorkspacePlace | undefined {
	// The one without a prefix fits every path, so it is tried last.
	const named = (vscode.workspace.workspaceFolders ?? [])
		.map((folder) => ({ folder, prefix: prefixOf(folder) }))
		.toSorted((a, b) => b.prefix.length - a.prefix.length)
		.find(({ prefix }) => written.startsWith(prefix));
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
