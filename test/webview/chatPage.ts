import type { Browser, Locator, Page } from "playwright-core";
import type { ChatViewState, FromView, ToView } from "../../src/chat/messages.ts";
import { fromViewSchema } from "../../src/chat/messages.ts";
import { chatState } from "./messages.ts";
import { openBlankPage, showView, type ViewPageOptions } from "./viewPage.ts";
import type { ViewServer } from "./viewServer.ts";

/** The chat view in a browser, with this test as its extension. */
export class ChatPage {
	readonly page: Page;
	/** Everything that the page asked for beside its own three files. */
	readonly foreignRequests: readonly string[];
	readonly errors: readonly string[];
	readonly #sent: FromView[] = [];
	readonly #waiting = new Set<() => void>();

	private constructor(page: Page, foreignRequests: string[], errors: string[]) {
		this.page = page;
		this.foreignRequests = foreignRequests;
		this.errors = errors;
	}

	static async open(
		browser: Browser,
		{ origin }: ViewServer,
		options: ViewPageOptions = {},
	): Promise<ChatPage> {
		const { page, foreign, errors } = await openBlankPage(browser, origin, "chat", options);
		const chat = new ChatPage(page, foreign, errors);
		await page.exposeFunction("moteSent", (message: unknown) => chat.#receive(message));
		await showView(page, origin, options);
		return chat;
	}

	/** Shows the view again as the editor does after it was hidden: the page is new, the state is kept. */
	async reload(): Promise<void> {
		await this.page.reload();
	}

	async close(): Promise<void> {
		await this.page.context().close();
	}

	async tell(...messages: readonly ToView[]): Promise<void> {
		// One task for all, as when the editor's messages have piled up.
		const script = messages.map((message) => `post(${JSON.stringify(message)});`).join("");
		await this.page.evaluate(`{
			const post = (data) => dispatchEvent(new MessageEvent("message", { data }));
			${script}
		}`);
	}

	async tellState(changes: Partial<ChatViewState> = {}): Promise<void> {
		await this.tell({ kind: "state", state: chatState(changes) });
	}

	/** What the view sent of one kind. */
	sent<Kind extends FromView["kind"]>(kind: Kind): Extract<FromView, { kind: Kind }>[] {
		return this.#sent.filter(
			(message): message is Extract<FromView, { kind: Kind }> => message.kind === kind,
		);
	}

	/** Resolves with the last message of a kind once there are `count` of them. */
	async waitForSent<Kind extends FromView["kind"]>(
		kind: Kind,
		count = 1,
	): Promise<Extract<FromView, { kind: Kind }>> {
		for (;;) {
			const sent = this.sent(kind);
			const last = sent.at(-1);
			if (last !== undefined && sent.length >= count) {
				return last;
			}
			await new Promise<void>((resolve) => this.#waiting.add(resolve));
		}
	}

	/** Each message has to be as valid as the extension wants it. */
	#receive(message: unknown): void {
		this.#sent.push(fromViewSchema.parse(message));
		for (const resolve of this.#waiting) {
			resolve();
		}
		this.#waiting.clear();
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

	button(name: string): Locator {
		return this.page.getByRole("button", { name, exact: true });
	}

	get scroller(): Locator {
		return this.page.locator(".scroller");
	}
}
