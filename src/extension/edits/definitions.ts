import * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import type { TaskPiece } from "../../chat/tasks/codeTask.ts";
import { holdsPrivateKey, isSecretPath } from "../../context/files/secrets.ts";
import { shownText } from "../editorEncodings.ts";
import { displayPath } from "../workspacePaths.ts";

const maxNames = 8;
const maxPieces = 6;
const maxLines = 40;
const maxFileBytes = 1_000_000;

/** Definitions that come later aren't waited for. */
const limitMs = 1500;

/**
 * The definitions in other files of the names on some lines, as the document's language knows them: what a
 * problem there is about. Files outside the workspace, and those that may hold credentials, are left out.
 */
export async function definitionsOf(
	document: vscode.TextDocument,
	lines: { readonly start: number; readonly end: number },
	clock: Clock,
): Promise<readonly TaskPiece[]> {
	const found: TaskPiece[] = [];
	const done = new AbortController();
	const collect = async (): Promise<void> => {
		const seen = new Set<string>();
		for (const position of namesOn(document, lines)) {
			const definitions = await vscode.commands.executeCommand<
				(vscode.Location | vscode.LocationLink)[] | undefined
			>("vscode.executeDefinitionProvider", document.uri, position);
			for (const definition of definitions ?? []) {
				const { uri, range } = placeOf(definition);
				const key = `${uri.toString()}#${range.start.line}`;
				if (found.length < maxPieces && !seen.has(key) && isShareable(uri, document)) {
					seen.add(key);
					const text = await linesOf(uri, range);
					found.push(...(text === undefined ? [] : [{ path: displayPath(uri), text }]));
				}
			}
		}
		done.abort();
	};
	// A language that fails to tell is one that tells nothing; the rest goes on without.
	const collecting = collect().catch(() => done.abort());
	await Promise.race([collecting, clock.sleep(limitMs, done.signal)]);
	done.abort();
	return found.slice();
}

function* namesOn(
	document: vscode.TextDocument,
	{ start, end }: { readonly start: number; readonly end: number },
): Generator<vscode.Position, void, void> {
	const seen = new Set<string>();
	for (let line = start; line <= Math.min(end, start + maxLines, document.lineCount - 1); line++) {
		for (const match of document.lineAt(line).text.matchAll(/[\p{L}_$][\p{L}\p{N}_$]+/gu)) {
			if (seen.size < maxNames && !seen.has(match[0])) {
				seen.add(match[0]);
				yield new vscode.Position(line, match.index);
			}
		}
	}
}

function placeOf(definition: vscode.Location | vscode.LocationLink): {
	readonly uri: vscode.Uri;
	readonly range: vscode.Range;
} {
	return "targetUri" in definition
		? { uri: definition.targetUri, range: definition.targetRange }
		: { uri: definition.uri, range: definition.range };
}

function isShareable(uri: vscode.Uri, document: vscode.TextDocument): boolean {
	return (
		uri.toString() !== document.uri.toString() &&
		vscode.workspace.getWorkspaceFolder(uri) !== undefined &&
		!uri.path.includes("/node_modules/") &&
		!isSecretPath(uri.path)
	);
}

async function linesOf(uri: vscode.Uri, range: vscode.Range): Promise<string | undefined> {
	const open = vscode.workspace.textDocuments.find(
		(document) => document.uri.toString() === uri.toString(),
	);
	if (open === undefined && (await vscode.workspace.fs.stat(uri)).size > maxFileBytes) {
		return undefined;
	}
	const text =
		open?.getText() ?? (await shownText(await vscode.workspace.fs.readFile(uri), uri, false));
	if (text === undefined || holdsPrivateKey(text)) {
		return undefined;
	}
	const lines = text.split(/\r?\n/);
	// A definition that is told by its name alone goes on for some lines.
	const shown = Math.max(range.end.line - range.start.line + 1, range.isSingleLine ? 12 : 1);
	const { line } = range.start;
	return `${lines.slice(line, line + Math.min(shown, maxLines)).join("\n")}\n`;
}
