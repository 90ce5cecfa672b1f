import * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import type { QuickFix } from "../../chat/tasks/fixWithoutModel.ts";
import { withEdits } from "../../chat/tasks/textEdit.ts";
import { plainOffset, plainText } from "./documentText.ts";
import { inTime } from "./inTime.ts";
import { keyOf } from "./languageReports.ts";

/** Languages that take longer aren't waited for. */
const limitMs = 3000;

/** Actions of one place whose edit is asked for. */
const maxActions = 20;

/**
 * What the lightbulb offers for a problem, as texts of the document. Only what says all that it does by edits of this
 * document: actions that run a command, such as Mote's own, or that change other files are left out.
 */
export async function quickFixesFor(
	document: vscode.TextDocument,
	problem: vscode.Diagnostic,
	clock: Clock,
	signal: AbortSignal,
): Promise<readonly QuickFix[]> {
	const { version } = document;
	const text = plainText(document);
	const actions = await inTime(
		vscode.commands.executeCommand<vscode.CodeAction[] | undefined>(
			"vscode.executeCodeActionProvider",
			document.uri,
			problem.range,
			vscode.CodeActionKind.QuickFix.value,
			maxActions,
		),
		limitMs,
		clock,
		signal,
	);
	if (document.version !== version) {
		return [];
	}
	return (actions ?? [])
		.filter((action) => isFor(action, problem))
		.flatMap((action) => {
			const edits = editsOf(action, document);
			const changed = edits && withEdits(text, edits);
			return edits === undefined || changed === undefined || changed === text
				? []
				: [
						{
							title: action.title,
							isPreferred: action.isPreferred === true,
							text: changed,
							written: edits.map(({ newText }) => newText).join("\n"),
						},
					];
		});
}

/** Names that the document's language offers at a place, without those that need an import. */
export async function namesAt(
	document: vscode.TextDocument,
	position: vscode.Position,
	clock: Clock,
	signal: AbortSignal,
): Promise<readonly string[]> {
	const list = await inTime(
		vscode.commands.executeCommand<vscode.CompletionList | undefined>(
			"vscode.executeCompletionItemProvider",
			document.uri,
			position,
		),
		limitMs,
		clock,
		signal,
	);
	return (list?.items ?? []).filter(isPlainName).map(nameOf);
}

/** Words of the text are offered as well, which says nothing about what may stand there. */
function isPlainName({ kind, additionalTextEdits }: vscode.CompletionItem): boolean {
	return (
		kind !== vscode.CompletionItemKind.Text &&
		kind !== vscode.CompletionItemKind.Snippet &&
		(additionalTextEdits ?? []).length === 0
	);
}

/** What it inserts, without the parameters that some languages add. */
function nameOf({ label, insertText }: vscode.CompletionItem): string {
	const text = insertText ?? label;
	const written = typeof text === "string" ? text : "label" in text ? text.label : text.value;
	return /^[\p{L}\p{N}_$]*/u.exec(written)?.[0] ?? "";
}

/** A provider that doesn't say which problem its action is for has to be sure that it is one. */
function isFor(action: vscode.CodeAction, problem: vscode.Diagnostic): boolean {
	const { diagnostics = [], disabled, isPreferred = false } = action;
	return disabled !== undefined
		? false
		: diagnostics.length === 0
			? isPreferred
			: diagnostics.some(
					(diagnostic) =>
						keyOf(diagnostic) === keyOf(problem) && diagnostic.range.isEqual(problem.range),
				);
}

function editsOf(
	{ edit }: vscode.CodeAction,
	document: vscode.TextDocument,
): { readonly start: number; readonly end: number; readonly newText: string }[] | undefined {
	const entries = edit?.entries() ?? [];
	const isOurs = entries.every(([uri]) => uri.toString() === document.uri.toString());
	return isOurs && entries.length > 0
		? entries
				.flatMap(([, edits]) => edits)
				.map(({ range, newText }) => ({
					start: plainOffset(document, range.start),
					end: plainOffset(document, range.end),
					newText: newText.replaceAll("\r\n", "\n"),
				}))
		: undefined;
}
