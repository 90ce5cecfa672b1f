import assert from "node:assert";
import { beforeEach, describe, it } from "mocha";
import * as vscode from "vscode";
import { UserError } from "../../src/base/userError.ts";
import { diffTabs, openReview, reviewClosed, useEdits, type ScriptedEdits } from "./edits.ts";
import { moveCursor } from "./mote.ts";

const text = "alpha\nbeta\ngamma\ndelta\nepsilon\nzeta\neta\n";
const proposed = "ALPHA\nbeta\ngamma\ndelta\nepsilon\nzeta\neta\ntheta\n";

describe("the review of a proposal", () => {
	const editsInTest = useEdits("reviewed");
	const { files } = editsInTest;
	let scripted: ScriptedEdits;

	beforeEach(() => ({ scripted } = editsInTest));

	/** Opens a document and a proposal for it. */
	async function propose(content = text): Promise<vscode.TextDocument> {
		const { document } = await files.open(files.newName(".txt"), content);
		await scripted.edits.reviews.propose({
			uri: document.uri,
			base: text,
			proposed,
			title: "Test",
			range: undefined,
		});
		return document;
	}

	it("shows the document beside the proposal, and changes nothing yet", async () => {
		const document = await propose();
		const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
		assert(input instanceof vscode.TabInputTextDiff);
		assert.strictEqual(input.original.toString(), document.uri.toString());
		const right = await vscode.workspace.openTextDocument(input.modified);
		assert.strictEqual(right.getText(), proposed);
		assert.strictEqual(document.getText(), text);
	});

	it("takes the hunk at the cursor, leaves the other, and closes with one step of undo", async () => {
		const document = await propose();
		const editor = vscode.window.activeTextEditor;
		assert(editor !== undefined);
		const closed = reviewClosed(scripted.edits);
		await moveCursor(editor, new vscode.Position(0, 0));
		await scripted.run("rejectHunk");
		assert.deepStrictEqual(
			openReview(scripted.edits).hunks.map(({ decision }) => decision),
			["rejected", "open"],
		);
		await scripted.run("acceptHunk");
		await closed;
		assert.strictEqual(document.getText(), `${text}theta\n`);
		assert.strictEqual(diffTabs(), 0);
		assert.strictEqual(vscode.window.activeTextEditor?.document, document);
		await vscode.commands.executeCommand("undo");
		assert.strictEqual(document.getText(), text);
		assert.strictEqual(document.isDirty, false);
	});

	it("puts all in by one step of undo", async () => {
		const document = await propose();
		await scripted.run("acceptAllHunks");
		assert.strictEqual(document.getText(), proposed);
		await vscode.commands.executeCommand("undo");
		assert.strictEqual(document.getText(), text);
	});

	it("leaves the document alone when all is rejected", async () => {
		const document = await propose();
		await scripted.run("rejectAllHunks");
		assert.deepStrictEqual([document.getText(), document.isDirty, diffTabs()], [text, false, 0]);
	});

	it("ends when its diff is closed", async () => {
		const document = await propose();
		const closed = reviewClosed(scripted.edits);
		await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
		await closed;
		assert.deepStrictEqual(scripted.edits.reviews.views, []);
		assert.deepStrictEqual([document.getText(), document.isDirty], [text, false]);
	});

	it("puts in what was accepted when its diff is closed, and nothing else", async () => {
		const document = await propose();
		const editor = vscode.window.activeTextEditor;
		assert(editor !== undefined);
		await moveCursor(editor, new vscode.Position(0, 0));
		await scripted.run("acceptHunk");
		assert.strictEqual(document.getText(), text);
		const closed = reviewClosed(scripted.edits);
		await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
		await closed;
		assert.strictEqual(document.getText(), text.replace("alpha", "ALPHA"));
	});

	it("stays open when its diff moves to another group", async () => {
		const document = await propose();
		await vscode.commands.executeCommand("workbench.action.moveEditorToNextGroup");
		assert.strictEqual(diffTabs(), 1);
		// A review that had ended would put nothing in.
		await scripted.edits.reviews.decideAll(openReview(scripted.edits).id, true);
		assert.strictEqual(document.getText(), proposed);
	});

	it("keeps CRLF line ends", async () => {
		const document = await propose(text.replaceAll("\n", "\r\n"));
		await scripted.run("acceptAllHunks");
		assert.strictEqual(document.getText(), proposed.replaceAll("\n", "\r\n"));
	});

	it("follows what is written elsewhere meanwhile", async () => {
		const document = await propose();
		const edit = new vscode.WorkspaceEdit();
		edit.insert(document.uri, new vscode.Position(3, 0), "written\n");
		await vscode.workspace.applyEdit(edit);
		await scripted.run("acceptAllHunks");
		assert.strictEqual(document.getText(), proposed.replace("delta", "written\ndelta"));
	});

	it("says so when its place has changed, and applies nothing", async () => {
		const document = await propose();
		const edit = new vscode.WorkspaceEdit();
		edit.replace(document.uri, new vscode.Range(0, 0, 0, 5), "changed");
		await vscode.workspace.applyEdit(edit);
		assert.match(openReview(scripted.edits).problem ?? "", /^reviewed\d+\.txt has changed where/);
		await scripted.run("acceptAllHunks");
		assert.strictEqual(document.getText(), text.replace("alpha", "changed"));
	});

	it("makes a new file only when it is accepted", async () => {
		const made = files.made("made.txt");
		const block = {
			conversationId: "c",
			messageId: "m",
			blockIndex: 0,
			info: "txt made.txt",
			code: "made\n",
			answer: "```txt made.txt\nmade\n```\n",
			target: undefined,
		};
		const review = await scripted.edits.applyBlock(block);
		assert.strictEqual(review.path, "made.txt");
		await scripted.edits.reviews.decideAll(review.id, true);
		const document = await vscode.workspace.openTextDocument(made);
		assert.strictEqual(document.getText(), "made\n");
	});

	for (const path of ["../out.txt", "/tmp/out.txt", ".vscode/tasks.json", ".env"]) {
		it(`refuses a block for ${path}`, async () => {
			await files.open(files.newName(".txt"), text);
			const applied = scripted.edits.applyBlock({
				conversationId: "c",
				messageId: "m",
				blockIndex: 0,
				info: `txt title="${path}"`,
				code: "x\n",
				answer: `\`\`\`txt title="${path}"\nx\n\`\`\`\n`,
				target: undefined,
			});
			await assert.rejects(applied, UserError);
			assert.deepStrictEqual(scripted.edits.reviews.views, []);
		});
	}
});
