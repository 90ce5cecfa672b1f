import * as vscode from "vscode";
import { UserError } from "../../base/userError.ts";
import type { ProposedBlock } from "../../chat/chatEditor.ts";
import type { AnswerByInfilling } from "../../chat/infillQuestion.ts";
import type { ReviewView } from "../../chat/messages.ts";
import type { TaskKind } from "../../chat/tasks/codeTask.ts";
import { applyBlock } from "./applyBlock.ts";
import { runTask, type RequestedTask } from "./codeTasks.ts";
import { generateCommitMessage } from "./commitMessageCommand.ts";
import { signalOf, type EditsOptions } from "./editsOptions.ts";
import { FixActions, stillReported } from "./fixActions.ts";
import { infillAnswers } from "./infillAnswers.ts";
import { proposedScheme } from "./proposedDocuments.ts";
import { Reviews } from "./reviews.ts";
import { maxDocumentLength, taskPlace } from "./taskPlace.ts";

export interface Edits {
	readonly reviews: Reviews;
	/** Opens a code block of an answer as a proposal; rejects with a UserError. */
	applyBlock(block: ProposedBlock): Promise<ReviewView>;
	/** For the chat session, where the model can't converse. */
	readonly answerByInfilling: AnswerByInfilling;
	/** The sentence that the last command ended with. */
	readonly onDidEndTask: vscode.Event<string>;
	dispose(): void;
}

const commands: readonly (readonly [command: string, kind: TaskKind])[] = [
	["explain", "explain"],
	["fix", "fix"],
	["generateTests", "tests"],
	["document", "doc"],
	["refactor", "refactor"],
];

const progressTitles: Readonly<Record<TaskKind, string>> = {
	explain: "Mote explains",
	fix: "Mote looks for a fix",
	tests: "Mote writes tests",
	doc: "Mote documents",
	refactor: "Mote refactors",
};

/**
 * The commands on code, the code actions, and the review of what they propose. `prefix` begins the names of the
 * commands: tests register a second set beside the extension's own.
 */
export function registerEdits(options: EditsOptions, prefix = "mote"): Edits {
	const reviews = new Reviews(prefix);
	/** Run by a code action; not in the palette. */
	const fixDiagnosticCommand = `${prefix}.internal.fixDiagnostic`;
	const ends = new vscode.EventEmitter<string>();
	let running = new AbortController();

	/** A newer task ends the one before: both may want to try something in the same document. */
	const run = async (
		title: string,
		work: (signal: AbortSignal) => Promise<string>,
	): Promise<void> => {
		running.abort();
		const controller = new AbortController();
		running = controller;
		const sentence = await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Notification, title, cancellable: true },
			(_progress, token) => work(signalOf(token, controller.signal)).catch(sentenceOf),
		);
		ends.fire(sentence);
		void vscode.window.showInformationMessage(sentence);
	};
	const sentenceOf = (error: unknown): string => {
		if (error instanceof UserError) {
			return error.message;
		}
		options.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
		return "That failed because of a bug in Mote; the log has the details.";
	};
	const runOn = async (
		document: vscode.TextDocument,
		selection: vscode.Range,
		task: Omit<RequestedTask, "place">,
	): Promise<void> => {
		await run(progressTitles[task.kind], async (signal) => {
			const place = await taskPlace(document, selection, options.syntax(), signal);
			return place === undefined
				? `The document is longer than ${maxDocumentLength / 1_000_000} million characters, so Mote leaves it alone.`
				: runTask({ ...task, place }, reviews, options, signal);
		});
	};
	const runCommand = async (kind: TaskKind): Promise<void> => {
		const editor = vscode.window.activeTextEditor;
		if (editor === undefined || editor.document.uri.scheme === proposedScheme) {
			void vscode.window.showInformationMessage("Open the code first that this is for.");
			return;
		}
		const instruction = kind === "refactor" ? await askForInstruction() : undefined;
		if (kind !== "refactor" || instruction !== undefined) {
			await runOn(editor.document, editor.selection, { kind, instruction });
		}
	};
	const fixDiagnostic = async (uri: unknown, range: unknown, key: unknown): Promise<void> => {
		if (!(uri instanceof vscode.Uri && range instanceof vscode.Range && typeof key === "string")) {
			return;
		}
		const document = await vscode.workspace.openTextDocument(uri);
		const problem = stillReported(uri, range, key);
		if (problem === undefined) {
			ends.fire("The problem is gone already.");
			return;
		}
		await runOn(document, new vscode.Range(problem.range.start, problem.range.start), {
			kind: "fix",
			instruction: undefined,
			problem,
		});
	};
	const registrations = vscode.Disposable.from(
		...commands.map(([command, kind]) =>
			vscode.commands.registerCommand(`${prefix}.${command}`, () => runCommand(kind)),
		),
		vscode.commands.registerCommand(fixDiagnosticCommand, fixDiagnostic),
		vscode.commands.registerCommand(`${prefix}.generateCommitMessage`, (control: unknown) =>
			run("Mote writes a commit message", (signal) =>
				generateCommitMessage(rootOf(control), options.models().chat, signal),
			),
		),
		vscode.languages.registerCodeActionsProvider(
			{ pattern: "**" },
			new FixActions(options.models, fixDiagnosticCommand),
			FixActions.metadata,
		),
	);
	return {
		reviews,
		applyBlock: (block) => applyBlock(block, reviews),
		answerByInfilling: infillAnswers(reviews, options),
		onDidEndTask: ends.event,
		dispose() {
			running.abort();
			registrations.dispose();
			reviews.dispose();
			ends.dispose();
		},
	};
}

async function askForInstruction(): Promise<string | undefined> {
	const instruction = await vscode.window.showInputBox({
		title: "Refactor",
		prompt: "What is to be changed about the code?",
		placeHolder: "split into two functions",
	});
	return instruction?.trim() === "" ? undefined : instruction;
}

/** The source control view passes itself. */
function rootOf(control: unknown): vscode.Uri | undefined {
	return typeof control === "object" &&
		control !== null &&
		"rootUri" in control &&
		control.rootUri instanceof vscode.Uri
		? control.rootUri
		: undefined;
}
