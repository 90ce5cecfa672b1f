import * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { applyHunks, hunksBetween, rebaseHunk } from "../../chat/edits/hunks.ts";
import { editsTowards, plainText } from "./documentText.ts";

export interface TrialOptions {
	readonly document: vscode.TextDocument;
	/** What is to go away. */
	readonly problem: Pick<vscode.Diagnostic, "message" | "source" | "code">;
	/** What is reported about the document as it is. After a trial it may be a while until that is told again. */
	readonly before: readonly vscode.Diagnostic[];
	readonly clock: Clock;
	readonly logger: Logger;
}

export type TrialVerdict = "gone" | "still" | "unknown";

/** A language that hasn't told by then is not waited for. */
const limitMs = 8000;

/** Languages report in parts, syntax before types: so long after the last part, it was the last. */
const settleMs = 700;

/** While the problem is still there, what was told last may be about the text before: that takes longer to know. */
const persistMs = 2500;

/** The editor tells of an undo within milliseconds, unless something else had the focus. */
const undoLimitMs = 1000;

/**
 * Tries a text in the document itself, since only there the languages see it as part of its project: puts it in,
 * waits for what they report, and takes it back by undo, so that the document is what it was, saved if it was
 * saved. Ends at once, and takes the text back, when the person types or the signal aborts.
 */
export async function tryInDocument(
	text: string,
	options: TrialOptions,
	signal: AbortSignal,
): Promise<TrialVerdict> {
	const { document, problem, before, clock, logger } = options;
	const original = plainText(document);
	const wasDirty = document.isDirty;
	const editor = await vscode.window.showTextDocument(document, { preview: false });
	const selections = editor.selections;
	const edits = editsTowards(document, text);
	const changed = changedLines(edits);
	const isGone = (): boolean => {
		const now = vscode.languages.getDiagnostics(document.uri);
		return countOf(now, problem) < countOf(before, problem) && !hasNewError(before, now, changed);
	};
	const trial = new TrialWatch(document, isGone, signal, clock);
	try {
		const isIn = await editor.edit(
			(builder) => {
				for (const { range, newText } of edits) {
					builder.replace(range, newText);
				}
			},
			{ undoStopBefore: true, undoStopAfter: true },
		);
		if (!isIn) {
			return "unknown";
		}
		trial.start();
		const isTold = await trial.settled();
		return !isTold ? "unknown" : isGone() ? "gone" : "still";
	} finally {
		trial.dispose();
		if (plainText(document) !== original) {
			await takeBack(editor, original, text, wasDirty, { clock, logger });
			editor.selections = selections;
		}
	}
}

/** Waits for the end of what the languages have to say about the text that was put in. */
class TrialWatch {
	private readonly ended = new AbortController();
	private readonly listeners: vscode.Disposable;
	private lastReport: number | undefined;
	private version: number | undefined;
	private wake: () => void = () => undefined;

	constructor(
		private readonly document: vscode.TextDocument,
		private readonly isGone: () => boolean,
		private readonly signal: AbortSignal,
		private readonly clock: Clock,
	) {
		const end = (): void => this.ended.abort();
		signal.addEventListener("abort", end, { once: true });
		this.listeners = vscode.Disposable.from(
			vscode.languages.onDidChangeDiagnostics(({ uris }) => {
				const isOurs = uris.some((uri) => uri.toString() === document.uri.toString());
				if (isOurs && this.version !== undefined) {
					this.lastReport = clock.now();
					this.wake();
				}
			}),
			vscode.workspace.onDidChangeTextDocument((change) => {
				const isTyped =
					change.document === document &&
					change.contentChanges.length > 0 &&
					this.version !== undefined &&
					document.version !== this.version;
				if (isTyped) {
					end();
				}
			}),
			{ dispose: () => signal.removeEventListener("abort", end) },
		);
	}

	/** The text is in: what is reported from now on is about it. */
	start(): void {
		this.version = this.document.version;
	}

