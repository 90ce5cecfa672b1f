import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LanguageModelError } from "../../../src/languageModel/errors.ts";
import type { InfillQuestion } from "../../../src/chat/infillQuestion.ts";
import type { MessageView, ToView } from "../../../src/chat/messages.ts";
import { ChatBench } from "../../support/chatBench.ts";
import { ScriptedChatModel } from "../../support/scriptedChatModel.ts";
import { ScriptedInfill } from "../../support/scriptedInfill.ts";

let bench: ChatBench;
beforeEach(async () => {
	bench = await ChatBench.open();
});
afterEach(() => bench[Symbol.asyncDispose]());

const ofKind = <Kind extends ToView["kind"]>(kind: Kind): Extract<ToView, { kind: Kind }>[] =>
	bench.sent.filter((message): message is Extract<ToView, { kind: Kind }> => message.kind === kind);
const texts = (): string[] => bench.messages.map(({ text }) => text);
const idOf = (index: number): string => bench.messages.at(index)?.id ?? "";

/** What the view shows when it follows the messages as they come. */
function shown(messages: readonly ToView[]): MessageView[] {
	let list: MessageView[] = [];
	for (const message of messages) {
		if (message.kind === "state") {
			list = [...message.state.conversation.messages];
		} else if (message.kind === "message") {
			const known = list.some(({ id }) => id === message.message.id);
			list = known
				? list.map((each) => (each.id === message.message.id ? message.message : each))
				: [...list, message.message];
		} else if (message.kind === "delta") {
			list = list.map((each) =>
				each.id === message.messageId ? { ...each, text: each.text + message.text } : each,
			);
		}
	}
	return list;
}

test("a question is answered, by a model that is named, and kept", async () => {
	await bench.ask("What is it?", "It is **this**.");
	expect(bench.messages).toMatchObject([
		{ role: "user", text: "What is it?", meter: { leftOut: [] } },
		{
			role: "assistant",
			text: "It is **this**.",
			status: { kind: "complete" },
			modelName: "scripted",
			modelPlace: "local",
		},
	]);
	expect(bench.conversation.title).toBe("What is it?");
	expect(bench.store.summaries()).toMatchObject([{ title: "What is it?", messageCount: 2 }]);
	expect(bench.session.state().isAnswering).toBe(false);
	expect(bench.log).toEqual([]);
});

test("whoever follows the messages sees what a new view is told", async () => {
	await bench.ask("One?");
	await bench.ask("Two?", "2 🙂");
	bench.model.enqueue({ kind: "answer", text: "Again 2." });
	await bench.view({ kind: "regenerate", messageId: idOf(-1) });
	bench.model.enqueue({ kind: "fail", text: "half" });
	await bench.view({ kind: "send", text: "Three?" });
	expect(shown(bench.sent)).toEqual(bench.messages);
});

test("a view that opens in the middle of an answer goes on with it", async () => {
	const { ended } = await bench.askAndHold("Go on?", "Some text");
	const before = bench.sent.length;
	await bench.view({ kind: "ready" });
	expect(bench.session.state().isAnswering).toBe(true);
	await bench.view({ kind: "stop" });
	await ended;
	expect(shown(bench.sent.slice(before))).toEqual(bench.messages);
	expect(bench.last).toMatchObject({ text: "Some text", status: { kind: "stopped" } });
});

test("each prompt begins with the one before it and its answer", async () => {
	await bench.ask("One?", " 1 ");
	await bench.ask("Two?");
	const [first, second] = bench.model.requests.map(({ messages }) => messages);
	expect(second?.slice(0, 3)).toEqual([...(first ?? []), { role: "assistant", content: " 1 " }]);
});

test("material stays in the conversation as it was, whatever becomes of the file", async () => {
	bench.workspace.files.set("a.ts", "const a = 1;\n");
	await bench.ask("What is @file:a.ts?");
	bench.workspace.files.set("a.ts", "const a = 2;\n");
	await bench.ask("And now?");
	const contents = bench.model.requests.at(-1)?.messages.map(({ content }) => content) ?? [];
	expect(contents[1]).toContain("const a = 1;");
	expect(contents.join("")).not.toContain("const a = 2;");
});

