import * as vscode from "vscode";
import type { EditModels } from "./editsOptions.ts";
import { keyOf } from "./languageReports.ts";
import { proposedScheme } from "./proposedDocuments.ts";

/** Problems of one place that get an action each. */
const maxActions = 3;

const maxTitleLength = 60;

/** Offers to fix what the editor reports. Costs nothing before one is chosen. */
export class FixActions implements vscode.CodeActionProvider {
	static readonly metadata: vscode.CodeActionProviderMetadata = {
		providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
	};

	/** `command` is run with the document, the range and the key of the problem. */
	constructor(
		private readonly models: () => EditModels,
		private readonly command: string,
	) {}

	provideCodeActions(
		document: vscode.TextDocument,
		_range: vscode.Range,
		context: vscode.CodeActionContext,
	): vscode.CodeAction[] {
		const { chat, infill } = this.models();
		if ((chat ?? infill) === undefined || document.uri.scheme === proposedScheme) {
			return [];
		}
		return context.diagnostics
			.filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning)
			.slice(0, maxActions)
			.map((diagnostic) => {
				const message = diagnostic.message.replaceAll(/\s+/g, " ");
				const short =
					message.length > maxTitleLength ? `${message.slice(0, maxTitleLength)}…` : message;
				const action = new vscode.CodeAction(
					`Fix with Mote: ${short}`,
					vscode.CodeActionKind.QuickFix,
				);
				action.diagnostics = [diagnostic];
				action.command = {
					title: action.title,
					command: this.command,
					arguments: [document.uri, diagnostic.range, keyOf(diagnostic)],
				};
				return action;
			});
	}
}

/** The problem that an action was made for, where it is now; undefined when it is gone. */
export function stillReported(
	uri: vscode.Uri,
	range: vscode.Range,
	key: string,
): vscode.Diagnostic | undefined {
	const same = vscode.languages
		.getDiagnostics(uri)
		.filter((diagnostic) => keyOf(diagnostic) === key);
	const distance = (diagnostic: vscode.Diagnostic): number =>
		Math.abs(diagnostic.range.start.line - range.start.line);
	return same.toSorted((a, b) => distance(a) - distance(b))[0];
}
