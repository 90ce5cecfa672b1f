import * as vscode from "vscode";
import type { QuestionTarget } from "../../chat/chatEditor.ts";
import { explanationMarkdown } from "../../chat/explanation/explanationMarkdown.ts";
import type { TaskCode } from "../../chat/tasks/codeTask.ts";
import { uriInWorkspace } from "../workspacePaths.ts";
import { plainPosition } from "./documentText.ts";
import type { EditsOptions } from "./editsOptions.ts";
import type { TaskEnd } from "./proposeChange.ts";
import type { TaskPlace } from "./taskPlace.ts";

/** Explains code where no model can converse: by what the index of the repository knows. Nothing is generated. */
export async function explainFromIndex(
	{ place, instruction }: { readonly place: TaskPlace; readonly instruction: string | undefined },
	options: Pick<EditsOptions, "ask" | "explain">,
	signal: AbortSignal,
): Promise<TaskEnd> {
	const { code } = place;
	const target = targetOf(code);
	if (options.ask !== undefined) {
		const words = instruction === undefined ? "" : ` ${instruction}`;
		const answer = await options.ask(
			{ text: `/explain ${code.path}${words}`, target, title: `Explanation: ${code.path}` },
			signal,
		);
		return answer === undefined ? { sentence: signal.aborted ? "Stopped." : notExplained } : done;
	}
	const { path, startLine, endLine } = target;
	const query = { kind: "code", path, text: code.text, startLine, endLine } as const;
	const explained = await options.explain(query, signal);
	if (explained === undefined) {
		return { sentence: signal.aborted ? "Stopped." : notExplained };
	}
	const { explanation, isComplete } = explained;
	const text = explanationMarkdown(explanation, { isComplete, hrefOf: hrefInWorkspace });
	await showExplanation("From the index, no model", text);
	return done;
}

const done: TaskEnd = {
	sentence: "Explained from the index, without a model.",
	isSeen: true,
};

const notExplained = "There is no explanation; the chat says why.";

/** As a document beside the code, where there is no chat view. */
export async function showExplanation(title: string, text: string): Promise<void> {
	const content = `# ${title}\n\n${text}\n`;
	const shown = await vscode.workspace.openTextDocument({ language: "markdown", content });
	await vscode.window.showTextDocument(shown, vscode.ViewColumn.Beside);
}

/** A link that the editor follows wherever it stands; a line counts from 0. */
export function hrefInWorkspace(path: string, line: number): string | undefined {
	return uriInWorkspace(path)
		?.with({ fragment: `L${line + 1}` })
		.toString();
}

function targetOf({ path, languageId, text, start, end }: TaskCode): QuestionTarget {
	return {
		path,
		languageId,
		startLine: plainPosition(text, start).line,
		endLine: plainPosition(text, end).line,
		text: text.slice(start, end),
	};
}
