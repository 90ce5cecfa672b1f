/**
 * A new user gets from nothing to a model that converses, in a real VS Code with the packaged extension. The hub is on this
 * machine; what it serves has random weights, so what the model answers is of no matter.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import type { Frame } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openModel } from "../../src/model/modelStore.ts";
import { checkpointFiles } from "../support/checkpointFiles.ts";
import { testChat } from "../support/testModel.ts";
import { tinyNotes } from "../support/randomCheckpoint.ts";
import { ScriptedHub } from "../support/scriptedHub.ts";
import type { EditorPage } from "./editorPage.ts";
import { PackagedEditor, watchFailures } from "./packagedEditor.ts";
import { press, writeInto } from "./press.ts";

const weightsFile = "model.safetensors";

let packaged: PackagedEditor;
let editor: EditorPage;
let hub: ScriptedHub;
let weightsBytes: number;

beforeAll(async () => {
	const files = await checkpointFiles({
		shape: { hidden_size: 128, num_hidden_layers: 4, max_position_embeddings: 8192 },
		tokenizerConfig: { chat_template: testChat.template, eos_token: "<|pad|>" },
		notes: { ...tinyNotes, name: "tiny-talker", trainedContextTokens: 8192 },
	});
	weightsBytes = files[weightsFile]?.length ?? 0;
	hub = await ScriptedHub.start(files, "*");
	packaged = await PackagedEditor.start("modelsDrive", {
		environment: { HF_ENDPOINT: hub.origin },
		userSettings: { "mote.server.offerRunning": false },
	});
	({ editor } = packaged);
	await packaged.open();
	await editor.waitForStatus("Ready.");
});

afterAll(async () => {
	await packaged.close();
	await hub[Symbol.asyncDispose]();
});

watchFailures(() => editor, "models");

const modelsView = (): Promise<Frame> =>
	editor.frameWith((frame) => frame.locator("body.models .model-list"));

/** Not before it knows what it shows. */
async function chatView(): Promise<Frame> {
	const chat = await editor.frameWith((frame) => frame.locator(".composer"));
	await chat.locator(".conversation-name", { hasText: /./ }).waitFor();
	return chat;
}

const libraryFolder = (): string => path.join(packaged.dataFolder, "cache/mote/models");

/** Of the models that are installed, by the names of their folders. */
function installedModels(): readonly string[] {
	return readdirSync(libraryFolder()).filter((name) => !name.startsWith("."));
}

test("the chat says what works now, and offers the ways on", async () => {
	await editor.runCommand("Mote: Open Chat");
	const chat = await chatView();
	await chat.getByText("completes code, and explains and fixes what you select").waitFor();
	// The best one, and perhaps a lighter one.
	await chat
		.getByRole("button", { name: /^Install / })
		.first()
		.waitFor();
	await chat.getByRole("button", { name: /^Name a server/ }).waitFor();
	await editor.screenshotOf("sidebar", "workbench-chat-empty-dark");
	await editor.toggleTheme("2026-light");
	await chat.locator("body.vscode-light").waitFor();
	await editor.screenshotOf("sidebar", "workbench-chat-empty-light");
	await editor.toggleTheme("2026-dark");
});

test("an answer that wants a model leads to all of them", async () => {
	const chat = await chatView();
	await writeInto(chat.getByRole("combobox", { name: "Ask Mote" }), "How are you?");
	await press(chat.getByRole("button", { name: "Send (Enter)" }));
	await chat.locator(".message-status.failed").waitFor();
	await editor.screenshot("workbench-chat-lacks-model");
	await press(chat.locator("vscode-button", { hasText: "Get a chat model" }));
	await (await modelsView()).getByRole("heading", { name: "Models", exact: true }).waitFor();
	await press(chat.getByRole("button", { name: "New conversation" }));
});

