import * as vscode from "vscode";
import type { TaskCode, TaskProblem } from "../../chat/tasks/codeTask.ts";
import type { StructureService } from "../../context/syntax/structure.ts";
import { plainOffset, plainPosition, plainText } from "./documentText.ts";
import { codeOf } from "./languageReports.ts";
import { displayPath } from "../workspacePaths.ts";

/** The code that a command is about. */
export interface TaskPlace {
	readonly document: vscode.TextDocument;
	/** Of the document when the command was given. */
	readonly code: TaskCode;
}

/** A longer document isn't worked on, in UTF-16 units. */
export const maxDocumentLength = 2_000_000;

/**
 * Whole lines of the selection; for an empty one the declaration around the cursor, or else its line. Undefined
 * for a document that is too long.
 */
export async function taskPlace(
	document: vscode.TextDocument,
	selection: vscode.Range,
	syntax: StructureService | undefined,
	signal: AbortSignal,
): Promise<TaskPlace | undefined> {
	const text = plainText(document);
	if (text.length > maxDocumentLength) {
		return undefined;
	}
	const start = plainOffset(document, selection.start);
	const end = plainOffset(document, selection.end);
	const { languageId } = document;
	const structure = selection.isEmpty
		? await syntax?.structureAt({ languageId, text, start, end }, signal)
		: undefined;
	const range = wholeLines(text, structure?.declaration ?? { start, end });
	return { document, code: { path: displayPath(document.uri), languageId, text, ...range } };
}

/** Without the line break of the last line; a selection that ends at the start of a line doesn't have it. */
export function wholeLines(
	text: string,
	{ start, end }: { readonly start: number; readonly end: number },
): { readonly start: number; readonly end: number } {
	const first = start === 0 ? 0 : text.lastIndexOf("\n", start - 1) + 1;
	const last = end > start && text[end - 1] === "\n" ? end - 1 : end;
	const lineEnd = text.indexOf("\n", last);
	return { start: first, end: lineEnd < 0 ? text.length : lineEnd };
}

/** What the editor reports on the lines of the code, the worst first. */
export function problemsIn({ document, code }: TaskPlace): readonly vscode.Diagnostic[] {
	const range = new vscode.Range(
		plainPosition(code.text, code.start),
		plainPosition(code.text, code.end),
	);
	return vscode.languages
		.getDiagnostics(document.uri)
		.filter((diagnostic) => range.intersection(diagnostic.range) !== undefined)
		.toSorted((a, b) => a.severity - b.severity);
}

const severities = ["error", "warning", "information", "hint"] as const;

export function taskProblem(diagnostic: vscode.Diagnostic): TaskProblem {
	const { message, source, code, severity, range } = diagnostic;
	return {
		severity: severities[severity],
		message,
		source,
		code: codeOf(code),
		startLine: range.start.line,
		endLine: range.end.line,
	};
}