test("a stopped answer keeps its text and is part of the next prompt", async () => {
	const { ended } = await bench.askAndHold("Long?", "Half an");
	await bench.view({ kind: "stop" });
	await ended;
	await bench.ask("Next?");
	expect(bench.model.requests.at(-1)?.messages.at(-2)?.content).toBe("Half an");
});

test("a question that failed without a text is left out of the next prompt", async () => {
	bench.model.enqueue({ kind: "fail", text: "" });
	await bench.view({ kind: "send", text: "Lost?" });
	expect(bench.last?.status).toEqual({
		kind: "failed",
		sentence: "The model failed; restart the engine.",
	});
	await bench.ask("Next?");
	expect(bench.model.requests.at(-1)?.messages.map(({ role }) => role)).toEqual(["system", "user"]);
});

test("a new question stops the answer that is being written", async () => {
	const { ended } = await bench.askAndHold("Long?", "Half");
	await bench.ask("Better?", "Yes.");
	await ended;
	expect(bench.messages.map(({ status }) => status.kind)).toEqual([
		"complete",
		"stopped",
		"complete",
		"complete",
	]);
});

test("answering again sends the same prompt, a little warmer, and replaces the answer", async () => {
	bench.workspace.files.set("a.ts", "const a = 1;\n");
	await bench.ask("What is @file:a.ts?", "First.");
	bench.workspace.files.clear();
	bench.model.enqueue({ kind: "answer", text: "Second." });
	await bench.view({ kind: "regenerate", messageId: idOf(-1) });
	const [first, second] = bench.model.requests;
	expect(second?.messages).toEqual(first?.messages);
	expect(second?.temperature).toBeGreaterThan(first?.temperature ?? 1);
	expect(texts()).toEqual(["What is @file:a.ts?", "Second."]);
	expect(bench.messages[0]?.meter?.parts.map(({ label }) => label)).toContain("a.ts");
});

test("only the last question is answered again", async () => {
	await bench.ask("One?");
	await bench.ask("Two?");
	await bench.view({ kind: "regenerate", messageId: idOf(1) });
	await bench.view({ kind: "regenerate", messageId: "unknown" });
	expect(bench.model.requests).toHaveLength(2);
});

test("a question that is sent again forgets what came after it, and renames what it began", async () => {
	await bench.ask("One?");
	await bench.ask("Two?");
	bench.model.enqueue({ kind: "answer", text: "Better." });
	await bench.view({ kind: "resend", messageId: idOf(0), text: "First?" });
	expect(texts()).toEqual(["First?", "Better."]);
	expect(bench.conversation.title).toBe("First?");
	expect(bench.model.requests.at(-1)?.messages).toHaveLength(2);
});

test.each([
	["stop", "complete"],
	["length", "cut"],
	["superseded", "stopped"],
] as const)("an answer that ends with %s is %s", async (end, kind) => {
	bench.model.enqueue({ kind: "answer", text: "Text", end });
	await bench.view({ kind: "send", text: "Well?" });
	expect(bench.last?.status.kind).toBe(kind);
});

test("an empty answer and a fault of Mote's own are told in a sentence", async () => {
	await bench.ask("Nothing?", "");
	expect(bench.last?.status).toMatchObject({ kind: "failed" });
	bench.model.enqueue({ kind: "fail", text: "", error: new TypeError("x is not a function") });
	await bench.view({ kind: "send", text: "Broken?" });
	expect(bench.last?.status).toMatchObject({
		sentence: expect.not.stringContaining("x is") as string,
	});
	expect(bench.log.join("")).toContain("x is not a function");
});

test("without a model the question says what to do", async () => {
	bench.chosen = { kind: "none", reason: "Choose a model first." };
	await bench.view({ kind: "send", text: "Anybody?" });
	expect(bench.last?.status).toEqual({
		kind: "failed",
		sentence: "Choose a model first.",
		lacksModel: true,
	});
	expect(bench.session.state()).toMatchObject({
		model: undefined,
		noModelReason: "Choose a model first.",
	});
});

test("a context that is too short for a question is told", async () => {
	const model = new ScriptedChatModel({ contextTokens: 100 });
	bench.chosen = { kind: "chat", model };
	await bench.view({ kind: "send", text: "Room?" });
	expect(bench.last?.status).toMatchObject({
		sentence: expect.stringMatching(/100 tokens.*choose another model/) as string,
	});
});

