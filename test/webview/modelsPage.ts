import type { Browser, Locator, Page } from "playwright-core";
import {
	fromModelsViewSchema,
	type FromModelsView,
	type ToModelsView,
} from "../../src/modelCatalog/messages.ts";
import { openBlankPage, showView, type ViewPageOptions } from "./viewPage.ts";

/** The view of models in a browser, with this test as its extension. */
export class ModelsPage {
	readonly sent: FromModelsView[] = [];

	private constructor(
		readonly page: Page,
		readonly foreignRequests: readonly string[],
		readonly errors: readonly string[],
	) {}

	static async open(
		browser: Browser,
		origin: string,
		options: ViewPageOptions = {},
	): Promise<ModelsPage> {
		const sized = { width: 1000, height: 760, ...options };
		const { page, foreign, errors } = await openBlankPage(browser, origin, "models", sized);
		const models = new ModelsPage(page, foreign, errors);
		// Each message has to be as valid as the extension wants it.
		await page.exposeFunction("moteSent", (message: unknown) =>
			models.sent.push(fromModelsViewSchema.parse(message)),
		);
		await showView(page, origin, options);
		return models;
	}

	async tell(message: ToModelsView): Promise<void> {
		await this.page.evaluate(
			`dispatchEvent(new MessageEvent("message", { data: ${JSON.stringify(message)} }))`,
		);
	}

	get list(): Locator {
		return this.page.getByRole("listbox", { name: "Models" });
	}

	option(name: string): Locator {
		return this.page.getByRole("option", { name: new RegExp(`^${name}`) });
	}

	button(name: string): Locator {
		return this.page.locator("vscode-button", { hasText: name });
	}

	async close(): Promise<void> {
		await this.page.context().close();
	}
}
