import assert from "node:assert";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { systemClock } from "../../src/base/clock.ts";
import { nullLogger } from "../../src/base/log.ts";
import type { ReviewView } from "../../src/chat/messages.ts";
import { SyntaxClient, startSyntaxWorker } from "../../src/context/syntax/syntaxClient.ts";
import type { EditModels } from "../../src/extension/edits/editsOptions.ts";
import type { InfillRequest } from "../../src/languageModel/languageModel.ts";
import { registerEdits, type Edits } from "../../src/extension/edits/registerEdits.ts";
import type { HoleFilling } from "../support/answeringModels.ts";

/** The commands on code a second time, under names of their own, with models that a test scripts. */
export interface ScriptedEdits {
	readonly edits: Edits;
	/** In force for the next command. */
	models: EditModels;
	run(command: string, ...parameters: unknown[]): Promise<void>;
	dispose(): Promise<void>;
}

export const noModels: EditModels = { chat: undefined, infill: undefined };

export function scriptedEdits(): ScriptedEdits {
	const extension = vscode.extensions.getExtension("mote.mote");
	assert(extension !== undefined);
	const inDist = (name: string): string => path.join(extension.extensionPath, "dist", name);
	const syntax = new SyntaxClient({
		startWorker: () =>
			startSyntaxWorker(inDist("contextWorker.js"), {
				runtime: inDist("grammars/web-tree-sitter.wasm"),
				folder: inDist("grammars"),
			}),
		clock: systemClock,
		logger: nullLogger,
	});
	let models = noModels;
	const edits = registerEdits(
		{
			models: () => models,
			syntax: () => syntax,
			related: () => Promise.resolve([]),
			clock: systemClock,
			logger: nullLogger,
		},
		"moteTest",
	);
	return {
		edits,
		get models() {
			return models;
		},
		set models(next) {
			models = next;
		},
		run: async (command, ...parameters) => {
			await vscode.commands.executeCommand(`moteTest.${command}`, ...parameters);
		},
		dispose: async () => {
			edits.dispose();
			await syntax.dispose();
		},
	};
}

/** The sentence that the next task ends with. Ask for it before giving the command. */
export function nextEnd(edits: Edits): Promise<string> {
	return new Promise((resolve) => {
		const listener = edits.onDidEndTask((sentence) => {
			listener.dispose();
			resolve(sentence);
		});
	});
}

/** Resolves when a review is over. */
export function reviewClosed(edits: Edits): Promise<string> {
	return new Promise((resolve) => {
		const listener = edits.reviews.onDidClose((id) => {
			listener.dispose();
			resolve(id);
		});
	});
}

/** The one review that is open. */
export function openReview(edits: Edits): ReviewView {
	const [review, ...others] = edits.reviews.views;
	assert(review !== undefined, "no review is open");
	assert.strictEqual(others.length, 0);
	return review;
}

/** Fills only the hole that is the argument of depthOf: with one answer after the other, the likeliest first. */
export function filling(...answers: readonly string[]): (request: InfillRequest) => HoleFilling {
	let asked = 0;
	return ({ prefix, suffix }) => {
		const isArgument = prefix.endsWith("depthOf(") && suffix.startsWith(")");
		const text = isArgument ? (answers[asked] ?? "") : "";
		asked += isArgument ? 1 : 0;
		return { text, logProbability: -asked };
	};
}

/** Lines that a review takes away and puts in. */
export function changedLines({ hunks }: ReviewView): readonly string[] {
	return hunks.flatMap(({ lines }) => lines.filter((line) => /^[+-]/.test(line)));
}

export function workspaceFile(name: string): vscode.Uri {
	const folder = vscode.workspace.workspaceFolders?.[0];
	assert(folder !== undefined, "the tests need a workspace folder");
	return vscode.Uri.joinPath(folder.uri, name);
}

/** Files of the workspace that a test writes, until it is over. */
export class TestFiles {
	readonly #written: vscode.Uri[] = [];

	async write(name: string, text: string): Promise<vscode.Uri> {
		const uri = workspaceFile(name);
		await writeFile(uri.fsPath, text);
		this.#written.push(uri);
		return uri;
	}

	/** Writes a file and opens it, with the cursor at `║` if there is one. */
	async open(name: string, textWithCursor: string): Promise<vscode.TextEditor> {
		const uri = await this.write(name, textWithCursor.replace("║", ""));
		const document = await vscode.workspace.openTextDocument(uri);
		const editor = await vscode.window.showTextDocument(document, { preview: false });
		const position = document.positionAt(Math.max(0, textWithCursor.indexOf("║")));
		editor.selection = new vscode.Selection(position, position);
		return editor;
	}

	/** Also a file that a command made. */
	async remove(...made: readonly string[]): Promise<void> {
		for (const uri of [...this.#written.splice(0), ...made.map(workspaceFile)]) {
			await rm(uri.fsPath, { force: true });
		}
	}
}

/** What a language reports about the document, as soon as one has the code. */
export async function problemOf(
	document: vscode.TextDocument,
	code: number,
): Promise<vscode.Diagnostic> {
	const find = (): vscode.Diagnostic | undefined =>
		vscode.languages.getDiagnostics(document.uri).find((diagnostic) => diagnostic.code === code);
	await diagnosticsWhere(() => find() !== undefined);
	const found = find();
	assert(found !== undefined);
	return found;
}

export async function noProblems(document: vscode.TextDocument): Promise<void> {
	await diagnosticsWhere(() => vscode.languages.getDiagnostics(document.uri).length === 0);
}

function diagnosticsWhere(holds: () => boolean): Promise<void> {
	if (holds()) {
		return Promise.resolve();
	}
	return new Promise((resolve) => {
		const listener = vscode.languages.onDidChangeDiagnostics(() => {
			if (holds()) {
				listener.dispose();
				resolve();
			}
		});
	});
}

/** Whether a diff of a proposal is in a tab. */
export function diffTabs(): number {
	return vscode.window.tabGroups.all
		.flatMap(({ tabs }) => tabs)
		.filter(({ input }) => input instanceof vscode.TabInputTextDiff).length;
}
