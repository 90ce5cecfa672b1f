import assert from "node:assert";
import { readFile } from "node:fs/promises";
import { afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { MoteApi } from "../../src/extension/extension.ts";
import { useEdits } from "./edits.ts";
import { nameCompleted, nameInFiles } from "./learnedNames.ts";
import { closeEditors, openDocument, readyMote, trigger } from "./mote.ts";

/** In Latin-1 a byte each, and no UTF-8. */
const name = "quaggaFlümoxSéxtant";

/** In files that are written later. */
const laterName = "zebraFlumoxSextant";

describe("files that aren't UTF-8", () => {
	const editsInTest = useEdits("encoded");
	const { files } = editsInTest;
	let mote: MoteApi;

	before(async () => {
		mote = await readyMote();
	});

	afterEach(async () => {
		await closeEditors();
		await setEncoding(undefined);
	});

	async function writeLatin1(): Promise<void> {
		for (const [file, text] of Object.entries(nameInFiles(name))) {
			await files.write(file.replace(name, "latin1"), Buffer.from(text, "latin1"));
		}
	}

	it("are learned as the editor shows them, where it is set to their encoding", async () => {
		await setEncoding("iso88591");
		await writeLatin1();
		await nameCompleted(mote, name);
	});

	it("are not learned where the editor can't read them", async () => {
		await writeLatin1();
		for (const [file, text] of Object.entries(nameInFiles(laterName))) {
			await files.write(file, text);
		}
		await nameCompleted(mote, laterName);
		await openDocument("typescript", `const depth = ${name.slice(0, 8)}║`);
		const outcome = await trigger(mote);
		const written = outcome.kind === "completion" ? outcome.completion.insertText : "";
		assert.doesNotMatch(written, /\uFFFD|mox/);
	});

	it("keep their encoding when a proposal goes into one", async () => {
		await setEncoding("iso88591");
		const text = "// Größe\nexport const größe = 1;\n";
		const uri = await files.write(files.newName(".ts"), Buffer.from(text, "latin1"));
		const document = await vscode.workspace.openTextDocument(uri);
		assert.strictEqual(document.getText(), text);
		await vscode.window.showTextDocument(document, { preview: false });
		const proposed = text.replace("= 1", "= 2; // für später");
		const { reviews } = editsInTest.scripted.edits;
		const { id } = await reviews.propose({
			uri,
			base: text,
			proposed,
			title: "Test",
			range: undefined,
		});
		await reviews.decideAll(id, true);
		await document.save();
		assert.strictEqual((await readFile(uri.fsPath)).toString("latin1"), proposed);
	});
});

async function setEncoding(encoding: string | undefined): Promise<void> {
	await vscode.workspace
		.getConfiguration("files")
		.update("encoding", encoding, vscode.ConfigurationTarget.Global);
}
