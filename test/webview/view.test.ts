/** Uses the built chat view as a person does, in a browser with the view's own content security policy. */
import { expect, test } from "vitest";
import type { TokenMeter } from "../../src/chat/messages.ts";
import { answer, question } from "./messages.ts";
import { code, review, useView } from "./useView.ts";

const view = useView();
const meter: TokenMeter = {
	usedTokens: 1834,
	budgetTokens: 6144,
	parts: [{ label: "selection", tokens: 611 }],
	leftOut: ["3 older messages"],
};

test("a question is sent with Enter, and a line is broken with Shift+Enter", async () => {
	const chat = await view.open();
	await chat.tellState();
	await chat.input.pressSequentially("Why");
	await chat.input.press("Shift+Enter");
	await chat.input.pressSequentially("this?");
	await chat.input.press("Enter");
	expect((await chat.waitForSent("send")).text).toBe("Why\nthis?");
	expect(await chat.input.inputValue()).toBe("");
});

test("an answer streams, and its code can be copied, inserted and applied by its number", async () => {
	const chat = await view.open();
	await chat.tellState({ isAnswering: true });
	const writing = answer("a1", "", { status: { kind: "writing" } });
	await chat.tell(
		{ kind: "message", message: question("q1", "Why?") },
		{ kind: "message", message: writing },
	);
	for (const text of ["Bec", "ause **it", "** is:\n\n```t", "s\nlet a", " = 1;\n``", "`\n\nEnd."]) {
		await chat.tell({ kind: "delta", messageId: "a1", text });
		await chat.drawn();
	}
	const whole = `Because **it** is:\n\n${code}\nEnd.`;
	await chat.tell({ kind: "message", message: answer("a1", whole) });
	await chat.drawn();
	const body = chat.page.locator(".answer .markdown");
	expect(await body.locator("strong").textContent()).toBe("it");
	expect(await body.locator("pre").textContent()).toBe("let a = 1;\n");
	expect(await body.locator(".hljs-keyword").textContent()).toBe("let");
	for (const [name, kind] of [
		["Copy code", "copyBlock"],
		["Insert at cursor", "insertBlock"],
		["Apply to the file as a diff", "applyBlock"],
	] as const) {
		await chat.button(name).click();
		expect(await chat.waitForSent(kind)).toEqual({ kind, messageId: "a1", blockIndex: 0 });
	}
});

test("code inside a list has the next number", async () => {
	const chat = await view.openTalk();
	await chat.button("Apply to the file as a diff").nth(1).click();
	expect((await chat.waitForSent("applyBlock")).blockIndex).toBe(1);
});

test("an answer is stopped with the button and with Escape", async () => {
	const chat = await view.open();
	const writing = answer("a1", "Hm", { status: { kind: "writing" } });
	await chat.tellState({
		isAnswering: true,
		conversation: { id: "c1", title: "", messages: [question("q1", "Why?"), writing] },
	});
	await chat.button("Stop the answer (Escape)").click();
	await chat.input.press("Escape");
	await chat.waitForSent("stop", 2);
	const stopped = answer("a1", "Hm", { status: { kind: "stopped" } });
	await chat.tell({ kind: "message", message: stopped });
	await chat.button("Send (Enter)").waitFor();
	await chat.page.getByText("Stopped.").first().waitFor();
});

test("an answer is given again, and a question is changed and sent again", async () => {
	const chat = await view.openTalk();
	await chat.button("Answer again").click();
	expect((await chat.waitForSent("regenerate")).messageId).toBe("a1");
	await chat.button("Edit and send again").click();
	const editor = chat.page.getByRole("textbox", { name: "Edit question" });
	await editor.fill("Why not?");
	await editor.press("Enter");
	expect(await chat.waitForSent("resend")).toEqual({
		kind: "resend",
		messageId: "q1",
		text: "Why not?",
	});
});

test("an answer written anew under its old name takes the place of the old text", async () => {
	const chat = await view.openTalk();
	await chat.tell({ kind: "message", message: answer("a1", "", { status: { kind: "writing" } }) });
	await chat.tell({ kind: "delta", messageId: "a1", text: "Other." });
	await chat.drawn();
	expect(await chat.page.locator(".answer .blocks").textContent()).toBe("Other.\n");
});

