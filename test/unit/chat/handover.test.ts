import { afterEach, beforeEach, expect, test } from "vitest";
import type { HandoverView } from "../../../src/chat/messages.ts";
import { ChatBench } from "../../support/chatBench.ts";
import { ScriptedChatModel } from "../../support/scriptedChatModel.ts";

const server = "https://models.example";
const remoteModel = (origin = server): ScriptedChatModel =>
	new ScriptedChatModel({ id: `remote/${origin}`, place: "remote", server: origin });

let bench: ChatBench;
let remote: ScriptedChatModel;
beforeEach(async () => {
	bench = await ChatBench.open();
	remote = remoteModel();
});
afterEach(() => bench[Symbol.asyncDispose]());

const handover = (): HandoverView | undefined => bench.session.state().handover;
const choose = (model: ScriptedChatModel): void => {
	model.scriptNext();
	bench.chosen = { kind: "chat", model };
	bench.session.refresh();
};
const send = (text: string): Promise<void> => bench.view({ kind: "send", text });
const lastId = (): string => bench.last?.id ?? "";

test("earlier messages go to a server only after a person has agreed, named with their files", async () => {
	bench.workspace.files.set("src/a.ts", "secretive();\n");
	await bench.ask("What is @file:src/a.ts ?");
	await bench.ask("And then?");
	expect(handover()).toBeUndefined();
	choose(remote);
	expect(handover()).toEqual({ server, messageCount: 4, materials: ["src/a.ts"] });
	await send("More?");
	expect(remote.requests).toEqual([]);
	expect(bench.messages).toHaveLength(4);
	expect(bench.sent.at(-1)).toEqual({ kind: "focusInput", text: "More?" });

	await bench.view({ kind: "shareEarlier", server });
	expect(handover()).toBeUndefined();
	await send("More?");
	expect(JSON.stringify(remote.requests)).toContain("secretive();");
	expect(handover()).toBeUndefined();
});

test("an answer isn't given again, and no question changed, by a server that nobody agreed to", async () => {
	await bench.ask("One?");
	await bench.ask("Two?");
	const questionId = bench.messages.at(-2)?.id ?? "";
	choose(remote);
	await bench.view({ kind: "regenerate", messageId: lastId() });
	await bench.view({ kind: "resend", messageId: questionId, text: "Two, again?" });
	expect(remote.requests).toEqual([]);
	expect(bench.messages.map(({ text }) => text)).toContain("Two?");
	const notices = bench.sent.flatMap((message) => (message.kind === "notice" ? message.text : []));
	expect(notices).toHaveLength(2);
	expect(notices.every((notice) => notice.includes(server))).toBe(true);
});

test("a question that failed here takes its material along when it is asked again there", async () => {
	bench.model.enqueue({ kind: "fail", text: "" });
	await send("Why?");
	choose(remote);
	expect(handover()).toMatchObject({ messageCount: 1 });
	await bench.view({ kind: "regenerate", messageId: lastId() });
	expect(remote.requests).toEqual([]);
});

test("what was said to a server is known there; what was said elsewhere between isn't", async () => {
	choose(remote);
	await send("One?");
	await send("Two?");
	expect(remote.requests).toHaveLength(2);
	choose(bench.model);
	await send("Between?");
	choose(remote);
	expect(handover()).toEqual({ server, messageCount: 2, materials: [] });
});

test("agreeing to one server says nothing about another", async () => {
	await bench.ask("One?");
	const other = remoteModel("https://other.example");
	choose(other);
	await bench.view({ kind: "shareEarlier", server });
	expect(handover()).toMatchObject({ server: "https://other.example" });
	await bench.view({ kind: "shareEarlier", server: "https://other.example" });
	choose(remote);
	expect(handover()).toMatchObject({ server });
});

test("a new conversation has nothing to ask about, and the old one still does", async () => {
	await bench.ask("One?");
	const { id } = bench.conversation;
	choose(remote);
	await bench.view({ kind: "newConversation" });
	expect(handover()).toBeUndefined();
	await send("Two?");
	expect(JSON.stringify(remote.requests)).not.toContain("One?");
	await bench.view({ kind: "openConversation", conversationId: id });
	expect(handover()).toMatchObject({ messageCount: 2 });
});

test("a command of the editor asks in a new conversation instead of taking others' messages along", async () => {
	await bench.ask("One?");
	choose(remote);
	await bench.session.ask("/explain");
	expect(JSON.stringify(remote.requests)).not.toContain("One?");
	choose(bench.model);
	await send("Three?");
	choose(remote);
	await bench.session.askPrepared(
		{ text: "Four?", prompt: "Four, with code?", title: "Four" },
		new AbortController().signal,
	);
	expect(remote.requests).toHaveLength(2);
	expect(JSON.stringify(remote.requests)).not.toContain("Three?");
});

test("a model that is changed while an answer is written is asked about when it is there", async () => {
	const { ended } = await bench.askAndHold("Go on?");
	remote.scriptNext();
	bench.chosen = { kind: "chat", model: remote };
	await bench.view({ kind: "stop" });
	await ended;
	expect(bench.sent.at(-1)).toMatchObject({ state: { handover: { server, messageCount: 2 } } });
});

test("who agreed is not asked again after a restart", async () => {
	await bench.ask("One?");
	choose(remote);
	await bench.view({ kind: "shareEarlier", server });
	const { folder } = bench;
	await bench.session.dispose();
	await bench.store.dispose();
	await using again = await ChatBench.open({ folder });
	again.chosen = { kind: "chat", model: remote };
	expect(again.messages).toHaveLength(2);
	expect(again.session.state().handover).toBeUndefined();
});
