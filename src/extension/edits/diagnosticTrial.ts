import path from "node:path";
import * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import type { TrialVerdict } from "../../chat/tasks/infillFix.ts";
import { countOf, isGone, type Reported } from "../../chat/tasks/verdict.ts";
import { hunksBetween } from "../../chat/edits/hunks.ts";
import { plainText } from "./documentText.ts";
import { codeOf, isOfTypeScript, reportedIn, reportsOn } from "./languageReports.ts";
import { writeTrialFile } from "./trialFolder.ts";

/**
 * Tries texts for a document apart from it: each in a file of its own that looks to languages like the document in
 * its project, and that nobody sees. The document, its editor, its undo and its project stay as they are.
 */
export class DiagnosticTrial {
	readonly #text: string;
	readonly #problem: Pick<Reported, "message" | "code">;
	/** What the editor shows about the document. */
	readonly #shown: readonly Reported[];
	#before: Promise<readonly Reported[] | undefined> | undefined;

	/** `problem` is one that is reported about the document as it is now. */
	constructor(
		private readonly document: vscode.TextDocument,
		private readonly problem: vscode.Diagnostic,
		private readonly clock: Clock,
	) {
		this.#text = plainText(document);
		this.#problem = { message: problem.message, code: codeOf(problem.code) };
		this.#shown = reportedIn(document.uri, problem.source);
	}

	/**
	 * Whether anything can be tried: the document's own text, apart from it, has to have the same problem and no other
	 * errors than the document has.
	 */
	async canTell(signal: AbortSignal): Promise<boolean> {
		return (await this.#reportsBefore(signal)) !== undefined;
	}

	/** Whether the document would be rid of the problem if it had this text. */
	async verdictOn(text: string, signal: AbortSignal): Promise<TrialVerdict> {
		const before = await this.#reportsBefore(signal);
		if (before === undefined) {
			return "unknown";
		}
		const changed = hunksBetween(this.#text, text, { mergedGap: 0 });
		let shift = 0;
		const lines = changed.map(({ start, end, lines: written }) => {
			const first = start + shift;
			shift += written.length - (end - start);
			return { start: first, end: first + Math.max(0, written.length - 1) };
		});
		const isRid = (after: readonly Reported[]): boolean =>
			isGone(this.#problem, before, after, lines);
		const after = await this.#reportsOn(text, isRid, signal);
		return after === undefined ? "unknown" : isRid(after) ? "gone" : "still";
	}

	#reportsBefore(signal: AbortSignal): Promise<readonly Reported[] | undefined> {
		this.#before ??= this.#reportsOn(
			this.#text,
			(reports) => countOf(reports, this.#problem) > 0,
			signal,
		).then((reports) =>
			reports !== undefined && this.#isLikeShown(reports) ? reports : undefined,
		);
		return this.#before;
	}

	#isLikeShown(reports: readonly Reported[]): boolean {
		return (
			countOf(reports, this.#problem) > 0 &&
			reports.every(
				(report) => !report.isError || countOf(reports, report) <= countOf(this.#shown, report),
			)
		);
	}

	async #reportsOn(
		text: string,
		isEnough: (reports: readonly Reported[]) => boolean,
		signal: AbortSignal,
	): Promise<readonly Reported[] | undefined> {
		const { source } = this.problem;
		const file = await writeTrialFile({
			...placeOf(this.document),
			text,
			isTypeScript: isOfTypeScript(source),
		});
		if (file === undefined) {
			return undefined;
		}
		try {
			let opened = await vscode.workspace.openTextDocument(vscode.Uri.file(file.path));
			if (opened.languageId !== this.document.languageId) {
				opened = await vscode.languages.setTextDocumentLanguage(opened, this.document.languageId);
			}
			try {
				return await reportsOn({ document: opened, source, isEnough }, this.clock, signal);
			} finally {
				// The editor closes a document that nobody sees after minutes; to languages this is the same, and at once.
				await vscode.languages.setTextDocumentLanguage(opened, "plaintext");
			}
		} finally {
			await file.remove();
		}
	}
}

function placeOf({ uri }: vscode.TextDocument): {
	readonly root: string | undefined;
	readonly file: string;
} {
	const file = uri.scheme === "file" ? uri.fsPath : path.posix.basename(uri.path);
	const folder = vscode.workspace.getWorkspaceFolder(uri);
	// A file that lies outside of the workspace has what lies beside it, at least.
	const root = uri.scheme === "file" ? (folder?.uri.fsPath ?? path.dirname(file)) : undefined;
	return { root, file };
}