test("a mention is completed with the keyboard at the caret", async () => {
	const chat = await view.open();
	await chat.tellState();
	await chat.input.pressSequentially("why @se");
	const request = await chat.waitForSent("suggest", 3);
	expect(request).toMatchObject({ trigger: "@", query: "se" });
	await chat.tell({
		kind: "suggestions",
		requestId: request.requestId,
		items: [
			{ label: "@selection", insert: "@selection ", detail: "src/a.ts" },
			{ label: "@file:select.ts", insert: "@file:select.ts ", detail: "src" },
		],
	});
	const options = chat.page.getByRole("option");
	expect(await options.count()).toBe(2);
	expect(await chat.input.getAttribute("aria-expanded")).toBe("true");
	await chat.input.press("ArrowDown");
	const active = await chat.input.getAttribute("aria-activedescendant");
	expect(await chat.page.locator(`#${active ?? ""}`).getAttribute("aria-selected")).toBe("true");
	await chat.input.press("Tab");
	expect(await chat.input.inputValue()).toBe("why @file:select.ts ");
	expect(await chat.input.getAttribute("aria-expanded")).toBe("false");
});

test("Escape closes the suggestions and leaves the text, and late ones aren't shown", async () => {
	const chat = await view.open();
	await chat.tellState();
	await chat.input.pressSequentially("/e");
	const { requestId, trigger } = await chat.waitForSent("suggest", 2);
	expect(trigger).toBe("/");
	const items = [{ label: "/explain", insert: "/explain ", detail: "" }];
	await chat.tell({ kind: "suggestions", requestId: requestId - 1, items });
	expect(await chat.page.getByRole("option").count()).toBe(0);
	await chat.tell({ kind: "suggestions", requestId, items });
	await chat.page.getByRole("option").waitFor();
	await chat.input.press("Escape");
	expect(await chat.page.getByRole("option").count()).toBe(0);
	expect(await chat.input.inputValue()).toBe("/e");
});

test("the meter tells the draft's tokens and what did not fit", async () => {
	const chat = await view.open();
	await chat.tellState();
	await chat.input.fill("Why?");
	const { requestId, text } = await chat.waitForSent("measure");
	expect(text).toBe("Why?");
	await chat.tell({ kind: "measured", requestId, meter });
	await chat.page.getByText("1,834 of 6,144 tokens").waitFor();
	await chat.page.getByText("Did not fit: 3 older messages.").waitFor();
});

test("a change is decided hunk by hunk and as a whole, and the focus stays in the panel", async () => {
	const chat = await view.open();
	await chat.tellState({ reviews: [review] });
	const accept = chat.button("Accept change 1");
	await accept.focus();
	await accept.press("Enter");
	expect(await chat.waitForSent("decideHunk")).toEqual({
		kind: "decideHunk",
		reviewId: "r1",
		hunkIndex: 0,
		accept: true,
	});
	const [first, second] = review.hunks;
	const decided = { ...(first ?? expect.unreachable()), decision: "accepted" as const };
	await chat.tell({
		kind: "review",
		review: { ...review, hunks: [decided, second ?? expect.unreachable()] },
	});
	expect(await chat.page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
		"Accept change 2",
	);
	await chat.button("Reject change 2").click();
	expect((await chat.waitForSent("decideHunk", 2)).accept).toBe(false);
	await chat.button("Accept all").click();
	expect(await chat.waitForSent("decideAll")).toMatchObject({ reviewId: "r1", accept: true });
	await chat.button("Show in the editor's diff").click();
	await chat.waitForSent("showReview");
	await chat.tell({ kind: "review", review: { ...review, problem: "The file has changed." } });
	await chat.page.getByText("The file has changed.").waitFor();
	expect(await chat.button("Accept all").count()).toBe(0);
});

test("conversations are searched, opened, exported and deleted", async () => {
	const chat = await view.openTalk();
	const now = Date.now();
	const conversations = ["Timers", "Caches"].map((title, index) => ({
		id: `c${index + 1}`,
		title,
		updatedAt: now,
		messageCount: 2,
	}));
	await chat.button("Conversations").click();
	const first = await chat.waitForSent("search");
	await chat.tell({ kind: "conversations", requestId: first.requestId, conversations });
	await chat.page.getByRole("searchbox", { name: "Search conversations" }).fill("cach");
	const second = await chat.waitForSent("search", 2);
	expect(second.query).toBe("cach");
	await chat.tell({
		kind: "conversations",
		requestId: second.requestId,
		conversations: conversations.slice(1),
	});
	expect(await chat.page.locator(".conversation").count()).toBe(1);
	await chat.button("Export Caches as Markdown").click();
	expect((await chat.waitForSent("exportConversation")).conversationId).toBe("c2");
	await chat.button("Delete Caches").click();
	expect((await chat.waitForSent("deleteConversation")).conversationId).toBe("c2");
	await chat.page.locator(".conversation-open").click();
	expect((await chat.waitForSent("openConversation")).conversationId).toBe("c2");
	await chat.scroller.waitFor();
	await chat.button("New conversation").click();
	await chat.waitForSent("newConversation");
});

