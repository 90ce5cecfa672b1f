import assert from "node:assert";
import * as vscode from "vscode";
import { systemClock } from "../../src/base/clock.ts";
import type { Completion } from "../../src/completion/completionProvider.ts";
import type { MoteApi } from "../../src/extension/extension.ts";
import { hangMs } from "../support/hangGuard.ts";
import { holdsOnce, nextOf } from "./events.ts";

/** The extension, activated as the editor does. */
export async function activateMote(): Promise<MoteApi> {
	const extension = vscode.extensions.getExtension<MoteApi>("mote.mote");
	assert(extension !== undefined, "the editor does not know the extension");
	return extension.activate();
}

/** The same once its model is loaded. */
export async function readyMote(): Promise<MoteApi> {
	const mote = await activateMote();
	await statusOf(mote, "ready", "nothing");
	return mote;
}

/** Resolves as soon as the status is of one of `kinds`. */
export async function statusOf<Kind extends MoteApi["status"]["kind"]>(
	mote: MoteApi,
	...kinds: Kind[]
): Promise<Extract<MoteApi["status"], { kind: Kind }>> {
	const isWanted = (
		status: MoteApi["status"],
	): status is Extract<MoteApi["status"], { kind: Kind }> =>
		kinds.some((kind) => kind === status.kind);
	const { status } = mote;
	if (isWanted(status)) {
		return status;
	}
	const changed = await orSay(
		nextOf(mote.onDidChangeStatus, isWanted),
		() => `not ${kinds.join(" or ")}: ${circumstances(mote)}`,
	);
	assert(isWanted(changed));
	return changed;
}

/** What is waited for, or after {@link hangMs} a sentence that says what there is instead. */
export async function orSay<Value>(waitedFor: Promise<Value>, what: () => string): Promise<Value> {
	const over = new AbortController();
	const hang = systemClock.sleep(hangMs, over.signal).then(() => {
		if (!over.signal.aborted) {
			throw new assert.AssertionError({ message: what() });
		}
	});
	try {
		await Promise.race([waitedFor, hang]);
		return await waitedFor;
	} finally {
		over.abort();
	}
}

/**
 * Does what opens the engine anew, and resolves when it has begun to: call {@link statusOf} for its end.
 *
 * While an editor of before is in front, or an answer of before is under way, the status says that and not what the
 * engine does; so first it has to be at rest.
 */
export async function engineStarting(
	mote: MoteApi,
	openAnew: () => Thenable<unknown>,
): Promise<void> {
	await statusOf(mote, "ready", "nothing");
	const starting = statusOf(mote, "starting");
	await openAnew();
	await starting;
}

/** Opens an unsaved document with the cursor at `║`. */
export async function openDocument(
	languageId: string,
	textWithCursor: string,
	endOfLine = vscode.EndOfLine.LF,
): Promise<vscode.TextEditor> {
	const offset = textWithCursor.indexOf("║");
	assert(offset >= 0, "the text has no cursor");
	const document = await vscode.workspace.openTextDocument({
		language: languageId,
		content: textWithCursor.replace("║", ""),
	});
	const editor = await showAt(document, document.positionAt(offset));
	if (document.eol !== endOfLine) {
		await editor.edit((edit) => edit.setEndOfLine(endOfLine));
	}
	return editor;
}

/** Shows a document with the cursor where it shall be from the start: nothing is asked for another place. */
export async function showAt(
	document: vscode.TextDocument,
	position: vscode.Position,
): Promise<vscode.TextEditor> {
	const selection = new vscode.Selection(position, position);
	const editor = await vscode.window.showTextDocument(document, { preview: false, selection });
	await settled();
	return editor;
}

/** Moves the cursor, and resolves when the editor's window has said that it is there. */
export async function moveCursor(
	editor: vscode.TextEditor,
	position: vscode.Position,
): Promise<void> {
	// What the window said before is older than the cursor that is set here, and would go over it.
	await settled();
	editor.selection = new vscode.Selection(position, position);
	await settled();
}

/**
 * Resolves when what this process has told the editor's window so far has been done there, and what the window had to
 * say of it is known here. Both speak in turn over one connection, so any question will do.
 */
export async function settled(): Promise<void> {
	await vscode.commands.executeCommand("setContext", "moteTest.settled", true);
}

type Outcome = NonNullable<MoteApi["lastOutcome"]>;

/** A withdrawn request is followed by another. */
const isAnswer = (outcome: Outcome): boolean =>
	outcome.kind === "completion" ||
	(outcome.reason !== "cancelled" && outcome.reason !== "superseded");

/** How the next request ends. Ask for it before making the request. */
export function nextOutcome(mote: MoteApi): Promise<Outcome> {
	return nextOf(mote.onDidComplete, ({ outcome }) => isAnswer(outcome)).then(
		({ outcome }) => outcome,
	);
}

