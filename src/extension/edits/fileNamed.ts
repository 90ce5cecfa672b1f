import { realpath } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { pathsMeantBy } from "../../chat/edits/safePath.ts";
import { isSecretPath } from "../../context/files/secrets.ts";
import { placeInWorkspace, type WorkspacePlace } from "../workspacePaths.ts";

export interface NamedFile {
	readonly uri: vscode.Uri;
	readonly isThere: boolean;
}

/**
 * The file of the workspace that an answer names. Undefined for everything that isn't plainly one: a path or a
 * link that leads out of the workspace, a file that may hold credentials, and hidden files and folders, since
 * what stands there is often run by itself (`.vscode/tasks.json`, `.git/hooks`).
 */
export async function fileNamed(written: string): Promise<NamedFile | undefined> {
	const meant = pathsMeantBy(written);
	const isHidden = (relative: string): boolean =>
		isSecretPath(relative) || relative.split("/").some((part) => part.startsWith("."));
	const [likeliest] = meant;
	if (likeliest === undefined || meant.some(isHidden)) {
		return undefined;
	}
	for (const relative of meant) {
		for (const { uri, folder } of placesOf(relative)) {
			if (await isFile(uri)) {
				return (await isInside(uri, folder)) ? { uri, isThere: true } : undefined;
			}
		}
	}
	const place = placeInWorkspace(likeliest);
	const isUsable = place !== undefined && (await isInside(place.uri, place.folder));
	return isUsable ? { uri: place.uri, isThere: false } : undefined;
}

/** As Mote itself writes paths of the workspace, and then as a path in any of its folders. */
function placesOf(relative: string): readonly WorkspacePlace[] {
	const place = placeInWorkspace(relative);
	const folders = vscode.workspace.workspaceFolders ?? [];
	return [
		...(place === undefined ? [] : [place]),
		...folders.map(({ uri: folder }) => ({ uri: vscode.Uri.joinPath(folder, relative), folder })),
	];
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
	try {
		return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
	} catch (error) {
		if (error instanceof vscode.FileSystemError) {
			return false;
		}
		throw error;
	}
}

/** Follows links: of the file, or of the nearest folder above it that is there. */
async function isInside(uri: vscode.Uri, folder: vscode.Uri): Promise<boolean> {
	if (uri.scheme !== "file") {
		return true;
	}
	const root = await realpath(folder.fsPath);
	const real = await realPathOf(uri.fsPath);
	return real === root || real.startsWith(root + path.sep);
}

async function realPathOf(file: string): Promise<string> {
	try {
		return await realpath(file);
	} catch (error) {
		const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
		const parent = path.dirname(file);
		if (!isMissing || parent === file) {
			throw error;
		}
		return path.join(await realPathOf(parent), path.basename(file));
	}
}