test("the second press installs, with progress", async () => {
	// All but the weights comes; of those a part, and then nothing.
	hub.onFileRequest = () => {
		if (hub.fileRequests.at(-1)?.path.endsWith(weightsFile) === true) {
			hub.faults.unshift({ kind: "stall", afterBytes: Math.floor(weightsBytes * 0.43) });
		}
	};
	const chat = await chatView();
	await press(chat.getByRole("button", { name: /^Install / }).first());
	const models = await modelsView();
	await models.locator(".model-option[aria-selected=true]", { hasText: "%" }).waitFor();
	await models.getByText(/^Downloads and checks: /).waitFor();
	await expect
		.poll(async () => Number(await models.getByRole("progressbar").getAttribute("aria-valuenow")))
		.toBeGreaterThan(30);
	await editor.screenshotOf("editor", "workbench-models-dark");
	await editor.toggleTheme("2026-light");
	await models.locator("body.vscode-light").waitFor();
	await editor.screenshotOf("editor", "workbench-models-light");
	await editor.toggleTheme("2026-dark");
});

test("a window that is loaded again says how far it was, in the view and in the menu", async () => {
	hub.onFileRequest = undefined;
	await editor.page.reload();
	await editor.page.locator(".monaco-workbench").waitFor();
	await editor.statusItem.locator('a[aria-label*="Ready."]').waitFor();
	// The editor brings the view back where it had the time to note that it was open.
	await editor.runCommand("Mote: Manage Models");
	const models = await modelsView();
	await models.getByText(/^Paused at [34]\d %/).waitFor();
	await editor.screenshot("workbench-models-paused");
	await editor.statusItem.locator("a").first().click();
	const resume = editor.page.locator(".quick-input-list .monaco-list-row", {
		hasText: /Resume.*paused at\s[34]\d\s%/,
	});
	await resume.waitFor();
	await editor.screenshot("workbench-models-menu");
});

test("it is gone on with from there, checked, converted, and answers in the chat", async () => {
	await editor.page
		.locator(".quick-input-list .monaco-list-row", { hasText: /Resume.*paused/ })
		.click();
	const models = await modelsView();
	await models
		.locator(".model-option", { hasText: "tiny-talker" })
		.locator(".model-badge", { hasText: "chat" })
		.waitFor();
	const ranges = hub.fileRequests.filter(
		({ path: asked, headers }) => asked.endsWith(weightsFile) && headers.range !== undefined,
	);
	expect(ranges.length).toBeGreaterThan(0);
	await editor.screenshot("workbench-models-installed");
	const [id = ""] = installedModels();
	const folder = path.join(libraryFolder(), id);
	expect((await openModel(folder)).manifest.name).toBe("tiny-talker");
	await editor.runCommand("Mote: Open Chat");
	const chat = await chatView();
	await chat.locator(".model-button", { hasText: "tiny-talker" }).waitFor();
	await writeInto(chat.getByRole("combobox", { name: "Ask Mote" }), "How are you?");
	await press(chat.getByRole("button", { name: "Send (Enter)" }));
	await chat.getByRole("heading", { name: "tiny-talker" }).waitFor();
	await chat.locator(".message.answer.last:not([aria-busy=true])").waitFor();
	const last = chat.locator(".message.answer.last");
	expect(await last.locator("vscode-button", { hasText: "Get a chat model" }).count()).toBe(0);
	expect(await last.locator(".message-place").textContent()).toBe("on this machine");
	await editor.screenshot("workbench-models-chat");
});

test("what is removed is asked about with its space, and nothing is left of it", async () => {
	const models = await modelsView();
	await models.locator(".model-option", { hasText: "tiny-talker" }).click();
	await press(models.locator("vscode-button", { hasText: "Remove, frees" }));
	const dialog = editor.page.locator(".monaco-dialog-box", { hasText: "That frees" });
	await dialog.waitFor();
	await dialog.getByRole("button", { name: "Remove" }).click();
	await models
		.getByText(/is removed; .* are free again/)
		.first()
		.waitFor();
	expect(installedModels()).toEqual([]);
	await models.getByText("No model converses yet").waitFor();
});