test("the answer says which model really wrote it", async () => {
	bench.chosen = {
		kind: "chat",
		model: bench.model,
		answeredBy: () => ({ ...bench.model.description, name: "big", place: "remote" }),
	};
	await bench.ask("Who?");
	expect(bench.last).toMatchObject({ modelName: "big", modelPlace: "remote" });
});

describe("a model that can't converse", () => {
	const asked: InfillQuestion[] = [];
	beforeEach(async () => {
		asked.length = 0;
		await bench[Symbol.asyncDispose]();
		bench = await ChatBench.open({
			answerByInfilling: async function* (question) {
				asked.push(question);
				yield await Promise.resolve("A comment.");
				return "stop";
			},
		});
		bench.chosen = { kind: "infill", model: new ScriptedInfill() };
		bench.workspace.files.set("a.ts", "one\ntwo\nthree\n");
		bench.workspace.show("a.ts", { startLine: 1, endLine: 1 });
	});

	test("answers /fix about the marked code", async () => {
		await bench.view({ kind: "send", text: "/fix please" });
		expect(bench.last).toMatchObject({ text: "A comment.", status: { kind: "complete" } });
		expect(asked[0]).toMatchObject({
			kind: "fix",
			instruction: "please",
			code: { path: "a.ts", start: 4, end: 8 },
		});
	});

	test("says what it can do when it is asked for more", async () => {
		await bench.view({ kind: "send", text: "/tests" });
		expect(bench.last?.status).toMatchObject({
			sentence: expect.stringMatching(/\/explain or \/fix/) as string,
			lacksModel: true,
		});
		expect(bench.session.state().model?.canChat).toBe(false);
	});
});

test("conversations are opened, searched, deleted after a question, and exported", async () => {
	await bench.ask("Apples?");
	const apples = bench.conversation.id;
	await bench.view({ kind: "newConversation" });
	await bench.ask("Pears?");
	await bench.view({ kind: "search", requestId: 1, query: "apples" });
	expect(
		ofKind("conversations")
			.at(-1)
			?.conversations.map(({ id }) => id),
	).toEqual([apples]);
	await bench.view({ kind: "openConversation", conversationId: apples });
	expect(texts()).toEqual(["Apples?", "An answer."]);
	await bench.view({ kind: "exportConversation", conversationId: apples });
	expect(bench.editor.calls.at(-1)).toEqual(["openMarkdown", expect.stringContaining("Apples?")]);
	bench.editor.confirms = false;
	await bench.view({ kind: "deleteConversation", conversationId: apples });
	expect(bench.store.summaries()).toHaveLength(2);
	bench.editor.confirms = true;
	await bench.view({ kind: "deleteConversation", conversationId: apples });
	expect(bench.store.summaries().map(({ title }) => title)).toEqual(["Pears?"]);
	expect(texts()).toEqual([]);
});

test("a conversation that is deleted while it is answered doesn't come back", async () => {
	const { ended } = await bench.askAndHold("Going?");
	await bench.view({ kind: "deleteConversation", conversationId: bench.conversation.id });
	await ended;
	expect(bench.store.summaries()).toEqual([]);
	expect(bench.session.state().isAnswering).toBe(false);
});

test("what was asked is there again after a restart, and was stopped by it", async () => {
	await bench.askAndHold("Before?", "Half");
	await bench.session.dispose();
	await bench.store.dispose();
	await using again = await ChatBench.open({ folder: bench.folder });
	expect(again.last).toMatchObject({ text: "Half", status: { kind: "stopped" } });
});

test("blocks are taken from the conversation by their number, not from the view", async () => {
	await bench.ask("Code?", "Look:\n\n```ts\nconst a = 1;\n```\n\n- ```sh\n  ls\n  ```\n");
	const messageId = idOf(-1);
	await bench.view({ kind: "copyBlock", messageId, blockIndex: 0 });
	await bench.view({ kind: "insertBlock", messageId, blockIndex: 1 });
	await bench.view({ kind: "insertBlock", messageId, blockIndex: 2 });
	await bench.view({ kind: "insertBlock", messageId: "unknown", blockIndex: 0 });
	expect(bench.editor.calls).toEqual([
		["copy", "const a = 1;\n"],
		["insertAtCursor", "ls\n"],
	]);
});

