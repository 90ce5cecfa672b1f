/** Uses the built page of statistics as a person does, in a browser with the page's own content security policy. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { daysUpTo } from "../../src/statistics/days.ts";
import { noStatistics, withEvent, type Statistics } from "../../src/statistics/statistics.ts";
import { statisticsView } from "../../src/statistics/statisticsView.ts";
import type { Span } from "../../src/statistics/messages.ts";
import { launchBrowser, screenshotFolder } from "../workbench/browser.ts";
import { StatisticsPage } from "./statisticsPage.ts";
import { themes } from "./themes.ts";
import type { ViewPageOptions } from "./viewPage.ts";
import { serveView, type ViewServer } from "./viewServer.ts";

const today = "2026-11-27";

let server: ViewServer;
let browser: Browser;
let statistics: StatisticsPage;

beforeAll(async () => {
	server = await serveView("statistics");
	browser = await launchBrowser();
});

afterEach(async () => {
	expect(statistics.errors).toEqual([]);
	expect(statistics.foreignRequests).toEqual([]);
	expect(await statistics.page.evaluate("violations")).toEqual([]);
	expect(await statistics.page.evaluate("ran")).toBe(0);
	await statistics.close();
});

afterAll(async () => {
	await browser.close();
	await server[Symbol.asyncDispose]();
});

/** Some weeks of somebody who writes on most days, in three languages. */
const weeks: Statistics = daysUpTo(today, 40).reduce((sum, day, at) => {
	const isResting = at % 7 > 4;
	return ["typescript", "python", "go"].reduce((all, languageId, of) => {
		const shown = isResting ? 0 : 40 + ((at * 37 + of * 11) % 90);
		return withEvent(all, day, {
			languageId,
			counts: {
				shown,
				accepted: Math.floor(shown * 0.6),
				partlyAccepted: Math.floor(shown * 0.1),
				checked: Math.floor(shown * 0.7),
				kept: Math.floor(shown * 0.65),
				savedKeys: shown * 5,
			},
			...(isResting ? {} : { latencyMs: 20 + ((at * 13) % 60) }),
		});
	}, sum);
}, noStatistics);

async function open(
	counted: Statistics = weeks,
	options: ViewPageOptions = {},
	span: Span = 30,
): Promise<StatisticsPage> {
	statistics = await StatisticsPage.open(browser, server.origin, options);
	await statistics.tell({ kind: "statistics", view: statisticsView(counted, today, span) });
	return statistics;
}

/** How many points of a plot have another colour than its background. */
const inkOf = (plot: number): Promise<number> =>
	statistics.page.evaluate<number>(`{
		const canvas = document.querySelectorAll(".plot canvas")[${plot}];
		const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
		let ink = 0;
		for (let at = 3; at < data.length; at += 4) { ink += data[at] > 0 ? 1 : 0; }
		ink;
	}`);

test("the page asks for the figures, and draws them as plots and as tables", async () => {
	const { page, messages } = await open();
	expect(messages).toEqual([{ kind: "ready" }]);
	for (const plot of [0, 1, 2]) {
		expect(await inkOf(plot)).toBeGreaterThan(1000);
	}
	expect(await page.getByRole("img").count()).toBe(3);
	await page.getByText("The same as a table").click();
	const byDay = page.getByRole("table", { name: "By day" });
	expect(await byDay.getByRole("row").count()).toBe(31);
	expect(await byDay.getByRole("rowheader").first().textContent()).toBe(today);
	// What an extension calls a language is text.
	const view = statisticsView(weeks, today, 30);
	const languages = view.languages.map((row) => ({ ...row, languageId: "<b>go</b>" }));
	await statistics.tell({ kind: "statistics", view: { ...view, languages } });
	await page.getByRole("rowheader", { name: "<b>go</b>" }).first().waitFor();
});

test("a span, an export and deleting are asked for by buttons, also by the keyboard", async () => {
	const { page, messages } = await open();
	await statistics.button("90 days").click();
	await statistics.button("Export as CSV").click();
	await statistics.button("Export as JSON").click();
	await statistics.button("Delete").focus();
	await page.keyboard.press("Enter");
	expect(messages.slice(1)).toEqual([
		{ kind: "span", days: 90 },
		{ kind: "export", format: "csv" },
		{ kind: "export", format: "json" },
		{ kind: "delete" },
	]);
	expect(await statistics.button("30 days").getAttribute("aria-pressed")).toBe("true");
});

test("without anything the page says what will be counted, and draws nothing", async () => {
	const { page } = await open(noStatistics);
	await page.getByText("Nothing was counted in the last 30 days.").waitFor();
	expect(await page.locator("main").isVisible()).toBe(false);
	await statistics.tell({ kind: "statistics", view: statisticsView(weeks, today, 30) });
	expect(await inkOf(0)).toBeGreaterThan(1000);
});

test("a sentence of the extension is shown and spoken", async () => {
	const { page } = await open();
	await statistics.tell({ kind: "notice", text: "The statistics are exported." });
	await page.locator(".notice", { hasText: "The statistics are exported." }).waitFor();
	expect(await page.getByRole("status").textContent()).toBe("The statistics are exported.");
});

test("plots follow the width of the page and the theme", async () => {
	const { page } = await open();
	const width = (): Promise<number> =>
		page.evaluate<number>('document.querySelector(".plot .uplot").clientWidth');
	const wide = await width();
	await page.setViewportSize({ width: 420, height: 900 });
	await expect.poll(width).toBeLessThan(wide);
	const pixels = (): Promise<string> =>
		page.evaluate<string>('document.querySelector(".plot canvas").toDataURL()');
	const before = await pixels();
	await page.evaluate(
		'document.documentElement.style.setProperty("--vscode-charts-blue", "rgb(255, 0, 0)")',
	);
	await expect.poll(pixels).not.toBe(before);
});

test.each(Object.entries(themes))("nothing sticks out in %s", async (name, theme) => {
	const { page } = await open(weeks, { theme, width: 320 }, 365);
	expect(
		await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth"),
	).toBeLessThanOrEqual(0);
	await page.setViewportSize({ width: 1000, height: 900 });
	await statistics.tell({ kind: "statistics", view: statisticsView(weeks, today, 30) });
	await expect.poll(() => inkOf(2)).toBeGreaterThan(1000);
	await mkdir(screenshotFolder, { recursive: true });
	await page.screenshot({ path: path.join(screenshotFolder, `statistics-${name}.png`) });
});
