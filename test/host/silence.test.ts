import assert from "node:assert";
import { afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { MoteApi } from "../../src/extension/extension.ts";
import { holdsOnce } from "./events.ts";
import {
	closeEditors,
	completeSomewhere,
	openDocument,
	readyMote,
	setSetting,
	statusOf,
	trigger,
} from "./mote.ts";

describe("why there is no suggestion, and quiet for a while", () => {
	const gateKey = "completion.minJointProbability";
	let mote: MoteApi;
	/** The tests of this folder run with a gate of their own. */
	let gate: unknown;

	before(async () => {
		mote = await readyMote();
		gate = vscode.workspace.getConfiguration("mote").inspect(gateKey)?.globalValue;
	});

	afterEach(async () => {
		await vscode.commands.executeCommand("mote.endSnooze");
		await setSetting(gateKey, gate);
		await closeEditors();
	});

	it("the last silence is explained step by step, with the gate that it met", async () => {
		// Where a model is sure to write something, only the gate can be what keeps it quiet.
		await completeSomewhere(mote);
		await setSetting(gateKey, 1);
		assert.deepStrictEqual(await trigger(mote), { kind: "none", reason: "notConfident" });
		const document = await showWhy();
		await matches(document, /^\d+\. ✗ It stopped here: .* 100 %/m);
		assert.match(document.getText(), /^\d+\. ✓ The prompt has \d+ tokens, of at most 2,048/m);
		assert.doesNotMatch(document.getText(), /readonly string/);
	});

	it("it is explained beside the editor, which keeps the focus", async () => {
		const { document } = await openDocument("typescript", "const a = ║\n");
		await showWhy();
		assert.strictEqual(vscode.window.activeTextEditor?.document, document);
	});

	it("a language that is off is the answer there", async () => {
		await openDocument("plaintext", "Dear ║");
		await statusOf(mote, "off");
		await matches(await showWhy(), /^Completions are turned off in plaintext/m);
	});

	it("a snooze is shown with its end, keeps typing quiet, answers who asks, and ends by hand", async () => {
		await openDocument("typescript", "const a = ║\n");
		await vscode.commands.executeCommand("mote.snooze", 5);
		const { until } = await statusOf(mote, "snoozed");
		assert.match(until, /\d\d.\d\d/);
		await matches(await showWhy(), /^Completions are snoozed until /m);
		assert.notDeepStrictEqual(await trigger(mote), { kind: "none", reason: "snoozed" });
		await vscode.commands.executeCommand("mote.endSnooze");
		await statusOf(mote, "ready", "nothing");
	});
});

async function showWhy(): Promise<vscode.TextDocument> {
	await vscode.commands.executeCommand("mote.whyNoSuggestion");
	const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === "mote-silence");
	assert(document !== undefined, "no explanation is shown");
	return document;
}

/** Resolves once the text of `document`, which follows what happens, has a match. */
async function matches(document: vscode.TextDocument, pattern: RegExp): Promise<void> {
	await holdsOnce(vscode.workspace.onDidChangeTextDocument, () => pattern.test(document.getText()));
}
