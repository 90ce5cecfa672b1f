import * as vscode from "vscode";
import type { Problem, TextPosition } from "../../chat/chatWorkspace.ts";
import { pathInWorkspace, uriInWorkspace } from "../workspacePaths.ts";

/** A repository that doesn't build has thousands; nobody asks about more than these at once. */
const maxProblems = 500;

const severities = {
	[vscode.DiagnosticSeverity.Error]: "error",
	[vscode.DiagnosticSeverity.Warning]: "warning",
	[vscode.DiagnosticSeverity.Information]: "information",
	[vscode.DiagnosticSeverity.Hint]: "hint",
} as const;

/** What the editor's languages complain about in one file or everywhere, errors first. */
export function editorProblems(path: string | undefined): Problem[] {
	return diagnosticsOf(path)
		.flatMap(([uri, diagnostics]) => {
			const where = pathInWorkspace(uri);
			return where === undefined
				? []
				: diagnostics.map((diagnostic) => ({ path: where, diagnostic }));
		})
		.sort((a, b) => a.diagnostic.severity - b.diagnostic.severity)
		.slice(0, maxProblems)
		.map(({ path: where, diagnostic }) => problemOf(where, diagnostic));
}

function diagnosticsOf(path: string | undefined): [vscode.Uri, readonly vscode.Diagnostic[]][] {
	if (path === undefined) {
		return vscode.languages.getDiagnostics();
	}
	const uri = uriInWorkspace(path);
	return uri === undefined ? [] : [[uri, vscode.languages.getDiagnostics(uri)]];
}

function problemOf(path: string, diagnostic: vscode.Diagnostic): Problem {
	const { code } = diagnostic;
	const value = typeof code === "object" ? code.value : code;
	return {
		path,
		range: {
			start: positionOf(diagnostic.range.start),
			end: positionOf(diagnostic.range.end),
		},
		severity: severities[diagnostic.severity],
		message: diagnostic.message,
		code: value === undefined ? undefined : String(value),
		source: diagnostic.source,
	};
}

export function positionOf({ line, character }: vscode.Position): TextPosition {
	return { line, column: character };
}
