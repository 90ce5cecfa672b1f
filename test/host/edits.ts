import assert from "node:assert";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, afterEach, before } from "mocha";
import * as vscode from "vscode";
import { nullLogger } from "../../src/base/log.ts";
import type { ReviewView } from "../../src/chat/messages.ts";
import { explain } from "../../src/context/explanation/explain.ts";
import type { Explained, ExplainQuery } from "../../src/context/explanation/explanation.ts";
import { openRepositoryIndex } from "../../src/context/index/openRepositoryIndex.ts";
import { SyntaxClient, startSyntaxWorker } from "../../src/context/syntax/syntaxClient.ts";
import type { EditModels } from "../../src/extension/edits/editsOptions.ts";
import type { InfillRequest } from "../../src/languageModel/languageModel.ts";
import { registerEdits, type Edits } from "../../src/extension/edits/registerEdits.ts";
import type { HoleFilling } from "../support/answeringModels.ts";
import { patientClock } from "../support/patientClock.ts";
import { holdsOnce, nextOf } from "./events.ts";
import { activateMote, closeEditors, showAt } from "./mote.ts";

/** The commands on code a second time, under names of their own, with models that a test scripts. */
export interface ScriptedEdits {
	readonly edits: Edits;
	/** In force for the next command. */
	models: EditModels;
	run(command: string, ...parameters: unknown[]): Promise<void>;
	dispose(): Promise<void>;
}

/** By an index of the folder that is made for the one question. */
async function explainWorkspace(
	query: ExplainQuery,
	signal: AbortSignal,
): Promise<Explained | undefined> {
	const { extensionPath } = moteExtension();
	const inDist = (name: string): string => path.join(extensionPath, "dist", name);
	await using index = await openRepositoryIndex({
		root: workspaceFile("").fsPath,
		grammarFiles: { runtime: inDist("grammars/web-tree-sitter.wasm"), folder: inDist("grammars") },
		queryFolder: path.join(extensionPath, "syntaxes"),
	});
	await index.scan(signal);
	const explanation = await explain(query, { index, clock: patientClock }, signal);
	return { explanation, isComplete: true };
}

function moteExtension(): vscode.Extension<unknown> {
	const extension = vscode.extensions.getExtension("mote.mote");
	assert(extension !== undefined);
	return extension;
}

export const noModels: EditModels = { chat: undefined, infill: undefined };

function scriptedEdits(): ScriptedEdits {
	const { extensionPath } = moteExtension();
	const inDist = (name: string): string => path.join(extensionPath, "dist", name);
	const syntax = new SyntaxClient({
		startWorker: () =>
			startSyntaxWorker(inDist("contextWorker.js"), {
				runtime: inDist("grammars/web-tree-sitter.wasm"),
				folder: inDist("grammars"),
			}),
		clock: patientClock,
		logger: nullLogger,
	});
	let models = noModels;
	const edits = registerEdits(
		{
			models: () => models,
			syntax: () => syntax,
			related: () => Promise.resolve([]),
			explain: explainWorkspace,
			// A person isn't kept waiting for a language that is slow to tell; a test is.
			clock: patientClock,
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
	return nextOf(edits.onDidEndTask);
}

/** Resolves when a review is over. */
export function reviewClosed(edits: Edits): Promise<string> {
	return nextOf(edits.reviews.onDidClose);
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

/** What the tests of commands on code use. */
export interface EditsInTest {
	/** New for each `describe`; without models when a test begins. */
	readonly scripted: ScriptedEdits;
	readonly files: TestFiles;
}

/**
 * To be called once at the top of a `describe`. After each test nothing is open, and its files are gone; `fileStem` begins
 * their names, and is no other `describe`'s.
 */
export function useEdits(fileStem: string): EditsInTest {
	let scripted: ScriptedEdits | undefined;
	const files = new TestFiles(fileStem);
	const current = (): ScriptedEdits => {
		assert(scripted !== undefined, "the tests haven't begun");
		return scripted;
	};

	before(async () => {
		await activateMote();
		scripted = scriptedEdits();
	});

	after(() => current().dispose());

	afterEach(async () => {
		const { edits } = current();
		current().models = noModels;
		for (const { id } of edits.reviews.views) {
			await edits.reviews.decideAll(id, false);
		}
		await closeEditors();
		await files.remove();
	});

	return {
		get scripted() {
			return current();
		},
		files,
	};
}

/** Has the editor's TypeScript report errors while the tests of a `describe` run, all of them on files. */
export function useReportsOfTypeScript(): void {
	const report = async (isWanted: boolean): Promise<void> => {
		const settings = vscode.workspace.getConfiguration("typescript.validate");
		await settings.update("enable", isWanted, vscode.ConfigurationTarget.Global);
	};
	before(() => report(true));
	after(() => report(false));
}

/** Files of the workspace that a test writes, until it is over. */
export class TestFiles {
	readonly #stem: string;
	readonly #written: vscode.Uri[] = [];
	#named = 0;

	constructor(stem: string) {
		this.#stem = stem;
	}

	/** One that no test had before: the editor remembers closed files, and may still tell of what happened to one. */
	newName(extension: string): string {
		return `${this.#stem}${++this.#named}${extension}`;
	}

	async write(name: string, text: string | Uint8Array): Promise<vscode.Uri> {
		const uri = this.made(name);
		await writeFile(uri.fsPath, text);
		return uri;
	}

	/** Writes a file and opens it, with the cursor at `║` if there is one. */
	async open(name: string, textWithCursor: string): Promise<vscode.TextEditor> {
		const uri = await this.write(name, textWithCursor.replace("║", ""));
		const document = await vscode.workspace.openTextDocument(uri);
		return showAt(document, document.positionAt(Math.max(0, textWithCursor.indexOf("║"))));
	}

	/** Has a file that a command makes removed like the others. */
	made(name: string): vscode.Uri {
		const uri = workspaceFile(name);
		this.#written.push(uri);
		return uri;
	}

	async remove(): Promise<void> {
		for (const uri of this.#written.splice(0)) {
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
	await holdsOnce(vscode.languages.onDidChangeDiagnostics, () => find() !== undefined);
	const found = find();
	assert(found !== undefined);
	return found;
}

export async function noProblems(document: vscode.TextDocument): Promise<void> {
	await holdsOnce(
		vscode.languages.onDidChangeDiagnostics,
		() => vscode.languages.getDiagnostics(document.uri).length === 0,
	);
}

/** Whether a diff of a proposal is in a tab. */
export function diffTabs(): number {
	return vscode.window.tabGroups.all
		.flatMap(({ tabs }) => tabs)
		.filter(({ input }) => input instanceof vscode.TabInputTextDiff).length;
}
