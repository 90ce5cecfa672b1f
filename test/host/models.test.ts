import assert from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { MoteApi } from "../../src/extension/extension.ts";
import { holdsOnce } from "./events.ts";
import {
	acceptGhostText,
	closeEditors,
	completeSomewhere,
	engineStarting,
	openDocument,
	readyMote,
	setSetting,
	statusOf,
} from "./mote.ts";

/** Chooses a model and waits until it is the one that completes. */
async function switchTo(mote: MoteApi, setting: string, name: RegExp): Promise<void> {
	await engineStarting(mote, () => setSetting("completion.model", setting));
	await statusOf(mote, "ready", "nothing");
	assert.match(mote.modelInUse?.name ?? "", name);
}

describe("the models that ship", () => {
	let mote: MoteApi;

	before(async () => {
		mote = await readyMote();
	});

	afterEach(async () => {
		await closeEditors();
	});

	after(async () => {
		await setSetting("completion.model", "nano");
		await statusOf(mote, "ready", "nothing");
	});

	it("the larger one completes", async () => {
		await switchTo(mote, "base", /^mote-base$/);
		assert.strictEqual(mote.modelInUse?.because, undefined);
		const { editor, completion } = await completeSomewhere(mote);
		assert.strictEqual(await acceptGhostText(editor), completion.insertText);
	});

	it("by default one of them completes, and where it isn't the larger one it says why", async () => {
		await switchTo(mote, "auto", /^mote-(base|nano)$/);
		const { name, because } = mote.modelInUse ?? {};
		assert.strictEqual(because === undefined, name === "mote-base");
		const { editor, completion } = await completeSomewhere(mote);
		assert.strictEqual(await acceptGhostText(editor), completion.insertText);
	});

	it("a switch while somebody types loses no character, and the other model goes on", async () => {
		await switchTo(mote, "base", /^mote-base$/);
		const editor = await openDocument("typescript", "const first = 1;\n║");
		const typed = "const second = first + first;";
		let chosen: Promise<void> | undefined;
		for (const [index, character] of Array.from(typed).entries()) {
			if (index === 8) {
				chosen = setSetting("completion.model", "nano");
			}
			await vscode.commands.executeCommand("type", { text: character });
			void vscode.commands.executeCommand("mote.trigger");
		}
		assert.strictEqual(editor.document.getText(), `const first = 1;\n${typed}`);
		await chosen;
		await holdsOnce(mote.onDidChangeStatus, () => mote.modelInUse?.name === "mote-nano");
		await closeEditors();
		await completeSomewhere(mote);
	});
});
