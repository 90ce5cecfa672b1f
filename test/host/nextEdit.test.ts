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
import { holdsOnce, nextOf } from "./events.ts";
import {
	activateMote,
	closeEditors,
	moveCursor,
	orSay,
	setSetting,
	settled,
	showAt,
} from "./mote.ts";

describe("next edits in the editor", () => {
	const key = "nextEdit.enable";
	let mote: MoteApi;
	const written: vscode.Uri[] = [];
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
		for (const file of written.splice(0)) {
			await vscode.workspace.fs.delete(file);
		}
	});

	/** A new file of the workspace. Each has a name of its own: the editor remembers a while what a file was. */
	async function write(text: string): Promise<vscode.Uri> {
		const [folder] = vscode.workspace.workspaceFolders ?? [];
		assert(folder !== undefined, "no folder is open");
		const file = vscode.Uri.joinPath(folder.uri, `nextEdits${files++}.ts`);
		await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
		written.push(file);
		return file;
	}

	/** Opens a file, and makes the first edits of a change by hand. */
	async function begun({ before: text, byHand }: Scenario): Promise<vscode.TextEditor> {
		const document = await vscode.workspace.openTextDocument(await write(text));
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
			// Where typing would have left it.
			await moveCursor(editor, document.positionAt(at + next.trimEnd().length));
		}
		return editor;
	}

	const definition = "export function priceOfBasket(): number {\n\treturn 0;\n}\n";
	const [oldName, newName] = ["priceOfBasket", "sumOfPrices"];

	/** Renames a function that so many other files use, and rests until that is known; gives the others. */
	async function renamedElsewhere(count: number): Promise<vscode.Uri[]> {
		const editor = await begun({ before: definition, byHand: [[oldName, newName]], after: "" });
		const { document } = editor;
		const name = document.uri.path.split("/").at(-1) ?? "";
		const users: vscode.Uri[] = [];
		for (let i = 0; i < count; i++) {
			users.push(await write(userOf(name)));
		}
		const replaced = async (old: string, next: string): Promise<void> => {
			const at = document.getText().indexOf(old);
			const range = new vscode.Range(document.positionAt(at), document.positionAt(at + old.length));
			assert(at >= 0 && (await editor.edit((edit) => edit.replace(range, next))));
		};
		// The repository's thread hears of new files in its own time: whoever does it again is helped then.
		while (mote.nextEdits.elsewhere?.files !== count) {
			await replaced(newName, oldName);
			await holdsOnce(mote.nextEdits.onDidChange, () => mote.nextEdits.elsewhere === undefined);
			const looked = nextOf(mote.nextEdits.onDidLookElsewhere);
			await replaced(oldName, newName);
			await looked;
		}
		// Nobody was taken anywhere.
		assert.strictEqual(vscode.window.activeTextEditor, editor);
		return users;
	}

	const userOf = (name: string): string =>
		`import { ${oldName} } from "./${name}";\n\nexport const total = ${oldName}();\n`;

	it("in another file are opened on demand, accepted by Tab, and undone", async () => {
		const [user] = await renamedElsewhere(1);
		assert(user !== undefined);
		assert.deepStrictEqual(mote.nextEdits.elsewhere, { edits: 2, files: 1 });
		const listed = vscode.commands.executeCommand("mote.showNextEditsElsewhere");
		// The list is open, and then has its rows: first the diffs of all, then the places.
		await settled();
		await settled();
		await vscode.commands.executeCommand("workbench.action.quickOpenSelectNext");
		await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
		await listed;
		const editor = vscode.window.activeTextEditor;
		assert.strictEqual(editor?.document.uri.toString(), user.toString());
		const before = editor.document.getText();
		const after = before.replaceAll(oldName, newName);
		while (editor.document.getText() !== after) {
			await isTabTaken();
			await vscode.commands.executeCommand(commandOf("tab"));
			await settled();
		}
		assert(await editor.document.save());
		assert.strictEqual(await readFile(user.fsPath, "utf8"), after);
		assert.strictEqual(mote.nextEdits.elsewhere, undefined);
		await vscode.commands.executeCommand("undo");
		await vscode.commands.executeCommand("undo");
		assert.strictEqual(editor.document.getText(), before);
	});

	it("in several files are looked at as diffs, each of which goes in and out by one step", async () => {
		const users = await renamedElsewhere(2);
		const allDecided = vscode.commands.executeCommand("mote.showNextEditsElsewhere", 0);
		const decided: { readonly document: vscode.TextDocument; readonly before: string }[] = [];
		while (decided.length < users.length) {
			const inFront = (): vscode.Uri | undefined =>
				users.find(
					(user) =>
						isDiffOf(user) &&
						decided.every(({ document }) => document.uri.toString() !== user.toString()),
				);
			await holdsOnce(vscode.window.tabGroups.onDidChangeTabs, () => inFront() !== undefined);
			const user = inFront();
			assert(user !== undefined);
			const document = await vscode.workspace.openTextDocument(user);
			const before = document.getText();
			await vscode.commands.executeCommand("mote.acceptAllHunks");
			assert.strictEqual(document.getText(), before.replaceAll(oldName, newName));
			decided.push({ document, before });
		}
		await allDecided;
		for (const { document, before } of decided) {
			await showAt(document, new vscode.Position(0, 0));
			await vscode.commands.executeCommand("undo");
			assert.strictEqual(document.getText(), before);
		}
	});

	/** What the key is bound by. */
	function isTabTaken(): Promise<void> {
		return orSay(
			holdsOnce(mote.nextEdits.onDidChange, () => mote.nextEdits.takesTab),
			() => `Tab isn't about a next edit; shown ${JSON.stringify(mote.nextEdits.shown)}`,
		);
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
				await isTabTaken();
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

/** Whether the diff of a file is in front. */
function isDiffOf(file: vscode.Uri): boolean {
	const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
	return input instanceof vscode.TabInputTextDiff && input.original.toString() === file.toString();
}

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
