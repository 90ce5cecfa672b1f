import assert from "node:assert";
import { afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { MoteApi } from "../../src/extension/extension.ts";
import {
	acceptGhostText,
	closeEditors,
	completeSomewhere,
	openDocument,
	readyMote,
	statusOf,
	trigger,
} from "./mote.ts";

describe("completions in the extension host", () => {
	let mote: MoteApi;

	before(async () => {
		mote = await readyMote();
	});

	afterEach(async () => {
		await closeEditors();
	});

	it("ghost text is inserted as the model wrote it", async () => {
		const { editor, completion } = await completeSomewhere(mote);
		assert.strictEqual(await acceptGhostText(editor), completion.insertText);
	});

	it("a document with CRLF keeps its line ends", async () => {
		const { editor } = await completeSomewhere(mote, { endOfLine: vscode.EndOfLine.CRLF });
		await acceptGhostText(editor);
		assert.doesNotMatch(editor.document.getText(), /[^\r]\n/);
	});

	it("a completion behind characters beyond the basic plane stands at the cursor", async () => {
		const { editor, completion } = await completeSomewhere(mote, {
			head: 'export const rockets = "🚀🚀🚀";\n',
		});
		const before = editor.document.getText(
			new vscode.Range(new vscode.Position(0, 0), editor.selection.active),
		);
		await acceptGhostText(editor);
		assert(editor.document.getText().startsWith(before + completion.insertText));
	});

	it("a language that is turned off gets no completion", async () => {
		await openDocument("plaintext", "one\ntwo\nthr║\n");
		await statusOf(mote, "off");
		assert.deepStrictEqual(await trigger(mote), { kind: "none", reason: "disabled" });
	});

	it("a document that is too large is declined at once", async () => {
		await openDocument("typescript", `║${"const x = 1;\n".repeat(200_000)}`);
		assert.deepStrictEqual(await trigger(mote), { kind: "none", reason: "unsuitableDocument" });
	});
});