test("the empty view shows examples, and one of them goes into the input", async () => {
	const chat = await view.open();
	await chat.tellState();
	await chat.page.getByRole("button", { name: "Explain the selected code" }).click();
	expect(await chat.input.inputValue()).toBe("/explain @selection");
});

test("the view follows the stream until someone looks further up", async () => {
	const chat = await view.open();
	const writing = answer("a1", "line\n\n".repeat(100), { status: { kind: "writing" } });
	await chat.tellState({
		isAnswering: true,
		conversation: { id: "c1", title: "", messages: [writing] },
	});
	await chat.drawn();
	const distance = (): Promise<number> =>
		chat.page.evaluate<number>(`{
			const { scrollHeight, scrollTop, clientHeight } = document.querySelector(".scroller");
			scrollHeight - scrollTop - clientHeight;
		}`);
	const more = { kind: "delta", messageId: "a1", text: "more\n\n".repeat(50) } as const;
	await chat.tell(more);
	await chat.drawn();
	expect(await distance()).toBeLessThan(3);
	await chat.scroller.hover();
	await chat.page.mouse.wheel(0, -600);
	await chat.button("Scroll to the end").waitFor();
	await chat.tell(more);
	await chat.drawn();
	expect(await distance()).toBeGreaterThan(300);
	await chat.button("Scroll to the end").click();
	await chat.tell(more);
	await chat.drawn();
	expect(await distance()).toBeLessThan(3);
});

test("what was being written is there again after the view was hidden", async () => {
	const chat = await view.open();
	await chat.tellState();
	await chat.input.fill("half a question");
	await chat.reload();
	await chat.waitForSent("ready", 2);
	expect(await chat.input.inputValue()).toBe("half a question");
});

test("what was sent is not there again", async () => {
	const chat = await view.open();
	await chat.tellState();
	await chat.input.fill("a question");
	await chat.input.press("Enter");
	await chat.waitForSent("send");
	await chat.reload();
	await chat.waitForSent("ready", 2);
	expect(await chat.input.inputValue()).toBe("");
});

const handover = {
	server: "https://models.example",
	messageCount: 4,
	materials: ["src/a.ts", "src/b.ts", "problems", "src/c.ts", "src/d.ts"],
};

test("before earlier messages go to a new server the view asks, and keeps the question until then", async () => {
	const chat = await view.open();
	await chat.tellState({ handover });
	await chat.page
		.getByText(
			"4 earlier messages with src/a.ts, src/b.ts, problems and 2 more will be sent to https://models.example with the next question.",
		)
		.and(chat.page.locator(".handover p"))
		.waitFor();
	await chat.input.fill("Why?");
	await chat.input.press("Enter");
	const share = chat.button("Send them");
	await chat.page.locator("vscode-button:focus", { hasText: "Send them" }).waitFor();
	expect(chat.sent("send")).toEqual([]);
	expect(await chat.input.inputValue()).toBe("Why?");
	await chat.page.keyboard.press("Enter");
	expect(await chat.waitForSent("send")).toEqual({ kind: "send", text: "Why?" });
	expect(chat.sent("shareEarlier")).toEqual([
		{ kind: "shareEarlier", server: "https://models.example" },
	]);
	expect(await share.isVisible()).toBe(false);
	expect(await chat.input.inputValue()).toBe("");
});

test("instead of sending earlier messages a new conversation takes the question", async () => {
	const chat = await view.open();
	await chat.tellState({ handover });
	await chat.input.fill("Why?");
	await chat.input.press("Enter");
	await chat.button("Start new conversation").click();
	await chat.waitForSent("newConversation");
	await chat.tellState({ conversation: { id: "c2", title: "", messages: [] } });
	expect(chat.sent("send")).toEqual([]);
	expect(await chat.input.inputValue()).toBe("Why?");
	expect(await chat.button("Send them").isVisible()).toBe(false);
	await chat.input.press("Enter");
	await chat.waitForSent("send");
	expect(chat.sent("shareEarlier")).toEqual([]);
});

test("a link goes to the extension and nowhere else", async () => {
	const chat = await view.open();
	const text = "[web](https://example.org/a) [file](src/a.ts#L3) [bad](command:x)";
	await chat.tellState({ conversation: { id: "c1", title: "", messages: [answer("a1", text)] } });
	await chat.page.getByRole("link", { name: "web" }).click();
	expect((await chat.waitForSent("openLink")).href).toBe("https://example.org/a");
	await chat.page.getByRole("link", { name: "file" }).press("Enter");
	expect(await chat.waitForSent("openFile")).toEqual({
		kind: "openFile",
		path: "src/a.ts",
		line: 2,
	});
	expect(await chat.page.getByRole("link").count()).toBe(2);
});
