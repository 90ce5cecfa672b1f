import assert from "node:assert";
import { after, afterEach, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { MoteApi } from "../../src/extension/extension.ts";
import { eventually } from "../support/eventually.ts";
import { chatAnswer, LoopbackServer } from "../support/loopbackServer.ts";
import { chatModels, noChatModels } from "./chatModels.ts";
import { closeEditors, openDocument, readyMote, setSetting, trigger } from "./mote.ts";
import { watchSockets } from "./sockets.ts";

describe("connections of the extension host", () => {
	let mote: MoteApi;
	let server: LoopbackServer;

	before(async () => {
		mote = await readyMote();
		server = await LoopbackServer.start();
	});

	after(() => server.close());

	afterEach(async () => {
		await setSetting("server.url", undefined);
		await noChatModels();
		await closeEditors();
	});

	it("none is begun before the user has chosen a server, whatever is used", async () => {
		await setSetting("server.offerRunning", false);
		const watch = watchSockets();
		try {
			await openDocument("typescript", "export function sum(a: number, b: number)║\n");
			await trigger(mote);
			await vscode.commands.executeCommand("mote.newChat");
			await vscode.commands.executeCommand("mote.document");
			await vscode.commands.executeCommand("mote.manageModels");
			assert.deepStrictEqual(await vscode.lm.selectChatModels({ vendor: "mote" }), []);
		} finally {
			watch.stop();
			await setSetting("server.offerRunning", undefined);
		}
		assert.deepStrictEqual(watch.begun, []);
	});

	it("who opens the models has the usual ports of this machine asked, and nothing else", async () => {
		const watch = watchSockets();
		try {
			await vscode.commands.executeCommand("mote.manageModels");
			await eventually(() => watch.begun.length >= 3);
		} finally {
			watch.stop();
		}
		const ports = watch.begun.map(({ target }) => /"port":"?(\d+)/.exec(target)?.[1] ?? target);
		assert.deepStrictEqual([...new Set(ports)].sort(), ["11434", "1234", "8080"]);
		assert(watch.begun.every(({ target }) => target.includes("127.0.0.1")));
	});

	it("the watch sees the connection to a server that was chosen, and no other", async () => {
		const watch = watchSockets();
		try {
			await setSetting("server.url", `${server.origin}/v1`);
			const [model] = await chatModels();
			assert(model !== undefined);
			server.reply(chatAnswer("Hello."));
			const { text } = await model.sendRequest([vscode.LanguageModelChatMessage.User("Hi.")]);
			for await (const part of text) {
				assert.strictEqual(part, "Hello.");
			}
		} finally {
			watch.stop();
		}
		const { port } = new URL(server.origin);
		assert(watch.begun.length > 0);
		assert.deepStrictEqual(
			watch.begun.filter(({ target }) => !target.includes(port)),
			[],
		);
	});
});
