import path from "node:path";
import * as vscode from "vscode";
import { folderNamed, folderPrefixes } from "./folderPrefixes.ts";

/** Folders that are on this machine's disk, in the editor's order. */
export function foldersOnDisk(): readonly vscode.WorkspaceFolder[] {
	return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
}

/** What stands in front of a folder's paths; nothing where it is the only one. */
export function folderPrefix(folder: vscode.WorkspaceFolder): string {
	const folders = vscode.workspace.workspaceFolders ?? [];
	const at = folders.findIndex(({ uri }) => uri.toString() === folder.uri.toString());
	return prefixesOf(folders)[at] ?? "";
}

function prefixesOf(folders: readonly vscode.WorkspaceFolder[]): readonly string[] {
	return folderPrefixes(
		folders.map(({ name, uri: { scheme, authority, path: folderPath } }) => ({
			name,
			origin: `${scheme}://${authority}`,
			path: folderPath,
		})),
	);
}

/** With forward slashes; undefined for what isn't in the workspace. */
export function pathInWorkspace(uri: vscode.Uri): string | undefined {
	const folder = vscode.workspace.getWorkspaceFolder(uri);
	return folder && folderPrefix(folder) + vscode.workspace.asRelativePath(uri, false);
}

/**
 * The path as people read it, as models saw paths in training and as the index knows it: that in the workspace,
 * else the bare name, such as that of an unsaved document.
 */
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
	const folders = vscode.workspace.workspaceFolders ?? [];
	const named = folderNamed(written, prefixesOf(folders));
	const folder = named && folders[named.index]?.uri;
	if (named === undefined || folder === undefined) {
		return undefined;
	}
	const relative = path.posix.normalize(named.path);
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
