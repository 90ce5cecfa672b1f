import assert from "node:assert";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { MoteApi } from "../../src/extension/extension.ts";
import { holdsOnce, nextOf } from "./events.ts";
import { showContext, textMatching } from "./inspector.ts";
import { MemoryFiles } from "./memoryFiles.ts";
import {
	acceptGhostText,
	closeEditors,
	completeSomewhere,
	moveCursor,
	nextOutcome,
	openDocument,
	readyMote,
	setSetting,
	settled,
	showAt,
	statusOf,
	trigger,
} from "./mote.ts";

/** What a small model goes on with, wherever it stands. */
const functions = ["first", "second"]
	.map((name, at) => `def ${name}(items):\n    return items[${at}]\n\n\n`)
	.join("");

describe("manners in the extension host", () => {
	const pauseKey = "pauseOnBattery";
	const unloadKey = "completion.unloadAfterMinutes";
	let mote: MoteApi;

	before(async () => {
		mote = await readyMote();
	});

	afterEach(async () => {
		await closeEditors();
	});

	after(async () => {
		await setSetting(unloadKey, undefined);
	});

	it("with the list of suggestions open, ghost text goes on from the selected entry, in its place", async () => {
		const entry = "items";
		// A language that nobody else here lists suggestions for: the editor waits for all of them.
		const provider = vscode.languages.registerCompletionItemProvider("python", {
			provideCompletionItems: () => {
				const item = new vscode.CompletionItem(entry);
				item.preselect = true;
				return [item];
			},
		});
		try {
			const editor = await openDocument(
				"python",
				`${functions}def third(items):\n    return items║\n`,
			);
			const { document } = editor;
			// What is written behind the whole word is known from then on.
			assert.strictEqual((await trigger(mote)).kind, "completion");
			await vscode.commands.executeCommand("editor.action.inlineSuggest.hide");
			const end = editor.selection.active;
			const start = end.translate(0, -"ms".length);
			await editor.edit((edit) => edit.delete(new vscode.Range(start, end)));
			await moveCursor(editor, start);
			const before = document.getText();
			const extended = nextOf(
				mote.onDidComplete,
				({ outcome }) =>
					outcome.kind === "completion" && outcome.completion.insertText.startsWith(entry),
			);
			await vscode.commands.executeCommand("editor.action.triggerSuggest");
			const { outcome } = await extended;
			assert(outcome.kind === "completion");
			const { insertText, replace } = outcome.completion;
			assert.strictEqual(before.slice(replace.start, replace.end), "ite");
			await acceptGhostText(editor);
			assert.strictEqual(
				document.getText(),
				before.slice(0, replace.start) + insertText + before.slice(replace.end),
			);
		} finally {
			provider.dispose();
		}
	});

	it("with several cursors the ghost text of the first is taken at each", async () => {
		const { editor } = await completeSomewhere(mote);
		const { document } = editor;
		const first = editor.selection.active;
		const last = document.lineAt(document.lineCount - 1).range.end;
		editor.selections = [first, last].map((at) => new vscode.Selection(at, at));
		const outcome = await trigger(mote);
		assert(outcome.kind === "completion");
		const [start, end] = [document.offsetAt(first), document.offsetAt(last)];
		const before = document.getText();
		while (document.getText() === before) {
			await vscode.commands.executeCommand("editor.action.inlineSuggest.commit");
		}
		const { insertText } = outcome.completion;
		assert.strictEqual(
			document.getText(),
			before.slice(0, start) + insertText + before.slice(start, end) + insertText,
		);
	});

	it("in a notebook the earlier cells of the same language are read, in order", async () => {
		const cell = (text: string, languageId = "python"): vscode.NotebookCellData =>
			new vscode.NotebookCellData(
				languageId === "markdown" ? vscode.NotebookCellKind.Markup : vscode.NotebookCellKind.Code,
				text,
				languageId,
			);
		const notebook = await vscode.workspace.openNotebookDocument(
			"jupyter-notebook",
			new vscode.NotebookData([
				cell("import quagga"),
				cell("# About quaggas", "markdown"),
				cell("def flumox(depth):\n    return quagga.dive(depth)"),
				cell("y = flumox(1)\nflumox("),
				cell("later = 1"),
			]),
		);
		await vscode.window.showNotebookDocument(notebook, {
			selections: [new vscode.NotebookRange(3, 4)],
		});
		const typed = notebook.cellAt(3).document;
		await vscode.commands.executeCommand("notebook.cell.edit");
		await holdsOnce(
			vscode.window.onDidChangeActiveTextEditor,
			() => vscode.window.activeTextEditor?.document === typed,
		);
		const editor = vscode.window.activeTextEditor;
		assert(editor !== undefined);
		await moveCursor(editor, typed.lineAt(typed.lineCount - 1).range.end);
		await trigger(mote);
		const context = await showContext();
		await textMatching(
			context,
			/^# \S+\.py: [^]*^\| import quagga\n\| \n\| def flumox\(depth\):\n[^]*^\| y = flumox\(1\)/m,
		);
		assert.doesNotMatch(context.getText(), /About quaggas|later = 1/);
	});

	it("an unsaved document counts as a file of its language", async () => {
		await openDocument("python", "depth = ║\n");
		await trigger(mote);
		await textMatching(await showContext(), /^# Untitled-\d+\.py: /m);
	});

	it("in a diff the changed side is completed in", async () => {
		const scheme = "mote-test-old";
		const old = vscode.workspace.registerTextDocumentContentProvider(scheme, {
			provideTextDocumentContent: () => functions,
		});
		try {
			const { editor } = await completeSomewhere(mote);
			const { document, selection } = editor;
			await vscode.commands.executeCommand(
				"vscode.diff",
				vscode.Uri.from({ scheme, path: "/old.ts" }),
				document.uri,
			);
			const changed = await otherEditorOf(editor);
			await moveCursor(changed, selection.active);
			const outcome = await trigger(mote);
			assert(outcome.kind === "completion");
			assert.strictEqual(await acceptGhostText(changed), outcome.completion.insertText);
			assert(document.getText().includes(outcome.completion.insertText));
		} finally {
			old.dispose();
		}
	});

	it("in the fields of a snippet no ghost text is shown, and Tab's command goes to the next field", async () => {
		const editor = await openDocument("python", `${functions}║\n`);
		const { document } = editor;
		await editor.insertSnippet(new vscode.SnippetString("third(${1:items}, ${2:depth})\n$0"));
		await vscode.commands.executeCommand("type", { text: "item" });
		const before = document.getText();
		// The editor asks, and keeps what it is told to itself.
		assert.strictEqual((await trigger(mote)).kind, "completion");
		await vscode.commands.executeCommand("editor.action.inlineSuggest.commit");
		await settled();
		assert.strictEqual(document.getText(), before);
		await vscode.commands.executeCommand("jumpToNextSnippetPlaceholder");
		await settled();
		assert.strictEqual(document.getText(editor.selection), "depth");
		assert.strictEqual(document.getText(), before);
	});

	it("a document of another extension's files is completed in, and saved where it came from", async () => {
		const scheme = "mote-test-files";
		const memory = new MemoryFiles();
		const files = vscode.workspace.registerFileSystemProvider(scheme, memory);
		const uri = vscode.Uri.from({ scheme, path: "/far/away.py" });
		memory.put(uri, `${functions}def third(items):\n    return items`);
		try {
			const document = await vscode.workspace.openTextDocument(uri);
			const before = document.getText();
			const editor = await showAt(document, document.positionAt(before.length));
			const outcome = await trigger(mote);
			assert(outcome.kind === "completion");
			assert.strictEqual(await acceptGhostText(editor), outcome.completion.insertText);
			assert(await document.save());
			assert.strictEqual(memory.textOf(uri), before + outcome.completion.insertText);
		} finally {
			await closeEditors();
			files.dispose();
		}
	});

	it("beside another extension's ghost text one of the two is shown, and goes in once", async () => {
		const theirs = "_of_another_extension";
		const other = vscode.languages.registerInlineCompletionItemProvider("python", {
			provideInlineCompletionItems: () => [new vscode.InlineCompletionItem(theirs)],
		});
		try {
			const editor = await openDocument(
				"python",
				`${functions}def third(items):\n    return items║\n`,
			);
			const outcome = await trigger(mote);
			assert(outcome.kind === "completion");
			const inserted = await acceptGhostText(editor);
			assert([theirs, outcome.completion.insertText].includes(inserted), inserted);
		} finally {
			other.dispose();
		}
	});

	it("on battery, where that is wanted, it is quiet until a person asks, and again when the charger is there", async () => {
		await powerSupply("BAT0", { type: "Battery", status: "Discharging" });
		try {
			const { editor, completion } = await completeSomewhere(mote, { head: "// On battery.\n" });
			await setSetting(pauseKey, true);
			await statusOf(mote, "onBattery");
			const asked = await trigger(mote);
			assert(asked.kind === "completion");
			assert.strictEqual(asked.completion.insertText, completion.insertText);
			const declined = nextOutcome(mote);
			await editor.edit((edit) => edit.insert(editor.selection.active, " "));
			assert.deepStrictEqual(await declined, { kind: "none", reason: "onBattery" });
			await powerSupply("AC", { type: "Mains", online: "1" });
			// It looks twice a minute, and at once when somebody turns it on.
			await setSetting(pauseKey, false);
			await setSetting(pauseKey, true);
			await statusOf(mote, "ready", "nothing");
		} finally {
			await setSetting(pauseKey, undefined);
			await rm(suppliesFolder(), { recursive: true });
		}
	});

	it("a model that nobody needs for a while is unloaded, and the next key is answered all the same", async () => {
		await showAt(await vscode.workspace.openTextDocument({ language: "typescript" }), origin);
		const resting = statusOf(mote, "resting");
		await setSetting(unloadKey, 0.0001);
		await resting;
		await setSetting(unloadKey, undefined);
		await closeEditors();
		const { editor, completion } = await completeSomewhere(mote, { head: "// After the rest.\n" });
		assert.strictEqual(completion.origin, "model");
		assert.strictEqual(await acceptGhostText(editor), completion.insertText);
		await statusOf(mote, "ready", "nothing");
	});
});

const origin = new vscode.Position(0, 0);

/** Where the extension is told that the kernel says what the machine runs on. */
function suppliesFolder(): string {
	const { SYSFS_PATH: folder } = process.env;
	assert(folder !== undefined, "the machine's own power is not for a test to say");
	return path.join(folder, "class/power_supply");
}

async function powerSupply(name: string, files: Readonly<Record<string, string>>): Promise<void> {
	const folder = path.join(suppliesFolder(), name);
	await mkdir(folder, { recursive: true });
	for (const [file, text] of Object.entries(files)) {
		await writeFile(path.join(folder, file), `${text}\n`);
	}
}

/** The editor in front, once it is another one of the same document. */
async function otherEditorOf(editor: vscode.TextEditor): Promise<vscode.TextEditor> {
	const find = (): vscode.TextEditor | undefined => {
		const inFront = vscode.window.activeTextEditor;
		return inFront !== editor && inFront?.document === editor.document ? inFront : undefined;
	};
	await holdsOnce(vscode.window.onDidChangeActiveTextEditor, () => find() !== undefined);
	const found = find();
	assert(found !== undefined);
	return found;
}
