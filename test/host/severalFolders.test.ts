import assert from "node:assert";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { MoteApi } from "../../src/extension/extension.ts";
import { openReview, useEdits } from "./edits.ts";
import { nextOf } from "./events.ts";
import { showContext, textMatching } from "./inspector.ts";
import { closeEditors, readyMote, showAt, trigger } from "./mote.ts";

/**
 * Where each `price.ts` lies on the disk, beside the workspace file, and what it is called. Two of the folders have the
 * same name, and the third is in the first.
 */
const files = [
	["one/shop", "one-shop"],
	["two/shop", "two-shop"],
	["one/shop/packages/till", "one-shop/packages/till"],
] as const;

describe("a workspace of folders with equal names, one in another", () => {
	const editsInTest = useEdits("shop");
	let mote: MoteApi;

	before(async () => {
		await foldersAreThere();
		mote = await readyMote();
	});

	it("has the folders that the tests are about", () => {
		const folders = vscode.workspace.workspaceFolders ?? [];
		assert.deepStrictEqual(
			folders.map(({ uri }) => path.relative(root(), uri.fsPath)),
			files.map(([folder]) => folder),
		);
	});

	for (const [folder, named] of files) {
		it(`${named}/price.ts is one file, for what is written into it`, async () => {
			const { edits } = editsInTest.scripted;
			const before = await texts();
			const code = `export const price = "${named}, changed";\n`;
			const info = `ts ${named}/price.ts`;
			const { id, path: shown } = await edits.applyBlock({
				conversationId: "c",
				messageId: "m",
				blockIndex: 0,
				info,
				code,
				answer: `\`\`\`${info}\n${code}\`\`\`\n`,
				target: undefined,
			});
			assert.strictEqual(shown, `${named}/price.ts`);
			await edits.reviews.decideAll(openReview(edits).id, true);
			assert.deepStrictEqual(edits.reviews.views, [], id);
			await vscode.workspace.saveAll();
			assert.deepStrictEqual(await texts(), { ...before, [folder]: code });
		});

		it(`${named}/price.ts is one file, for what is read of it`, async () => {
			const document = await vscode.workspace.openTextDocument(priceIn(folder));
			await showAt(document, document.positionAt(document.getText().length));
			await trigger(mote);
			const shown = await showContext();
			await textMatching(shown, new RegExp(`^# ${named}/price\\.ts: \\d`, "m"));
			await closeEditors();
		});
	}
});

/**
 * An editor that starts while its machine is busy may fail to read the file that names its folders, and then has none: it
 * reads the file again when that is written.
 */
async function foldersAreThere(): Promise<void> {
	const areThere = (): boolean => vscode.workspace.workspaceFolders?.length === files.length;
	if (!areThere()) {
		const changed = nextOf(vscode.workspace.onDidChangeWorkspaceFolders, areThere);
		await writeFile(workspaceFile(), await readFile(workspaceFile(), "utf8"));
		await changed;
	}
}

function workspaceFile(): string {
	const file = vscode.workspace.workspaceFile;
	assert(file !== undefined, "the tests need a workspace of several folders");
	return file.fsPath;
}

function root(): string {
	return path.dirname(workspaceFile());
}

function priceIn(folder: string): string {
	return path.join(root(), folder, "price.ts");
}

/** What is on the disk, by folder. */
async function texts(): Promise<Readonly<Record<string, string>>> {
	return Object.fromEntries(
		await Promise.all(
			files.map(async ([folder]) => [folder, await readFile(priceIn(folder), "utf8")] as const),
		),
	);
}
