/**
 * Explains code in the packaged extension where no model can converse, in a real VS Code: what the index knows stands in
 * the chat, and its links lead to the code.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { FrameLocator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EditorPage } from "./editorPage.ts";
import { PackagedEditor, watchFailures } from "./packagedEditor.ts";
import { press } from "./press.ts";

let packaged: PackagedEditor;
let editor: EditorPage;
let view: FrameLocator;

beforeAll(async () => {
	packaged = await PackagedEditor.start("explainDrive");
	({ editor } = packaged);
	view = editor.page.frameLocator("iframe.webview").frameLocator("#active-frame");
	await packaged.open();
	await editor.waitForStatus("Ready.");
});

afterAll(() => packaged.close());

watchFailures(() => editor, "explain");

const explained = "src/readingList.ts";

async function lineOf(file: string, code: string): Promise<number> {
	const text = await readFile(path.join(packaged.workspaceFolder, file), "utf8");
	return text.slice(0, text.indexOf(code)).split("\n").length;
}

test("Explain shows what the index knows and that no model answered; nothing in the file changes", async () => {
	const text = await readFile(path.join(packaged.workspaceFolder, explained), "utf8");
	const file = await editor.openFile(explained, text);
	await editor.goToEndOf(await lineOf(explained, "const book: Book = {"));
	await editor.runCommand("Mote: Explain");
	await view.getByRole("heading", { name: "From the index" }).waitFor();
	await view.getByText("no model", { exact: true }).waitFor();
	await view.getByRole("heading", { name: "ReadingList.add" }).waitFor();
	await view.getByText("(3 times)").waitFor();
	expect(await view.getByRole("button", { name: "Apply to the file as a diff" }).count()).toBe(0);
	await editor.screenshot("workbench-explain-dark");
	expect(await readFile(file, "utf8")).toBe(text);
});

test("a link to a caller opens its file at that line", async () => {
	const line = await lineOf("src/main.ts", "list.add(");
	await press(view.getByRole("link", { name: `src/main.ts:${line}` }));
	await editor.page.locator(".tab.active", { hasText: "main.ts" }).waitFor();
	await editor.page.locator(".statusbar-item", { hasText: `Ln ${line}, Col 1` }).waitFor();
	await editor.toggleTheme("2026-light");
	await view.locator("body.vscode-light").waitFor();
	await editor.screenshot("workbench-explain-light");
});
