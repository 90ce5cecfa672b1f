import assert from "node:assert";
import { afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { MoteApi } from "../../src/extension/extension.ts";
import { eventually } from "../support/eventually.ts";
import { closeEditors, nextOutcome, readyMote } from "./mote.ts";

describe("the first day", () => {
	let mote: MoteApi;

	before(async () => {
		mote = await readyMote();
	});

	afterEach(async () => {
		await closeEditors();
	});

	it("the file of the walkthrough gets a suggestion at its end", async () => {
		const outcome = nextOutcome(mote);
		await vscode.commands.executeCommand("mote.tryCompletion");
		assert.strictEqual((await outcome).kind, "completion");
		const editor = vscode.window.activeTextEditor;
		assert.strictEqual(editor?.document.languageId, "typescript");
		assert(
			editor.selection.active.isEqual(
				editor.document.lineAt(editor.document.lineCount - 1).range.end,
			),
		);
	});

	it("statistics open by a command, once", async () => {
		const tabs = (): readonly vscode.Tab[] =>
			vscode.window.tabGroups.all.flatMap((group) => group.tabs);
		await vscode.commands.executeCommand("mote.showStatistics");
		await eventually(() => tabs().some(({ input }) => input instanceof vscode.TabInputWebview));
		await vscode.commands.executeCommand("mote.showStatistics");
		assert.deepStrictEqual(
			tabs().map(({ label }) => label),
			["Mote Statistics"],
		);
	});

	it("the diagnostics report names the model and no path", async () => {
		await vscode.commands.executeCommand("mote.showDiagnostics");
		const document = vscode.window.activeTextEditor?.document;
		assert.strictEqual(document?.uri.scheme, "mote-diagnostics");
		const text = document.getText();
		assert.match(text, /^- mote-nano$/m);
		assert.match(text, /^- runs on: .*CPU, \d+ threads?/m);
		assert.doesNotMatch(text, /\/home|\/tmp|\/root/);
		for (const folder of vscode.workspace.workspaceFolders ?? []) {
			assert(!text.includes(folder.uri.fsPath));
		}
	});
});
