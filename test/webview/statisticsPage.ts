import type { Browser, Locator } from "playwright-core";
import {
	fromStatisticsViewSchema,
	type FromStatisticsView,
	type ToStatisticsView,
} from "../../src/statistics/messages.ts";
import { TestedView } from "./testedView.ts";
import { openBlankPage, type ViewPageOptions } from "./viewPage.ts";

/** The page of statistics in a browser, with this test as its extension. */
export class StatisticsPage extends TestedView<FromStatisticsView, ToStatisticsView> {
	static async open(
		browser: Browser,
		origin: string,
		options: ViewPageOptions = {},
	): Promise<StatisticsPage> {
		const sized = { width: 1000, height: 900, ...options };
		const blank = await openBlankPage(browser, origin, "statistics", sized);
		const statistics = new StatisticsPage(blank, fromStatisticsViewSchema());
		await statistics.show(origin, options);
		return statistics;
	}

	override button(name: string): Locator {
		return this.page.locator("vscode-button, button", { hasText: name });
	}
}
