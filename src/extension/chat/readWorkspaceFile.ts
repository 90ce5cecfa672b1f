import type { Stats } from "node:fs";
import { open, realpath } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { isSecretPath } from "../../context/files/secrets.ts";
import { foreignFileFlags } from "../../context/files/smallFile.ts";
import { shownText } from "../editorEncodings.ts";
import type { WorkspacePlace } from "../workspacePaths.ts";

/** Bytes that one UTF-16 unit takes at most: three in UTF-8, two in UTF-16 and most others. */
const maxBytesPerUnit = 3;

/** The most that the editor's own file systems are asked for: they hand over a file as a whole. */
const maxVirtualBytes = 4_000_000;

export type ReadFile =
	| { readonly kind: "text"; readonly text: string; readonly isCut: boolean }
	| { readonly kind: "missing" | "unreadable" | "secret" };

/**
 * The first `maxLength` UTF-16 units of a file of the workspace, with "\n" line breaks: as it stands in the
 * editor, or on disk. Never opens one whose name says that it may hold credentials, never follows a link out of the
 * folder, and never waits for a pipe.
 */
export async function readWorkspaceFile(
	{ folder, uri }: WorkspacePlace,
	maxLength: number,
): Promise<ReadFile> {
	if (isSecretPath(uri.path)) {
		return { kind: "secret" };
	}
	const opened = vscode.workspace.textDocuments.find(
		(document) => document.uri.toString() === uri.toString(),
	);
	if (opened !== undefined) {
		return cut(opened.getText(), maxLength, false);
	}
	try {
		return uri.scheme === "file"
			? await readDisk(folder.fsPath, uri, maxLength)
			: await readVirtual(uri, maxLength);
	} catch (error) {
		return { kind: isMissing(error) ? "missing" : "unreadable" };
	}
}

async function readDisk(root: string, uri: vscode.Uri, maxLength: number): Promise<ReadFile> {
	const [realRoot, realFile] = await Promise.all([realpath(root), realpath(uri.fsPath)]);
	const inside = path.relative(realRoot, realFile);
	if (path.isAbsolute(inside) || inside.split(path.sep)[0] === "..") {
		return { kind: "missing" };
	}
	// A link may lead from a harmless name to another one.
	if (isSecretPath(realFile.replaceAll("\\", "/"))) {
		return { kind: "secret" };
	}
	const handle = await open(realFile, foreignFileFlags);
	try {
		const stat: Stats = await handle.stat();
		if (!stat.isFile()) {
			return { kind: "unreadable" };
		}
		const wanted = Math.min(stat.size, maxLength * maxBytesPerUnit);
		const { buffer, bytesRead } = await handle.read(Buffer.alloc(wanted), 0, wanted, 0);
		return await decoded(uri, buffer.subarray(0, bytesRead), maxLength, bytesRead < stat.size);
	} finally {
		await handle.close();
	}
}

async function readVirtual(uri: vscode.Uri, maxLength: number): Promise<ReadFile> {
	const { type, size } = await vscode.workspace.fs.stat(uri);
	if (type !== vscode.FileType.File || size > maxVirtualBytes) {
		return { kind: "unreadable" };
	}
	return decoded(uri, await vscode.workspace.fs.readFile(uri), maxLength, false);
}

async function decoded(
	uri: vscode.Uri,
	bytes: Uint8Array,
	maxLength: number,
	isCut: boolean,
): Promise<ReadFile> {
	const text = await shownText(bytes, uri, isCut);
	return text === undefined ? { kind: "unreadable" } : cut(text, maxLength, isCut);
}

function cut(text: string, maxLength: number, isCut: boolean): ReadFile {
	const plain = text.replaceAll(/\r\n?/g, "\n");
	return plain.length > maxLength
		? { kind: "text", text: plain.slice(0, maxLength), isCut: true }
		: { kind: "text", text: plain, isCut };
}

function isMissing(error: unknown): boolean {
	return (
		(error instanceof vscode.FileSystemError && error.code === "FileNotFound") ||
		(error instanceof Error &&
			"code" in error &&
			(error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ELOOP"))
	);
}
