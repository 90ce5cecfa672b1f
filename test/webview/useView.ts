import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { ReviewView } from "../../src/chat/messages.ts";
import { launchBrowser } from "../workbench/browser.ts";
import { ChatPage } from "./chatPage.ts";
import { answer, question } from "./messages.ts";
import type { ViewPageOptions } from "./viewPage.ts";
import { serveView, type ViewServer } from "./viewServer.ts";

export const code = "```ts\nlet a = 1;\n```\n";
const talk = [
	question("q1", "Why?"),
	answer("a1", `Because:\n\n${code}\n- and\n\n  ${code.replaceAll("\n", "\n  ")}`),
];
export const review: ReviewView = {
	id: "r1",
	path: "src/poller.ts",
	title: "Fix the timer",
	problem: undefined,
	hunks: [
		{ startLine: 4, lines: [" start() {", "+\tthis.dispose();"], decision: "open" },
		{ startLine: 11, lines: ["-\tthis.timer = undefined;", "+\tclear();"], decision: "open" },
	],
};

/** A browser for the tests of a file, and a view for each that opens one. */
export interface ViewInTest {
	/** The view of the running test. */
	readonly chat: ChatPage;
	open(options?: ViewPageOptions): Promise<ChatPage>;
	/** With a question and an answer. */
	openTalk(options?: ViewPageOptions): Promise<ChatPage>;
}

/** To be called once at the top of a file of tests. */
export function useView(): ViewInTest {
	let server: ViewServer;
	let browser: Browser;
	let chat: ChatPage;

	beforeAll(async () => {
		server = await serveView();
		browser = await launchBrowser();
	});

	afterEach(async () => {
		expect(chat.errors).toEqual([]);
		expect(chat.foreignRequests).toEqual([]);
		// Not one style or script was refused: the view needs nothing that its policy forbids.
		expect(await chat.page.evaluate("violations")).toEqual([]);
		await chat.close();
	});

	afterAll(async () => {
		await browser.close();
		await server[Symbol.asyncDispose]();
	});

	const open = async (options: ViewPageOptions = {}): Promise<ChatPage> => {
		chat = await ChatPage.open(browser, server, options);
		await chat.waitForSent("ready");
		return chat;
	};
	return {
		get chat() {
			return chat;
		},
		open,
		async openTalk(options) {
			await open(options);
			await chat.tellState({ conversation: { id: "c1", title: "Timers", messages: talk } });
			await chat.drawn();
			return chat;
		},
	};
}
