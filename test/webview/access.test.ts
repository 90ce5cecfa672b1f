/** The chat view for everyone: by keyboard, by ear, in narrow views, in each theme and direction. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { screenshotFolder } from "../workbench/browser.ts";
import { answer, completes, waysOn } from "./messages.ts";
import { themes } from "./themes.ts";
import { code, review, useView } from "./useView.ts";

const view = useView();

test("the keyboard reaches everything in the order in which it stands", async () => {
	const chat = await view.openTalk();
	await chat.button("Conversations").focus();
	const names: string[] = [];
	for (let step = 0; step < 18; step++) {
		await chat.page.keyboard.press("Tab");
		names.push(
			await chat.page.evaluate<string>(
				"document.activeElement.getAttribute('aria-label') ?? document.activeElement.className",
			),
		);
	}
	expect(names.slice(0, 2)).toEqual(["New conversation", "Chat"]);
	expect(names).toContain("Edit and send again");
	expect(names.indexOf("Copy code")).toBeLessThan(names.indexOf("Answer again"));
	expect(names.indexOf("Answer again")).toBeLessThan(names.indexOf("Ask Mote"));
});

test("screen readers hear whole events only", async () => {
	const chat = await view.open();
	await chat.tellState({ isAnswering: true });
	const status = chat.page.getByRole("status");
	await chat.tell({ kind: "message", message: answer("a1", "", { status: { kind: "writing" } }) });
	expect(await status.textContent()).toBe("Answering.");
	await chat.tell({ kind: "delta", messageId: "a1", text: "Yes." });
	await chat.drawn();
	expect(await status.textContent()).toBe("Answering.");
	await chat.tell({ kind: "message", message: answer("a1", "Yes.") });
	expect(await status.textContent()).toBe("Yes.");
	expect(await chat.page.getByRole("log").getAttribute("aria-live")).toBe("off");
});

test("nothing sticks out at a width of 250 pixels", async () => {
	const chat = await view.openTalk({ width: 250 });
	await chat.tell({ kind: "review", review });
	const overflowing = await chat.page.evaluate<string[]>(`
		[...document.querySelectorAll("body *")].filter((e) => {
			const box = e.getBoundingClientRect();
			return (box.right > 251 || box.left < -1) && e.closest("pre, .hunk-lines, .visually-hidden, .table-scroll") === null;
		}).map((e) => e.className)`);
	expect(overflowing).toEqual([]);
});

test("code stays left to right and texts have their own direction from right to left", async () => {
	const chat = await view.open({ direction: "rtl" });
	const text = `مرحبا\n\nHello\n\n${code}`;
	await chat.tellState({ conversation: { id: "c1", title: "", messages: [answer("a1", text)] } });
	await chat.drawn();
	const direction = (selector: string): Promise<string> =>
		chat.page.evaluate<string>(
			`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).direction`,
		);
	expect(await direction(".blocks > :nth-child(1) p")).toBe("rtl");
	expect(await direction(".blocks > :nth-child(2) p")).toBe("ltr");
	expect(await direction("pre")).toBe("ltr");
});

test("nothing moves for someone who wants no motion", async () => {
	const chat = await view.open({ reducedMotion: true });
	const writing = answer("a1", "Hm", { status: { kind: "writing" } });
	await chat.tellState({ conversation: { id: "c1", title: "", messages: [writing] } });
	await chat.drawn();
	expect(
		await chat.page.evaluate(
			"document.getAnimations().filter((a) => a.playState === 'running').length",
		),
	).toBe(0);
});

test.each(Object.entries(themes))("the view is drawn in the theme %s", async (name, theme) => {
	const chat = await view.openTalk({ theme });
	await mkdir(screenshotFolder, { recursive: true });
	await chat.page.screenshot({ path: path.join(screenshotFolder, `chat-${name}.png`) });
	const colour = await chat.page.evaluate<string>("getComputedStyle(document.body).color");
	expect(colour).toMatch(/^rgb/);
});

test.each(Object.entries(themes))(
	"what leads to a model that converses is drawn in the theme %s",
	async (name, theme) => {
		const chat = await view.open({ theme, height: 640 });
		await chat.tellState({ model: { ...completes, name: "mote-base" }, waysOn });
		await chat.page.getByRole("list", { name: /^Ways/ }).waitFor();
		await mkdir(screenshotFolder, { recursive: true });
		await chat.page.screenshot({ path: path.join(screenshotFolder, `chat-empty-${name}.png`) });
	},
);
