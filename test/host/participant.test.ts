import assert from "node:assert";
import { after, before, describe, it } from "mocha";
import * as vscode from "vscode";
import { chatAnswer, LoopbackServer } from "../support/loopbackServer.ts";
import { chatModels, noChatModels } from "./chatModels.ts";
import { readyMote, setSetting } from "./mote.ts";

describe("@mote in the editor's own chat", () => {
	let server: LoopbackServer;

	before(async () => {
		await readyMote();
		server = await LoopbackServer.start();
		await setChat(false);
	});

	after(async () => {
		await setChat(undefined);
		await setSetting("server.url", undefined);
		await noChatModels();
		await server.close();
	});

	it("a question goes to the model that was chosen", async () => {
		await setSetting("server.url", `${server.origin}/v1`);
		const [model] = await chatModels();
		assert(model !== undefined);
		server.reply(chatAnswer("Nine", " fathoms."));
		const asked = server.received(server.requests.length + 1);
		await vscode.commands.executeCommand("workbench.action.chat.open", {
			query: "@mote How deep is it?",
			modelSelector: { vendor: "mote", id: model.id },
		});
		await asked;
		assert.match(JSON.stringify(server.lastBody), /How deep is it[?]/);
	});
});

async function setChat(isOff: boolean | undefined): Promise<void> {
	await vscode.workspace
		.getConfiguration("chat")
		.update("disableAIFeatures", isOff, vscode.ConfigurationTarget.Global);
}
