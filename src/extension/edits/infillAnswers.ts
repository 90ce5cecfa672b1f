import * as vscode from "vscode";
import type { AnswerByInfilling } from "../../chat/infillQuestion.ts";
import { plainPosition, plainText } from "./documentText.ts";
import type { EditsOptions } from "./editsOptions.ts";
import { runTask } from "./codeTasks.ts";
import { attendance } from "./proposeChange.ts";
import { proposedScheme } from "./proposedDocuments.ts";
import type { Reviews } from "./reviews.ts";
import { displayPath } from "../workspacePaths.ts";

/** `/fix` of the chat view with a model that can't converse: the same as the command does. */
export function infillAnswers(reviews: Reviews, options: EditsOptions): AnswerByInfilling {
	return async function* (question, signal) {
		const { kind, code, instruction, model } = question;
		const document = vscode.workspace.textDocuments.find(
			({ uri, languageId }) =>
				uri.scheme !== proposedScheme &&
				languageId === code.languageId &&
				displayPath(uri) === code.path,
		);
		if (document === undefined || plainText(document) !== code.text) {
			yield `Open ${code.path} and ask again; it has changed or is closed.`;
			return "stop";
		}
		const range = new vscode.Range(
			plainPosition(code.text, code.start),
			plainPosition(code.text, code.end),
		);
		const reported = vscode.languages
			.getDiagnostics(document.uri)
			.filter((diagnostic) => diagnostic.range.intersection(range) !== undefined)
			.toSorted((a, b) => a.severity - b.severity);
		const { sentence } = await runTask(
			{
				kind,
				place: { document, code },
				instruction,
				problem: reported[0],
				isAttended: attendance(),
			},
			reviews,
			{ ...options, models: () => ({ chat: undefined, infill: model }) },
			signal,
		);
		yield sentence;
		return signal.aborted ? "cancelled" : "stop";
	};
}
