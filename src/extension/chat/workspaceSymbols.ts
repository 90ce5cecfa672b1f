import * as vscode from "vscode";
import type { WorkspaceSymbol } from "../../chat/chatWorkspace.ts";
import { withToken } from "../cancellation.ts";
import { pathInWorkspace } from "../workspacePaths.ts";

/** A language server that reads a large repository for the first time takes minutes; nobody waits for it. */
const deadlineMs = 2000;

/** Symbols by name, as the editor's languages know them, exact names first. */
export async function workspaceSymbols(
	query: string,
	limit: number,
	signal: AbortSignal,
): Promise<readonly WorkspaceSymbol[]> {
	if (query === "") {
		return [];
	}
	const inTime = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
	const found = await Promise.race([
		withToken(inTime, (token) =>
			vscode.commands.executeCommand<readonly vscode.SymbolInformation[] | undefined>(
				"vscode.executeWorkspaceSymbolProvider",
				query,
				token,
			),
		),
		whenAborted(inTime),
	]);
	return (found ?? [])
		.flatMap((symbol) => symbolOf(symbol) ?? [])
		.sort((a, b) => rankOf(query, a.name) - rankOf(query, b.name))
		.slice(0, limit);
}

function symbolOf({
	name,
	kind,
	containerName,
	location,
}: vscode.SymbolInformation): WorkspaceSymbol | undefined {
	const path = pathInWorkspace(location.uri);
	return path === undefined
		? undefined
		: {
				// Some languages add the parameters: `area(width, height)`.
				name: /^[^(]+/.exec(name)?.[0] ?? name,
				kind: wordOf(kind),
				container: containerName === "" ? undefined : containerName,
				path,
				startLine: location.range.start.line,
				endLine: location.range.end.line,
			};
}

/** "Function" → "function", "EnumMember" → "enum member". */
function wordOf(kind: vscode.SymbolKind): string {
	return vscode.SymbolKind[kind].replaceAll(/\B[A-Z]/g, " $&").toLowerCase();
}

function rankOf(query: string, name: string): number {
	if (name === query) {
		return 0;
	}
	const [wanted, actual] = [query.toLowerCase(), name.toLowerCase()];
	return actual === wanted ? 1 : actual.startsWith(wanted) ? 2 : 3;
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
	return new Promise((resolve) => {
		if (signal.aborted) {
			resolve(undefined);
		} else {
			signal.addEventListener("abort", () => resolve(undefined), { once: true });
		}
	});
}
