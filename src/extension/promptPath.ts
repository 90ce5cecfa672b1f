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

/** The path as the model saw paths in training: relative to the workspace, else the bare file name. */
export function promptPath(uri: vscode.Uri): string {
	const folder = vscode.workspace.getWorkspaceFolder(uri);
	return folder === undefined
		? uri.path.slice(uri.path.lastIndexOf("/") + 1)
		: folderPrefix(folder) + vscode.workspace.asRelativePath(uri, false);
}
