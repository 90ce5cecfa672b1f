/** Uses the built view of models as a person does, in a browser with the view's own content security policy. */
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { CatalogFacts, Work } from "../../src/modelCatalog/catalogFacts.ts";
import { catalogView } from "../../src/modelCatalog/catalogView.ts";
import { architectureNames } from "../../src/model/architecture.ts";
import { parseSuggestions } from "../../src/modelLibrary/suggestions.ts";
import {
	catalogFacts,
	installedEntry,
	suggested,
	unfinishedEntry,
} from "../support/catalogFacts.ts";
import { launchBrowser, screenshotFolder } from "../workbench/browser.ts";
import { repositoryRoot } from "../workbench/server.ts";
import { ModelsPage } from "./modelsPage.ts";
import { themes } from "./themes.ts";
import type { ViewPageOptions } from "./viewPage.ts";
import { serveView, type ViewServer } from "./viewServer.ts";

let server: ViewServer;
let browser: Browser;
let models: ModelsPage;

beforeAll(async () => {
	server = await serveView("models");
	browser = await launchBrowser();
});

afterEach(async () => {
	expect(models.errors).toEqual([]);
	expect(models.foreignRequests).toEqual([]);
	expect(await models.page.evaluate("violations")).toEqual([]);
	expect(await models.page.evaluate("ran")).toBe(0);
	await models.close();
});

afterAll(async () => {
	await browser.close();
	await server[Symbol.asyncDispose]();
});

async function open(
	facts: Partial<CatalogFacts> = {},
	options: ViewPageOptions = {},
): Promise<ModelsPage> {
	models = await ModelsPage.open(browser, server.origin, options);
	await show(facts);
	return models;
}

async function show(facts: Partial<CatalogFacts>): Promise<void> {
	await models.tell({ kind: "catalog", catalog: catalogView(catalogFacts(facts)) });
}

const downloading = (doneBytes: number): Partial<CatalogFacts> => ({
	works: new Map<string, Work>([
		[
			"maker--talker",
			{
				kind: "running",
				step: { kind: "downloading", doneBytes, totalBytes: 2e9 },
				bytesPerSecond: 21e6,
				isForChat: true,
			},
		],
	]),
});
const isFocused = (): Promise<unknown> =>
	models.page.evaluate("document.activeElement.textContent");

test("the view asks for the list, and selects what can be installed", async () => {
	await open();
	expect(models.messages).toEqual([{ kind: "ready" }]);
	expect(await models.option("Talker").getAttribute("aria-selected")).toBe("true");
	await models.page.getByText("It fits: it needs 5.3 GB").waitFor();
	await models.page.getByText("No model converses yet").waitFor();
	await models.button("Install").click();
	expect(models.messages.at(-1)).toEqual({
		kind: "act",
		rowId: "model maker--talker",
		action: "install",
	});
});

test("the keyboard goes through the list, to the buttons, and presses them", async () => {
	await open({ library: { entries: [installedEntry()], freeDiskBytes: 1e11 } });
	const { page } = models;
	await models.list.focus();
	await page.keyboard.press("Home");
	const active = async (): Promise<string | null> => {
		const id = await models.list.getAttribute("aria-activedescendant");
		return page.locator(`#${id ?? ""} .model-name`).textContent();
	};
	expect(await active()).toBe("talker");
	await page.keyboard.press("ArrowDown");
	expect(await active()).toBe("mote-base");
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("Tab");
	expect(await isFocused()).toBe("Use for the chat");
	await page.keyboard.press("Enter");
	expect(models.messages.at(-1)).toEqual({
		kind: "act",
		rowId: "model maker--talker",
		action: "useForChat",
	});
});

test("progress says how far, how fast and how long, and leaves the focus where it is", async () => {
	await open(downloading(5e8));
	const bar = models.page.getByRole("progressbar");
	expect(await bar.getAttribute("aria-valuenow")).toBe("25");
	await models.button("Pause").focus();
	await show(downloading(1e9));
	expect(await bar.getAttribute("aria-valuenow")).toBe("50");
	await models.page.getByText("1 GB of 2 GB, 21 MB a second, about a minute left.").waitFor();
	expect(await isFocused()).toBe("Pause");
	await models.button("Pause").click();
	expect(models.messages.at(-1)).toMatchObject({ action: "pause" });
	await show({ library: { entries: [unfinishedEntry], freeDiskBytes: 1e11 } });
	await models.button("Resume").waitFor();
	await expect.poll(isFocused).toBe("Resume");
	expect(await models.page.getByRole("status").textContent()).toContain("Paused at 43 %");
});

