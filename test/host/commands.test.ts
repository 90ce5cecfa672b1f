import assert from "node:assert";
import { before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { MoteApi } from "../../src/extension/extension.ts";
import { holdsOnce } from "./events.ts";
import {
	closeEditors,
	engineStarting,
	openDocument,
	readyMote,
	statusOf,
	trigger,
} from "./mote.ts";

describe("commands in the extension host", () => {
	let mote: MoteApi;

	before(async () => {
		mote = await readyMote();
	});

	it("every command of package.json is registered", async () => {
		const manifest: unknown = vscode.extensions.getExtension("mote.mote")?.packageJSON;
		const declared = JSON.stringify(manifest).matchAll(/"command":"(mote[.][\w.]+)"/g);
		const known = new Set(await vscode.commands.getCommands(true));
		const missing = [...declared].map(([, name]) => name ?? "").filter((name) => !known.has(name));
		assert.deepStrictEqual(missing, []);
	});

	it("the toggle turns completions off and on again", async () => {
		await openDocument("typescript", "const a = ║");
		await vscode.commands.executeCommand("mote.toggle");
		await statusOf(mote, "off");
		assert.deepStrictEqual(await trigger(mote), { kind: "none", reason: "disabled" });
		await vscode.commands.executeCommand("mote.toggle");
		await statusOf(mote, "ready", "nothing");
		await closeEditors();
	});

	it("a document whose language changes is no longer said to be off", async () => {
		const { document } = await openDocument("plaintext", "const a = ║");
		assert.strictEqual((await statusOf(mote, "off")).languageId, "plaintext");
		assert.deepStrictEqual(await trigger(mote), { kind: "none", reason: "disabled" });
		const on = statusOf(mote, "ready");
		await vscode.languages.setTextDocumentLanguage(document, "typescript");
		await on;
		await closeEditors();
	});

	it("an editor that shows no completions is said to, for one language or for all", async () => {
		await openDocument("typescript", "const a = ║");
		await statusOf(mote, "ready", "nothing");
		const editor = vscode.workspace.getConfiguration("editor");
		const forLanguage = vscode.workspace.getConfiguration("editor", { languageId: "typescript" });
		const { Global } = vscode.ConfigurationTarget;
		try {
			await editor.update("inlineSuggest.enabled", false, Global);
			await statusOf(mote, "offInEditor");
			await editor.update("inlineSuggest.enabled", true, Global);
			await statusOf(mote, "ready", "nothing");
			await forLanguage.update("inlineSuggest.enabled", false, Global, true);
			await statusOf(mote, "offInEditor");
		} finally {
			await forLanguage.update("inlineSuggest.enabled", undefined, Global, true);
			await editor.update("inlineSuggest.enabled", true, Global);
		}
		await statusOf(mote, "ready", "nothing");
		await closeEditors();
	});

	it("the engine restarts on command", async () => {
		const backendName = (): string | undefined => mote.modelInUse?.backendName;
		// Noted when it is told: the engine may be ready before the command's own answer comes.
		const whileStarting = new Set<string | undefined>();
		const listener = mote.onDidChangeStatus(({ kind }) => {
			if (kind === "starting") {
				whileStarting.add(backendName());
			}
		});
		await engineStarting(mote, () => vscode.commands.executeCommand("mote.restartEngine"));
		listener.dispose();
		assert.deepStrictEqual([...whileStarting], [undefined]);
		await statusOf(mote, "ready", "nothing");
		assert.match(backendName() ?? "", /ONNX Runtime, CPU, \d+ threads?, /);
	});

	it("the log opens", async () => {
		const isInFront = (): boolean =>
			vscode.window.activeTextEditor?.document.uri.scheme === "output";
		await vscode.commands.executeCommand("mote.showLog");
		// It takes the focus, which the next test's editor needs: closed before it has, it would take it from there.
		await holdsOnce(vscode.window.onDidChangeActiveTextEditor, isInFront);
		await vscode.commands.executeCommand("workbench.action.closePanel");
	});
});
