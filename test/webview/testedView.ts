import type { Locator, Page } from "playwright-core";
import type * as z from "zod";
import { showView, type BlankPage, type ViewPageOptions } from "./viewPage.ts";

/** A view in a browser, with this test as its extension. */
export class TestedView<From extends { readonly kind: string }, To> {
	readonly page: Page;
	/** Everything that the page asked for beside its own three files. */
	readonly foreignRequests: readonly string[];
	readonly errors: readonly string[];
	/** What the view has sent. */
	readonly messages: From[] = [];
	readonly #schema: z.ZodType<From>;
	readonly #waiting = new Set<() => void>();

	/** `schema` is of what it sends: each message has to be as valid as the extension wants it. */
	constructor({ page, foreign, errors }: BlankPage, schema: z.ZodType<From>) {
		this.page = page;
		this.foreignRequests = foreign;
		this.errors = errors;
		this.#schema = schema;
	}

	/** Loads the view into the page. */
	async show(origin: string, options: ViewPageOptions): Promise<void> {
		await this.page.exposeFunction("moteSent", (message: unknown) => {
			this.#receive(message);
		});
		await showView(this.page, origin, options);
	}

	#receive(message: unknown): void {
		this.messages.push(this.#schema.parse(message));
		for (const resolve of this.#waiting) {
			resolve();
		}
		this.#waiting.clear();
	}

	async tell(...messages: readonly To[]): Promise<void> {
		// One task for all, as when the editor's messages have piled up.
		const script = messages.map((message) => `post(${JSON.stringify(message)});`).join("");
		await this.page.evaluate(`{
			const post = (data) => dispatchEvent(new MessageEvent("message", { data }));
			${script}
		}`);
	}

	/** What the view has sent of one kind. */
	sent<Kind extends From["kind"]>(kind: Kind): Extract<From, { kind: Kind }>[] {
		return this.messages.filter(
			(message): message is Extract<From, { kind: Kind }> => message.kind === kind,
		);
	}

	/** Resolves with the last message of a kind once there are `count` of them. */
	async waitForSent<Kind extends From["kind"]>(
		kind: Kind,
		count = 1,
	): Promise<Extract<From, { kind: Kind }>> {
		for (;;) {
			const sent = this.sent(kind);
			const last = sent.at(-1);
			if (last !== undefined && sent.length >= count) {
				return last;
			}
			await new Promise<void>((resolve) => this.#waiting.add(resolve));
		}
	}

	async close(): Promise<void> {
		await this.page.context().close();
	}

	button(name: string): Locator {
		return this.page.getByRole("button", { name, exact: true });
	}
}
