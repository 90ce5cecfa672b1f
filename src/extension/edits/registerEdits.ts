import * as vscode from "vscode";
import { UserError } from "../../base/userError.ts";
import type { ProposedBlock } from "../../chat/chatEditor.ts";
import type { AnswerByInfilling } from "../../chat/infillQuestion.ts";
import type { ReviewView } from "../../chat/messages.ts";
import type { TaskKind } from "../../chat/tasks/codeTask.ts";
import { applyBlock } from "./applyBlock.ts";
import { missingModel, nothingThere, runTask, type RequestedTask } from "./codeTasks.ts";
import { generateCommitMessage } from "./commitMessageCommand.ts";
import { signalOf, type EditsOptions } from "./editsOptions.ts";
import { FixActions, stillReported } from "./fixActions.ts";
import { infillAnswers } from "./infillAnswers.ts";
import { attendance, type TaskEnd } from "./proposeChange.ts";
import { proposedScheme } from "./proposedDocuments.ts";
import { Reviews } from "./reviews.ts";
import { maxDocumentLength, taskPlace, type TaskPlace } from "./taskPlace.ts";

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

	/** A newer task ends the one before: nobody waits for two. */
	const begin = (): AbortSignal => {
		running.abort();
		running = new AbortController();
		return running.signal;
	};
	const run = async (
		title: string,
		work: (signal: AbortSignal) => Promise<TaskEnd>,
	): Promise<void> => {
		const begun = begin();
		const end = await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Notification, title, cancellable: true },
			(_progress, token) =>
				work(signalOf(token, begun)).catch((error: unknown) => ({ sentence: sentenceOf(error) })),
		);
		tell(end);
	};
	const tell = ({ sentence, waitingReviewId }: TaskEnd): void => {
		ends.fire(sentence);
		const show = "Show Changes";
		const buttons = waitingReviewId === undefined ? [] : [show];
		void vscode.window.showInformationMessage(sentence, ...buttons).then(async (pressed) => {
			if (pressed === show && waitingReviewId !== undefined) {
				await reviews.show(waitingReviewId);
			}
		});
	};
	const sentenceOf = (error: unknown): string => {
		if (error instanceof UserError) {
			return error.message;
		}
		options.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
		return "That failed because of a bug in Mote; the log has the details.";
	};
	const placeOf = async (
		document: vscode.TextDocument,
		selection: vscode.Range,
		signal: AbortSignal,
	): Promise<TaskPlace> => {
		const place = await taskPlace(document, selection, options.syntax(), signal);
		if (place === undefined) {
			throw new UserError(
				"tooLong",
				`The document is longer than ${maxDocumentLength / 1_000_000} million characters, so Mote leaves it alone.`,
			);
		}
		return place;
	};
	const runOn = async (
		document: vscode.TextDocument,
		selection: vscode.Range,
		task: Omit<RequestedTask, "place" | "isAttended">,
	): Promise<void> => {
		const isAttended = attendance();
		await run(progressTitles[task.kind], async (signal) => {
			const place = await placeOf(document, selection, signal);
			return runTask({ ...task, place, isAttended }, reviews, options, signal);
		});
	};
	/** Undefined when the person gives none, or has been told why there is nothing to give one for. */
	const instructionFor = async (
		kind: TaskKind,
		{ document, selection }: vscode.TextEditor,
	): Promise<string | undefined> => {
		const signal = begin();
		try {
			const reason =
				missingModel(kind, options.models()) ??
				(await nothingThere(
					{ kind, place: await placeOf(document, selection, signal) },
					options,
					signal,
				));
			if (reason === undefined) {
				return await askForInstruction();
			}
			tell({ sentence: reason });
		} catch (error) {
			tell({ sentence: sentenceOf(error) });
		}
		return undefined;
	};
	const runCommand = async (kind: TaskKind): Promise<void> => {
		const editor = vscode.window.activeTextEditor;
		if (editor === undefined || editor.document.uri.scheme === proposedScheme) {
			void vscode.window.showInformationMessage("Open the code first that this is for.");
			return;
		}
		const { document, selection } = editor;
		const instruction = kind === "refactor" ? await instructionFor(kind, editor) : undefined;
		if (kind !== "refactor" || instruction !== undefined) {
			const cursor = selection.isEmpty ? selection.active : undefined;
			await runOn(document, selection, { kind, instruction, cursor });
		}
	};
	const fixDiagnostic = async (uri: unknown, range: unknown, key: unknown): Promise<void> => {
		if (!(uri instanceof vscode.Uri && range instanceof vscode.Range && typeof key === "string")) {
			return;
		}
		const document = await vscode.workspace.openTextDocument(uri);
		const problem = stillReported(uri, range, key);
		if (problem === undefined) {
			tell({ sentence: "The problem is gone already." });
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
			run("Mote writes a commit message", async (signal) => ({
				sentence: await generateCommitMessage(rootOf(control), options.models().chat, signal),
			})),
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
