import assert from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { MoteApi } from "../../src/extension/extension.ts";
import { eventually } from "../support/eventually.ts";
import { closeEditors, readyMote, setSetting, statusOf } from "./mote.ts";

/** The tab of the view of models, if it is open. */
function modelsTab(): vscode.Tab | undefined {
	return vscode.window.tabGroups.all
		.flatMap(({ tabs }) => tabs)
		.find(({ input }) => input instanceof vscode.TabInputWebview);
}

describe("the view of models", () => {
	let mote: MoteApi;

	before(async () => {
		mote = await readyMote();
		await setSetting("server.offerRunning", false);
	});

	afterEach(async () => {
		await closeEditors();
	});

	after(async () => {
		await setSetting("server.offerRunning", undefined);
	});

	it("opens by a command, once", async () => {
		await vscode.commands.executeCommand("mote.manageModels");
		await eventually(() => modelsTab() !== undefined);
		assert.strictEqual(modelsTab()?.label, "Mote Models");
		await vscode.commands.executeCommand("mote.manageModels");
		const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
		assert.strictEqual(tabs.length, 1);
	});

	it("leaves completions as they are", async () => {
		await vscode.commands.executeCommand("mote.manageModels");
		await eventually(() => modelsTab() !== undefined);
		await statusOf(mote, "ready", "nothing");
		assert.strictEqual(mote.modelInUse?.name, "mote-nano");
	});
});