	/** False when nothing was reported in time, or the trial was ended from outside. */
	async settled(): Promise<boolean> {
		const deadline = this.clock.now() + limitMs;
		while (!this.ended.signal.aborted && !this.signal.aborted) {
			const now = this.clock.now();
			const settlesAt =
				this.lastReport === undefined
					? deadline
					: this.lastReport + (this.isGone() ? settleMs : persistMs);
			if (now >= settlesAt || now >= deadline) {
				return this.lastReport !== undefined;
			}
			const nap = new AbortController();
			this.wake = () => nap.abort();
			const end = (): void => nap.abort();
			this.ended.signal.addEventListener("abort", end, { once: true });
			await this.clock.sleep(Math.min(settlesAt, deadline) - now, nap.signal);
			this.ended.signal.removeEventListener("abort", end);
		}
		return false;
	}

	dispose(): void {
		this.listeners.dispose();
		this.ended.abort();
	}
}

/** By undo, which also brings back that the document was saved; else by an edit that leaves alone what was typed. */
async function takeBack(
	editor: vscode.TextEditor,
	original: string,
	text: string,
	wasDirty: boolean,
	{ clock, logger }: Pick<TrialOptions, "clock" | "logger">,
): Promise<void> {
	const { document } = editor;
	if (plainText(document) === text) {
		await vscode.window.showTextDocument(document, {
			viewColumn: editor.viewColumn ?? vscode.ViewColumn.Active,
			preview: false,
		});
		await vscode.commands.executeCommand("undo");
		await until(document, () => plainText(document) === original, clock);
		if (plainText(document) === original) {
			await until(document, () => document.isDirty === wasDirty, clock);
			return;
		}
	}
	const typed = hunksBetween(text, plainText(document), { mergedGap: 0 });
	const back = hunksBetween(text, original, { mergedGap: 0 });
	// What was typed into the candidate itself can't be kept without it.
	const kept = typed.map((hunk) => rebaseHunk(hunk, back, 0)).filter((hunk) => hunk !== undefined);
	const edit = new vscode.WorkspaceEdit();
	edit.set(document.uri, editsTowards(document, applyHunks(original, kept)));
	if (!(await vscode.workspace.applyEdit(edit))) {
		logger.error("A candidate for a fix could not be taken back out of its document; undo does.");
	}
}

async function until(
	document: vscode.TextDocument,
	holds: () => boolean,
	clock: Clock,
): Promise<void> {
	const done = new AbortController();
	const look = (): void => {
		if (holds()) {
			done.abort();
		}
	};
	const listener = vscode.workspace.onDidChangeTextDocument((change) => {
		if (change.document === document) {
			look();
		}
	});
	look();
	await clock.sleep(undoLimitMs, done.signal);
	listener.dispose();
}

type Reported = Pick<vscode.Diagnostic, "message" | "source" | "code">;

/** The same mistake may be made twice: one of them less is the one that was mended. */
function countOf(diagnostics: readonly vscode.Diagnostic[], problem: Reported): number {
	const key = keyOf(problem);
	return diagnostics.filter((diagnostic) => keyOf(diagnostic) === key).length;
}

/** Errors that nobody had before, on lines that the candidate wrote: those are of its making. */
function hasNewError(
	before: readonly vscode.Diagnostic[],
	after: readonly vscode.Diagnostic[],
	changed: readonly { readonly start: number; readonly end: number }[],
): boolean {
	return after.some(
		(diagnostic) =>
			diagnostic.severity === vscode.DiagnosticSeverity.Error &&
			countOf(after, diagnostic) > countOf(before, diagnostic) &&
			changed.some(
				({ start, end }) =>
					diagnostic.range.start.line <= end && diagnostic.range.end.line >= start,
			),
	);
}

/** Lines of the changed document that the edits wrote. */
function changedLines(
	edits: readonly vscode.TextEdit[],
): { readonly start: number; readonly end: number }[] {
	let shift = 0;
	return edits.map(({ range, newText }) => {
		const start = range.start.line + shift;
		const written = newText.split("\n").length - 1;
		shift += written - (range.end.line - range.start.line);
		return { start, end: start + written };
	});
}

/** By what it says: where it is changes with every edit. */
export function keyOf({ message, source, code }: Reported): string {
	return JSON.stringify([message, source, codeOf(code)]);
}

export function codeOf(code: vscode.Diagnostic["code"]): string | undefined {
	const value = typeof code === "object" ? code.value : code;
	return value === undefined ? undefined : String(value);
}
