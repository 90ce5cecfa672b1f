import assert from "node:assert";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { after, afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import { chatAnswer, LoopbackServer, sendJson } from "../support/loopbackServer.ts";
import { chatModels, noChatModels } from "./chatModels.ts";
import { nextOf } from "./events.ts";
import { readyMote, setSetting } from "./mote.ts";

describe("models in the extension host", () => {
	let server: LoopbackServer;

	before(async () => {
		await readyMote();
		server = await LoopbackServer.start();
	});

	after(() => server.close());

	afterEach(async () => {
		await setSetting("server.url", undefined);
		await noChatModels();
	});

	it("the server's model appears in the editor's own list, and answers in pieces", async () => {
		await setSetting("server.url", `${server.origin}/v1`);
		const [model] = await chatModels();
		assert(model !== undefined);
		assert.strictEqual(model.vendor, "mote");
		assert(model.maxInputTokens > 0);
		assert((await model.countTokens("export const a = 1;")) > 0);
		server.reply(chatAnswer("One ", "**two**", " 🚀"));
		const response = await model.sendRequest([vscode.LanguageModelChatMessage.User("Count.")]);
		const parts: string[] = [];
		for await (const part of response.text) {
			parts.push(part);
		}
		assert.strictEqual(parts.join(""), "One **two** 🚀");
		assert.match(JSON.stringify(server.lastBody), /Count[.]/);
	});

	it("a server that refuses gives the caller its sentence", async () => {
		await setSetting("server.url", `${server.origin}/v1`);
		const [model] = await chatModels();
		assert(model !== undefined);
		server.reply(sendJson(400, { error: { message: "No." } }));
		await assert.rejects(async () => {
			const response = await model.sendRequest([vscode.LanguageModelChatMessage.User("Hi.")]);
			for await (const part of response.text) {
				assert.fail(part);
			}
		}, /refused the request/);
	});

	it("a workspace can't choose a server", async () => {
		const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
		assert(folder !== undefined);
		const settings = vscode.Uri.joinPath(folder, ".vscode");
		// The setting that the test before took back may be told of only now.
		const changed = nextOf(vscode.workspace.onDidChangeConfiguration, (event) =>
			event.affectsConfiguration("editor.tabSize"),
		);
		await mkdir(settings.fsPath, { recursive: true });
		const values = { "mote.server.url": `${server.origin}/v1`, "editor.tabSize": 7 };
		await writeFile(vscode.Uri.joinPath(settings, "settings.json").fsPath, JSON.stringify(values));
		await changed;
		const configuration = vscode.workspace.getConfiguration();
		assert.strictEqual(configuration.get("editor.tabSize"), 7);
		assert.strictEqual(configuration.get("mote.server.url"), "");
		await rm(settings.fsPath, { recursive: true });
	});

	it("the chat view opens, and its page says that it is there", async () => {
		await vscode.commands.executeCommand("mote.openChat");
	});
});
