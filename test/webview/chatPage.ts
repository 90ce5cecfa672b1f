import type { Browser, Locator } from "playwright-core";
import {
	fromViewSchema,
	type ChatViewState,
	type FromView,
	type ToView,
} from "../../src/chat/messages.ts";
import { chatState } from "./messages.ts";
import { TestedView } from "./testedView.ts";
import { openBlankPage, type ViewPageOptions } from "./viewPage.ts";
import type { ViewServer } from "./viewServer.ts";

/** The chat view in a browser, with this test as its extension. */
export class ChatPage extends TestedView<FromView, ToView> {
	static async open(
		browser: Browser,
		{ origin }: ViewServer,
		options: ViewPageOptions = {},
	): Promise<ChatPage> {
		const chat = new ChatPage(
			await openBlankPage(browser, origin, "chat", options),
			fromViewSchema,
		);
		await chat.show(origin, options);
		return chat;
	}

	/** Shows the view again as the editor does after it was hidden: the page is new, the state is kept. */
	async reload(): Promise<void> {
		await this.page.reload();
	}

	async tellState(changes: Partial<ChatViewState> = {}): Promise<void> {
		await this.tell({ kind: "state", state: chatState(changes) });
	}

	/** Resolves after the view has drawn what it was told, however many frames that takes. */
	async drawn(): Promise<void> {
		await this.page.evaluate(`new Promise((resolve) => {
			const body = document.querySelector(".messages");
			let before = "";
			const look = () => {
				const now = String(body.textContent.length) + " " + body.querySelectorAll("*").length;
				if (now === before) { resolve(); } else { before = now; requestAnimationFrame(() => requestAnimationFrame(look)); }
			};
			requestAnimationFrame(look);
		})`);
	}

	get input(): Locator {
		return this.page.getByRole("combobox", { name: "Ask Mote" });
	}

	get scroller(): Locator {
		return this.page.locator(".scroller");
	}
}
