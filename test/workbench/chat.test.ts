/**
 * Talks to the packaged extension's chat as a person does, in a real VS Code. What answers is a server on
 * this machine that speaks the OpenAI protocol and says what the test wants.
 */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { FrameLocator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
	beginEvents,
	chatAnswer,
	chatDelta,
	event,
	LoopbackServer,
	write,
} from "../support/loopbackServer.ts";
import type { EditorPage } from "./editorPage.ts";
import { PackagedEditor, watchFailures } from "./packagedEditor.ts";
import { press, writeInto } from "./press.ts";

let packaged: PackagedEditor;
let editor: EditorPage;
let view: FrameLocator;
let server: LoopbackServer;

beforeAll(async () => {
	server = await LoopbackServer.start();
	packaged = await PackagedEditor.start("chatDrive", {
		userSettings: { "chat.disableAIFeatures": false },
	});
	({ editor } = packaged);
	view = editor.page.frameLocator("iframe.webview").frameLocator("#active-frame");
	await packaged.open();
	await editor.waitForStatus("Ready.");
});

afterAll(async () => {
	await packaged.close();
	await server.close();
});

watchFailures(() => editor, "chat");

async function ask(text: string): Promise<void> {
	await writeInto(view.getByRole("combobox", { name: "Ask Mote" }), text);
	await press(view.getByRole("button", { name: "Send (Enter)" }));
}

/** What the extension keeps on disk for this workspace. */
async function keptConversations(): Promise<string> {
	const storage = path.join(packaged.dataFolder, "data/User/workspaceStorage");
	const files = await readdir(storage, { recursive: true });
	const kept = files.filter((file) => /mote[.]mote\/conversations\/[^/]+[.]json$/.test(file));
	return (await Promise.all(kept.map((file) => readFile(path.join(storage, file), "utf8")))).join();
}

const code = "export function depth(): number {\n\treturn 1;\n}\n";

test("without a chat model the view says what can be done", async () => {
	await editor.runCommand("Mote: Open Chat");
	await view.getByText("/explain").first().waitFor();
	await editor.screenshot("workbench-chat-no-model");
});

test("the command leads from an address to a server that answers", async () => {
	const { page } = editor;
	const input = page.locator(".quick-input-widget input.input");
	await editor.runCommand("Mote: Connect to a Server…");
	await page.locator(".quick-input-title", { hasText: "connect to a server" }).waitFor();
	await input.fill(`${server.origin}/v1`);
	await page.keyboard.press("Enter");
	await page.locator(".quick-input-title", { hasText: "what the server is for" }).waitFor();
	await editor.screenshot("workbench-chat-connect");
	await page.keyboard.press("Enter");
	await editor.statusItem.locator(`a[aria-label*="Sent to ${server.origin}"]`).waitFor();
	await view.getByRole("button", { name: /^Model: qwen2.5-coder/ }).waitFor();
});

test("an answer streams as Markdown with highlighted code", async () => {
	server.reply(chatAnswer("## Depth\n\n", "It is **deep**:\n\n```ts\n", code, "```\n"));
	await ask("How deep is it?");
	await view.getByRole("heading", { name: "Depth" }).waitFor();
	await view.locator("strong", { hasText: "deep" }).waitFor();
	await view.locator("pre .hljs-keyword").first().waitFor();
	await editor.screenshot("workbench-chat-dark");
});

test("the code goes to the cursor as it is", async () => {
	const file = await editor.openFile("src/inserted.ts", "");
	await press(view.getByRole("button", { name: "Insert at cursor" }).last());
	await editor.page.locator(".view-line", { hasText: "depth" }).first().waitFor();
	await editor.page.locator(".editor-instance .view-lines").first().click();
	expect(await editor.saveText(file)).toBe(code);
});

test("an answer that is being written can be stopped", async () => {
	server.reply(async (response) => {
		beginEvents(response);
		await write(response, event(chatDelta("The beginning")));
	});
	await ask("Count for ever.");
	await view.getByRole("log").getByText("The beginning").waitFor();
	await press(view.getByRole("button", { name: "Stop the answer (Escape)" }));
	await view.getByRole("button", { name: "Send (Enter)" }).waitFor();
	await server.asked.at(-1)?.hungUp;
	await view.getByRole("log").getByText("The beginning").waitFor();
});

test("a change is accepted in one place and rejected in another", async () => {
	const text = Array.from({ length: 30 }, (_, line) => `export const a${line} = ${line};\n`).join(
		"",
	);
	const file = await editor.openFile("src/numbers.ts", text);
	const changed = text.replace("a2 = 2;", "a2 = 222;").replace("a27 = 27;", "a27 = 272;");
	server.reply(chatAnswer(`Change it:\n\n\`\`\`ts src/numbers.ts\n${changed}\`\`\`\n`));
	await ask("Change @file:src/numbers.ts");
	await view.getByRole("log").getByText("Change it:").waitFor();
	await press(view.getByRole("button", { name: "Apply to the file as a diff" }).last());
	await press(view.getByRole("button", { name: "Accept change 1" }));
	await editor.screenshot("workbench-chat-review");
	await press(view.getByRole("button", { name: "Reject change 2" }));
	// The diff is gone and what was accepted is in the file before anything else is done there.
	await editor.page.locator(".tab.dirty", { hasText: "numbers.ts" }).waitFor();
	await editor.page.locator(".tab", { hasText: "numbers.ts" }).first().click();
	await editor.page.locator(".editor-instance .view-lines").first().click();
	expect(await editor.saveText(file)).toBe(text.replace("a2 = 2;", "a2 = 222;"));
});

test("a mention is completed, and the file goes along", async () => {
	const input = view.getByRole("combobox", { name: "Ask Mote" });
	await input.fill("");
	await input.pressSequentially("What is @file:readingL");
	await view
		.getByRole("option", { name: /readingList/ })
		.first()
		.waitFor();
	await editor.screenshot("workbench-chat-mention");
	await input.press("Enter");
	server.reply(chatAnswer("A list."));
	await press(view.getByRole("button", { name: "Send (Enter)" }));
	await view.getByRole("log").getByText("A list.").waitFor();
	const readingList = await readFile(
		path.join(packaged.workspaceFolder, "src/readingList.ts"),
		"utf8",
	);
	const firstLine = readingList.split("\n")[0] ?? "";
	expect(JSON.stringify(server.lastBody)).toContain(JSON.stringify(firstLine).slice(1, -1));
});

test("the conversation is there after the window is loaded again, in a light theme too", async () => {
	// What was said is written when it has been quiet for a moment.
	await expect.poll(keptConversations).toContain('"A list."');
	await editor.page.reload();
	await editor.page.locator(".monaco-workbench").waitFor();
	await editor.statusItem.locator('a[aria-label*="Ready."]').waitFor();
	await editor.runCommand("Mote: Open Chat");
	await view.getByRole("log").getByText("A list.").waitFor();
	// The view takes the focus when it is there, and would close a palette that is open by then.
	await view.locator("textarea:focus").waitFor();
	await editor.page.locator(".editor-instance .view-lines").first().click();
	await editor.toggleTheme("2026-light");
	await view.locator("body.vscode-light").waitFor();
	await editor.screenshot("workbench-chat-light");
});