test("what was paused is shown also where it is told after the rest, unless somebody has chosen", async () => {
	await open({ library: undefined });
	await models.page.locator(".model-option[aria-selected=true]").waitFor();
	const library = { entries: [unfinishedEntry], freeDiskBytes: 1e11 };
	await show({ library });
	await models.page.getByText(/^Paused at 43 %/).waitFor();
	await models.close();
	await open({ library: undefined });
	await models.option("mote-base").click();
	await show({ library });
	await models.page.getByText("paused, 43 %").waitFor();
	await expect.poll(() => models.option("mote-base").getAttribute("aria-selected")).toBe("true");
});

test("a fault says its sentence, to eyes and ears", async () => {
	await open(downloading(5e8));
	await models.option("Talker").click();
	const sentence = "http://hub.example can't be reached; check the proxy.";
	await show({ works: new Map([["maker--talker", { kind: "failed", sentence }]]) });
	await models.page.locator(".details-state.failed", { hasText: sentence }).waitFor();
	expect(await models.page.getByRole("status").textContent()).toBe(sentence);
});

test("what is of one's own, servers and another look are asked for by buttons", async () => {
	await open();
	for (const name of ["Import a file", "Import a folder", "Connect to a server", "Look again"]) {
		await models.button(name).click();
	}
	expect(models.messages.slice(1).map(({ kind }) => kind)).toEqual([
		"importFile",
		"importFolder",
		"connectServer",
		"lookAgain",
	]);
});

test("the selection stays over a view that is thrown away, and the extension can set it", async () => {
	await open({ library: { entries: [installedEntry()], freeDiskBytes: 1e11 } });
	await models.option("mote-base").click();
	await models.page.reload();
	await show({ library: { entries: [installedEntry()], freeDiskBytes: 1e11 } });
	expect(await models.option("mote-base").getAttribute("aria-selected")).toBe("true");
	await models.tell({ kind: "select", rowId: "model maker--talker" });
	expect(await models.option("talker").getAttribute("aria-selected")).toBe("true");
});

test("names, sentences and notices of whatever source are text", async () => {
	const name = "<img src=x onerror='ran += 1'><b>x</b>";
	await open({
		suggestions: [suggested({ name, note: name, license: name })],
		servers: [{ name, address: name, models: [{ id: name, contextTokens: 1 }] }],
		works: new Map([["maker--talker", { kind: "failed", sentence: name }]]),
	});
	await models.tell({ kind: "notice", text: name });
	await models.option("<img").first().click();
	expect(await models.page.locator("img, b").count()).toBe(0);
	expect(await models.page.locator("h2#details-name").textContent()).toBe(name);
});

test.each([1000, 420, 280])("nothing sticks out at a width of %d pixels", async (width) => {
	await open(
		{ ...downloading(5e8), suggestions: shipped, importable: new Set(architectureNames) },
		{ width },
	);
	const overflowing = await models.page.evaluate<string[]>(`
		[...document.querySelectorAll("body *")].filter((e) => {
			const box = e.getBoundingClientRect();
			return (box.right > ${width} + 1 || box.left < -1) && e.closest(".visually-hidden") === null;
		}).map((e) => e.className)`);
	expect(overflowing).toEqual([]);
});

const shipped = parseSuggestions(
	readFileSync(path.join(repositoryRoot, "models/suggestions.json"), "utf8"),
);

test.each(Object.entries(themes))("the view is drawn in the theme %s", async (name, theme) => {
	const [first] = shipped;
	await open(
		{
			suggestions: shipped,
			importable: new Set(architectureNames),
			library: {
				entries: [installedEntry({ name: "qwen2.5-coder-0.5b-instruct" })],
				freeDiskBytes: 120e9,
			},
			servers: [
				{
					name: "Ollama",
					address: "http://127.0.0.1:11434/v1",
					models: [{ id: "qwen2.5-coder:7b", contextTokens: undefined }],
				},
			],
			works: new Map<string, Work>([
				[
					first?.repository.replace("/", "--") ?? "",
					{
						kind: "running",
						step: { kind: "downloading", doneBytes: 10.5e9, totalBytes: 24.3e9 },
						bytesPerSecond: 21e6,
						isForChat: false,
					},
				],
			]),
		},
		{ theme },
	);
	await mkdir(screenshotFolder, { recursive: true });
	await models.page.screenshot({ path: path.join(screenshotFolder, `models-${name}.png`) });
	expect(await models.page.evaluate("getComputedStyle(document.body).color")).toMatch(/^rgb/);
});
