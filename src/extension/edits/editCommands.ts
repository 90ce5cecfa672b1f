import * as vscode from "vscode";
import { UserError } from "../../base/userError.ts";
import type { TaskKind } from "../../chat/tasks/codeTask.ts";
import { missingModel, nothingThere, runTask, type RequestedTask } from "./codeTasks.ts";
import { generateCommitMessage } from "./commitMessageCommand.ts";
import { signalOf, type EditsOptions } from "./editsOptions.ts";
import { stillReported } from "./fixActions.ts";
import { attendance, type TaskEnd } from "./proposeChange.ts";
import { proposedScheme } from "./proposedDocuments.ts";
import type { Reviews } from "./reviews.ts";
import { maxDocumentLength, taskPlace, type TaskPlace } from "./taskPlace.ts";

const progressTitles: Readonly<Record<TaskKind, string>> = {
	explain: "Mote explains",
	fix: "Mote looks for a fix",
	tests: "Mote writes tests",
	doc: "Mote documents",
	refactor: "Mote refactors",
};

/** What the commands on code do. One task runs at a time, and each ends with one sentence. */
export class EditCommands implements vscode.Disposable {
	readonly #reviews: Reviews;
	readonly #options: EditsOptions;
	readonly #ends = new vscode.EventEmitter<string>();
	#running = new AbortController();

	constructor(reviews: Reviews, options: EditsOptions) {
		this.#reviews = reviews;
		this.#options = options;
	}

	/** The sentence that the last command ended with. */
	get onDidEndTask(): vscode.Event<string> {
		return this.#ends.event;
	}

	/** Does a task with the code at the cursor, or with what is selected. */
	async run(kind: TaskKind): Promise<void> {
		const editor = vscode.window.activeTextEditor;
		if (editor === undefined || editor.document.uri.scheme === proposedScheme) {
			void vscode.window.showInformationMessage("Open the code first that this is for.");
			return;
		}
		const { document, selection } = editor;
		const instruction = kind === "refactor" ? await this.#instructionFor(kind, editor) : undefined;
		if (kind !== "refactor" || instruction !== undefined) {
			const cursor = selection.isEmpty ? selection.active : undefined;
			await this.#runOn(document, selection, { kind, instruction, cursor });
		}
	}

	/** Fixes the problem that a code action was offered for; its parameters come from the editor. */
	async fixDiagnostic(uri: unknown, range: unknown, key: unknown): Promise<void> {
		if (!(uri instanceof vscode.Uri && range instanceof vscode.Range && typeof key === "string")) {
			return;
		}
		const document = await vscode.workspace.openTextDocument(uri);
		const problem = stillReported(uri, range, key);
		if (problem === undefined) {
			this.#tell({ sentence: "The problem is gone already." });
			return;
		}
		await this.#runOn(document, new vscode.Range(problem.range.start, problem.range.start), {
			kind: "fix",
			instruction: undefined,
			problem,
		});
	}

	/** `control` is the source control view, which passes itself. */
	async generateCommitMessage(control: unknown): Promise<void> {
		await this.#withProgress("Mote writes a commit message", async (signal) => ({
			sentence: await generateCommitMessage(rootOf(control), this.#options.models().chat, signal),
		}));
	}

	dispose(): void {
		this.#running.abort();
		this.#ends.dispose();
	}

	/** A newer task ends the one before: nobody waits for two. */
	#begin(): AbortSignal {
		this.#running.abort();
		this.#running = new AbortController();
		return this.#running.signal;
	}

	async #withProgress(
		title: string,
		work: (signal: AbortSignal) => Promise<TaskEnd>,
	): Promise<void> {
		const begun = this.#begin();
		const end = await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Notification, title, cancellable: true },
			(_progress, token) =>
				work(signalOf(token, begun)).catch((error: unknown) => ({
					sentence: this.#sentenceOf(error),
				})),
		);
		this.#tell(end);
	}

	#tell({ sentence, waitingReviewId, isSeen = false }: TaskEnd): void {
		this.#ends.fire(sentence);
		if (isSeen) {
			return;
		}
		const show = "Show Changes";
		const buttons = waitingReviewId === undefined ? [] : [show];
		void vscode.window.showInformationMessage(sentence, ...buttons).then(async (pressed) => {
			if (pressed === show && waitingReviewId !== undefined) {
				await this.#reviews.show(waitingReviewId);
			}
		});
	}

	#sentenceOf(error: unknown): string {
		if (error instanceof UserError) {
			return error.message;
		}
		const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
		this.#options.logger.error(detail);
		return "That failed because of a bug in Mote; the log has the details.";
	}

	async #placeOf(
		document: vscode.TextDocument,
		selection: vscode.Range,
		signal: AbortSignal,
	): Promise<TaskPlace> {
		const place = await taskPlace(document, selection, this.#options.syntax(), signal);
		if (place === undefined) {
			throw new UserError(
				"tooLong",
				`The document is longer than ${maxDocumentLength / 1_000_000} million characters, so Mote leaves it alone.`,
			);
		}
		return place;
	}

	async #runOn(
		document: vscode.TextDocument,
		selection: vscode.Range,
		task: Omit<RequestedTask, "place" | "isAttended">,
	): Promise<void> {
		const isAttended = attendance();
		await this.#withProgress(progressTitles[task.kind], async (signal) => {
			const place = await this.#placeOf(document, selection, signal);
			return runTask({ ...task, place, isAttended }, this.#reviews, this.#options, signal);
		});
	}

	/** Undefined when the person gives none, or has been told why there is nothing to give one for. */
	async #instructionFor(
		kind: TaskKind,
		{ document, selection }: vscode.TextEditor,
	): Promise<string | undefined> {
		const signal = this.#begin();
		try {
			const reason =
				missingModel(kind, this.#options.models()) ??
				(await nothingThere(
					{ kind, place: await this.#placeOf(document, selection, signal) },
					this.#options,
					signal,
				));
			if (reason === undefined) {
				return await askForInstruction();
			}
			this.#tell({ sentence: reason });
		} catch (error) {
			this.#tell({ sentence: this.#sentenceOf(error) });
		}
		return undefined;
	}
}

async function askForInstruction(): Promise<string | undefined> {
	const instruction = await vscode.window.showInputBox({
		title: "Refactor",
		prompt: "What is to be changed about the code?",
		placeHolder: "split into two functions",
	});
	return instruction?.trim() === "" ? undefined : instruction;
}

function rootOf(control: unknown): vscode.Uri | undefined {
	return typeof control === "object" &&
		control !== null &&
		"rootUri" in control &&
		control.rootUri instanceof vscode.Uri
		? control.rootUri
		: undefined;
}