test("only web pages and files of the workspace are opened", async () => {
	const hrefs = ["https://example.org/a", "command:x", "javascript:alert(1)", "file:///etc", "//x"];
	for (const href of hrefs) {
		await bench.view({ kind: "openLink", href });
	}
	for (const path of ["src/a.ts", "../x", "/etc/passwd"]) {
		await bench.view({ kind: "openFile", path, line: 3 });
	}
	expect(bench.editor.calls).toEqual([
		["openLink", "https://example.org/a"],
		["openFile", "src/a.ts", 3],
	]);
	expect(ofKind("notice")).toHaveLength(6);
});

test("what the editor can't do is told in its own words", async () => {
	bench.editor.fault = new LanguageModelError("notFound", "There is no such file; make it.");
	await bench.view({ kind: "openFile", path: "a.ts" });
	bench.editor.fault = new Error("boom");
	await bench.view({ kind: "chooseModel" });
	expect(ofKind("notice").map(({ text }) => text)).toEqual([
		"There is no such file; make it.",
		"That did not work because of an error in Mote; its log says more.",
	]);
});

test.each([
	null,
	1,
	"send",
	{ kind: "unknown" },
	{ kind: "send" },
	{ kind: "copyBlock", messageId: "../x", blockIndex: 0 },
])("a message that has no known form is dropped: %j", async (message) => {
	await bench.session.receive(message);
	expect(bench.sent).toEqual([]);
	expect(bench.log).toHaveLength(1);
});

test("suggestions name mentions, files, definitions and commands", async () => {
	bench.workspace.files.set("src/select.ts", "");
	bench.workspace.symbols = [
		{
			name: "selectAll",
			kind: "function",
			container: "List",
			path: "a.ts",
			startLine: 0,
			endLine: 1,
		},
	];
	await bench.view({ kind: "suggest", requestId: 1, trigger: "@", query: "sel" });
	await bench.view({ kind: "suggest", requestId: 2, trigger: "/", query: "ex" });
	await bench.view({ kind: "suggest", requestId: 3, trigger: "@", query: "file:sel" });
	expect(ofKind("suggestions").map(({ items }) => items.map(({ insert }) => insert))).toEqual([
		["@selection ", "@file:src/select.ts ", "@symbol:selectAll "],
		["/explain "],
		["@file:src/select.ts "],
	]);
});

test("a draft is measured as it would be sent, without searching for related code", async () => {
	bench.workspace.files.set("a.ts", "x".repeat(400));
	await bench.ask("Before?");
	await bench.view({ kind: "measure", requestId: 7, text: "What is @file:a.ts? @repo" });
	const [measured] = ofKind("measured");
	expect(measured?.meter.parts.map(({ label }) => label)).toEqual([
		"rules",
		"earlier messages",
		"a.ts",
		"your question",
	]);
	expect(bench.workspace.relatedQueries).toEqual([]);
	await bench.ask("What is @file:a.ts? @repo");
	expect(bench.messages.at(-2)?.meter).toEqual(measured?.meter);
});

test("a question made elsewhere is asked with its own prompt and answered with its Markdown", async () => {
	bench.model.enqueue({ kind: "answer", text: "Done." });
	const question = { text: "/fix", prompt: "Fix this: x", title: "Fix a.ts" };
	const never = new AbortController().signal;
	expect(await bench.session.askPrepared(question, never)).toBe("Done.");
	expect(bench.lastPrompt).toBe("Fix this: x");
	expect(bench.conversation.title).toBe("Fix a.ts");
	expect(await bench.session.askPrepared(question, AbortSignal.abort())).toBeUndefined();
	expect(bench.last?.status.kind).toBe("stopped");
});

test("a command of the editor asks in a new conversation", async () => {
	await bench.ask("Old?");
	bench.model.enqueue({ kind: "answer", text: "New." });
	await bench.session.ask("/explain", { newConversation: true });
	expect(texts()).toEqual(["/explain", "New."]);
	bench.session.prefill("@selection ");
	expect(bench.sent.at(-1)).toEqual({ kind: "focusInput", text: "@selection " });
});
