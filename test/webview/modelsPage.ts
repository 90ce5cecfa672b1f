import type { Browser, Locator } from "playwright-core";
import {
	fromModelsViewSchema,
	type FromModelsView,
	type ToModelsView,
} from "../../src/modelCatalog/messages.ts";
import { TestedView } from "./testedView.ts";
import { openBlankPage, type ViewPageOptions } from "./viewPage.ts";

/** The view of models in a browser, with this test as its extension. */
export class ModelsPage extends TestedView<FromModelsView, ToModelsView> {
	static async open(
		browser: Browser,
		origin: string,
		options: ViewPageOptions = {},
	): Promise<ModelsPage> {
		const sized = { width: 1000, height: 760, ...options };
		const blank = await openBlankPage(browser, origin, "models", sized);
		const models = new ModelsPage(blank, fromModelsViewSchema);
		await models.show(origin, options);
		return models;
	}

	get list(): Locator {
		return this.page.getByRole("listbox", { name: "Models" });
	}

	option(name: string): Locator {
		return this.page.getByRole("option", { name: new RegExp(`^${name}`) });
	}

	override button(name: string): Locator {
		return this.page.locator("vscode-button", { hasText: name });
	}
}
