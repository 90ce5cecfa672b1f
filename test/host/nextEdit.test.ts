import assert from "node:assert";
import { readFile } from "node:fs/promises";
import { afterEach, before, beforeEach, describe, it } from "mocha";
import * as vscode from "vscode";
import type { MoteApi } from "../../src/extension/extension.ts";
import {
	addedMember,
	addedParameter,
	renamed,
	type Scenario,
} from "../support/nextEditScenarios.ts";
import { holdsOnce } from "./events.ts";
import { activateMote, closeEditors, setSetting, settled, showAt } from "./mote.ts";

describe("next edits in the editor", () => {
	const key = "nextEdit.enable";
	let mote: MoteApi;
	let file: vscode.Uri | undefined;
	let files = 0;

	before(async () => {
		mote = await activateMote();
	});

	beforeEach(async () => {
		await setSetting(key, true);
		await holdsOnce(
			vscode.workspace.onDidChangeConfiguration,
			() => vscode.workspace.getConfiguration("mote").get(key) === true,
		);
	});

	afterEach(async () => {
		await closeEditors();
		await setSetting(key, undefined);
		if (file !== undefined) {
			await vscode.workspace.fs.delete(file);
			file = undefined;
		}
	});

	/** Opens a file, and makes the first edits of a change by hand. */
	async function begun({ before: text, byHand }: Scenario): Promise<vscode.TextEditor> {
		const [folder] = vscode.workspace.workspaceFolders ?? [];
		assert(folder !== undefined, "no folder is open");
		// Each has a name of its own: the editor remembers a while what a file was.
		file = vscode.Uri.joinPath(folder.uri, `nextEdits${files++}.ts`);
		await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
		const document = await vscode.workspace.openTextDocument(file);
		const editor = await showAt(document, new vscode.Position(0, 0));
		// From then on what is changed is known.
		await holdsOnce(
			mote.nextEdits.onDidChange,
			() => mote.nextEdits.quiet === undefined && vscode.window.activeTextEditor === editor,
		);
		for (const [old, next] of byHand) {
			const at = document.getText().indexOf(old);
			assert(at >= 0, `there is no ${old}`);
			const range = new vscode.Range(document.positionAt(at), document.positionAt(at + old.length));
			assert(await editor.edit((edit) => edit.replace(range, next)));
		}
		return editor;
	}

	function isShown(): Promise<void> {
		return holdsOnce(mote.nextEdits.onDidChange, () => mote.nextEdits.shown !== undefined);
	}

	for (const [what, scenario] of [
		["a name that is changed", renamed],
		["a parameter that is added", addedParameter],
		["a member of an enumeration that is added", addedMember],
	] as const) {
		it(`lead ${what} to its end by Tab alone, across the screen, and the file is saved so`, async () => {
			const { document } = await begun(scenario);
			const command = commandOf("tab");
			while (document.getText() !== scenario.after) {
				await isShown();
				await vscode.commands.executeCommand(command);
				// Whether an edit is on the screen is for the editor's window to say.
				await settled();
			}
			assert(await document.save());
			assert.strictEqual(await readFile(document.uri.fsPath, "utf8"), scenario.after);
		});
	}

	it("of one kind are looked at as a diff, and go in and out by one step", async () => {
		const { document } = await begun(renamed);
		const byHand = document.getText();
		await isShown();
		assert.strictEqual(mote.nextEdits.shown?.others, 2);
		await vscode.commands.executeCommand("mote.acceptAllNextEdits");
		const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
		assert(input instanceof vscode.TabInputTextDiff);
		assert.strictEqual(document.getText(), byHand);
		await vscode.commands.executeCommand("mote.acceptAllHunks");
		assert.strictEqual(document.getText(), renamed.after);
		await vscode.commands.executeCommand("undo");
		assert.strictEqual(document.getText(), byHand);
	});

	it("go at Escape, and leave the text alone", async () => {
		const { document } = await begun(renamed);
		const byHand = document.getText();
		await isShown();
		await vscode.commands.executeCommand(commandOf("escape"));
		assert.strictEqual(mote.nextEdits.shown, undefined);
		assert.strictEqual(document.getText(), byHand);
	});
});

/** The command that a key is bound to by Mote. */
function commandOf(key: string): string {
	const manifest: unknown = vscode.extensions.getExtension("mote.mote")?.packageJSON;
	const bindings = valueOf(valueOf(manifest, "contributes"), "keybindings");
	assert(Array.isArray(bindings));
	const found: unknown = bindings.find((binding: unknown) => valueOf(binding, "key") === key);
	const command = valueOf(found, "command");
	assert(typeof command === "string", `no command is bound to ${key}`);
	return command;
}

function valueOf(of: unknown, key: string): unknown {
	return typeof of === "object" && of !== null
		? Object.entries(of).find(([name]) => name === key)?.[1]
		: undefined;
}
