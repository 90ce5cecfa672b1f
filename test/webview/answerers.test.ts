/** What the chat view says of the models that answer, or that it has none that converses. */
import { expect, test } from "vitest";
import { answer, completes, question, waysOn } from "./messages.ts";
import { useView } from "./useView.ts";

const view = useView();

test("without a model the view says what to do and sends nothing", async () => {
	const chat = await view.open();
	await chat.tellState({ model: undefined, noModelReason: "Connect to a server.", waysOn });
	await chat.page.getByText("Connect to a server.").first().waitFor();
	await chat.input.fill("Why?");
	await chat.input.press("Enter");
	await chat.page.getByRole("button", { name: /^Name a server/ }).click();
	expect((await chat.waitForSent("takeWay")).wayId).toBe("w2");
	expect(chat.sent("send")).toEqual([]);
});

test("each answer says which model gave it and where, and how it failed", async () => {
	const chat = await view.open();
	const sentence = "The server does not answer; choose another model.";
	const failed = answer("a2", "", {
		modelName: "qwen",
		modelPlace: "remote",
		status: { kind: "failed", sentence },
	});
	await chat.tellState({
		conversation: { id: "c1", title: "", messages: [answer("a1", "Yes."), failed] },
	});
	const [local, remote] = [
		chat.page.locator(".answer").first(),
		chat.page.locator(".answer").last(),
	];
	expect(await local.locator(".message-header").textContent()).toBe("mote-chaton this machine");
	expect(await remote.locator("vscode-badge").textContent()).toBe("remote");
	expect(await remote.locator(".message-status.failed").textContent()).toBe(sentence);
});

test("an answer says below its text whose text its code repeats, in words and not in markup", async () => {
	const chat = await view.open();
	const notes = ["Code in this answer repeats <b>a</b> *1.0* (MIT).", "And another."];
	const known = { id: "c1", title: "", messages: [answer("a1", "Yes.")] };
	await chat.tellState({ conversation: known });
	const shown = chat.page.locator(".answer .message-notes");
	expect(await shown.isVisible()).toBe(false);
	await chat.tell({ kind: "message", message: answer("a1", "Yes.", { notes }) });
	await shown.waitFor();
	expect(await shown.locator("li").allTextContents()).toEqual(notes);
});

test("an answer of the index says that no model gave it, and its code isn't offered to be put in or applied", async () => {
	const chat = await view.open();
	const text = "[a.ts:7](src/a%20b.ts#L7)\n\n```ts\nfunction f()\n```\n";
	const indexed = answer("a1", text, { modelName: "From the index", modelPlace: "index" });
	await chat.tellState({ conversation: { id: "c1", title: "", messages: [indexed] } });
	const shown = chat.page.locator(".answer");
	expect(await shown.locator(".message-header").textContent()).toBe("From the indexno model");
	await shown.getByRole("button", { name: "Copy code" }).waitFor();
	expect(await shown.getByRole("button", { name: /Insert|Apply/ }).count()).toBe(0);
	await shown.getByRole("link", { name: "a.ts:7" }).click();
	await chat.waitForSent("openFile");
	expect(chat.sent("openFile")).toEqual([{ kind: "openFile", path: "src/a b.ts", line: 6 }]);
});

test("a model that can't converse is only asked for what it can do", async () => {
	const chat = await view.open();
	await chat.tellState({
		model: completes,
		waysOn,
	});
	await chat.page.getByRole("button", { name: /Explain/ }).waitFor();
	expect(await chat.page.getByRole("button", { name: /Write tests/ }).count()).toBe(0);
	await chat.page.getByRole("button", { name: /^Install Talker/ }).click();
	expect((await chat.waitForSent("takeWay")).wayId).toBe("w1");
});

test("the ways to a model keep the focus while the one that is installed says how far it is", async () => {
	const chat = await view.open({ height: 500 });
	await chat.tellState({ model: completes, waysOn });
	expect(await chat.page.evaluate("document.querySelector('.scroller').scrollTop")).toBe(0);
	await chat.page.getByRole("button", { name: /^Name a server/ }).focus();
	const [first, ...rest] = waysOn;
	await chat.tellState({
		model: completes,
		waysOn: [{ id: "w1", label: first?.label ?? "", detail: "Downloads, 43 %" }, ...rest],
	});
	await chat.page.getByText("Downloads, 43 %").waitFor();
	expect(await chat.page.evaluate("document.activeElement.textContent")).toMatch(/^Name a server/);
});

test("an answer that fails for want of a model leads to the models", async () => {
	const chat = await view.open();
	const sentence = "m completes code but can't converse.";
	const failed = answer("a1", "", { status: { kind: "failed", sentence, lacksModel: true } });
	await chat.tellState({
		model: completes,
		conversation: { id: "c1", title: "", messages: [question("q1", "Why?"), failed] },
	});
	await chat.page.locator("vscode-button", { hasText: "Get a chat model" }).click();
	await chat.waitForSent("manageModels");
});