/**
 * Asks for a completion by command; gives how that ends. The editor doesn't ask about a place again while it shows something there,
 * as it may by itself before anybody has asked: so that goes first, and where it came between, it is asked once more. It asks in the
 * editor that has the focus, which something that opens late may have taken: so that comes back before the next question.
 */
export async function trigger(mote: MoteApi): Promise<Outcome> {
	const ends: Outcome[] = [];
	const listener = mote.onDidComplete(({ outcome, isInvoked }) => {
		// What a key before has asked for may end in between.
		if (isInvoked && isAnswer(outcome)) {
			ends.push(outcome);
		}
	});
	// What was asked of a model that is loading waits for it.
	const isRunning = (): boolean => runningKinds.has(mote.status.kind);
	try {
		for (let asked = 0; asked < maxAsked; asked++) {
			if (asked > 0) {
				await vscode.commands.executeCommand("workbench.action.focusActiveEditorGroup");
			}
			await vscode.commands.executeCommand("editor.action.inlineSuggest.hide");
			await vscode.commands.executeCommand("mote.trigger");
			await settled();
			await orSay(
				holdsOnce(mote.onDidChangeStatus, () => ends.length > 0 || !isRunning()),
				() => `no answer to question ${asked + 1}; ${circumstances(mote)}`,
			);
			const [first] = ends;
			if (first !== undefined) {
				return first;
			}
		}
		throw new assert.AssertionError({
			message: `no answer to ${maxAsked} questions; ${circumstances(mote)}`,
		});
	} finally {
		listener.dispose();
	}
}

/** For whoever reads why a test has failed. */
function circumstances({ status, lastOutcome }: MoteApi): string {
	const inFront = vscode.window.activeTextEditor?.document.uri.toString() ?? "nothing";
	return `status ${JSON.stringify(status)}, the last outcome ${JSON.stringify(lastOutcome)}, in front ${inFront}`;
}

const runningKinds: ReadonlySet<MoteApi["status"]["kind"]> = new Set([
	"starting",
	"busy",
	"reading",
]);

/** Of the editor, which may come between, or not be there yet. */
export const maxAsked = 100;

/** A document with ghost text at its cursor. */
export interface ShownCompletion {
	readonly editor: vscode.TextEditor;
	readonly completion: Completion;
}

/** Ends of a file in which a model may write something; which of them it likes is not the subject. */
const places: readonly string[] = [
	"items: readonly string[])║",
	"items: readonly string[]): string | undefined ║",
	"items: readonly string[]): string | undefined {\n\t║",
	"items: readonly string[]): string | undefined {\n\treturn ║",
	"items: readonly string[]): string | undefined {\n\treturn items║",
	"║",
];

/** Opens one document after the other until the model completes in one; `head` stands at its start. */
export async function completeSomewhere(
	mote: MoteApi,
	{ head = "", endOfLine = vscode.EndOfLine.LF } = {},
): Promise<ShownCompletion> {
	const outcomes: string[] = [];
	for (const place of places) {
		const editor = await openDocument(
			"typescript",
			`${head}${repetition}export function third(${place}\n`,
			endOfLine,
		);
		const outcome = await trigger(mote);
		if (outcome.kind === "completion") {
			return { editor, completion: outcome.completion };
		}
		outcomes.push(outcome.reason);
		await closeEditors();
	}
	throw new assert.AssertionError({ message: `no completion anywhere: ${outcomes.join(", ")}` });
}

const repetition = `export function first(items: readonly string[]): string | undefined {
	return items[0];
}

export function second(items: readonly string[]): string | undefined {
	return items[1];
}

`;

/** Closes every editor without saving: one that stays behind would decide what the status bar shows. */
export async function closeEditors(): Promise<void> {
	const open = (): readonly string[] =>
		vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
	for (let asked = 0; open().length > 0; asked++) {
		assert(asked < maxAsked, `still open: ${open().join(", ")}`);
		await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
	}
}

/**
 * Takes the ghost text, once the editor shows it: the answer reaches the editor's window a moment after
 * the extension has given it. Gives the text that was inserted.
 */
export async function acceptGhostText(editor: vscode.TextEditor): Promise<string> {
	const { document } = editor;
	const before = document.getText();
	const offset = document.offsetAt(editor.selection.active);
	while (document.getText() === before) {
		await vscode.commands.executeCommand("editor.action.inlineSuggest.commit");
	}
	const after = document.getText();
	return after.slice(offset, after.length - (before.length - offset));
}

export async function setSetting(key: string, value: unknown): Promise<void> {
	const settings = vscode.workspace.getConfiguration("mote");
	await orSay(
		Promise.resolve(settings.update(key, value, vscode.ConfigurationTarget.Global)),
		() => `the editor doesn't write the setting ${key}`,
	);
}
