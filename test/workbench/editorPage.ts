import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Frame, Locator, Page } from "playwright-core";
import * as z from "zod";
import { hangMs } from "../support/hangGuard.ts";
import { screenshotFolder } from "./browser.ts";

/**
 * Longer than the debounce and the engine's answer: typing shall not outrun them here. On a busy machine the first is
 * too short, and the text is typed again, more slowly.
 */
const pausesAfterKeyMs = [700, 4000] as const;

/** How long the editor is asked for something before it is asked again, as a person would: each time for longer. */
const firstAskingMs = 5000;
const maxAttempts = Math.log2(hangMs / firstAskingMs);

/** Of a picture of some lines, in CSS pixels. */
const pictureWidth = 760;

const quickInput = ".quick-input-widget input.input";
const firstRow = ".quick-input-list .monaco-list-row.focused";

const statusItem = '.statusbar-item[id="mote.mote.mote.status"]';

/** What a person does and sees in the editor, on a page that {@link openWorkbench} opened. */
export class EditorPage {
	readonly page: Page;
	readonly #workspaceFolder: string;

	constructor(page: Page, workspaceFolder: string) {
		this.page = page;
		this.#workspaceFolder = workspaceFolder;
	}

	/** The status bar item, whatever it says. */
	get statusItem(): Locator {
		return this.page.locator(statusItem);
	}

	get ghost(): Locator {
		return this.page.locator(".ghost-text-decoration").first();
	}

	/** Notes how wide the status bar item is with each change of it, in CSS pixels; gives the different widths so far. */
	async watchStatusWidths(): Promise<() => Promise<readonly number[]>> {
		await this.page.evaluate(`{
			const item = document.querySelector('${statusItem}');
			globalThis.moteWidths = new Set();
			const note = () => globalThis.moteWidths.add(item.getBoundingClientRect().width);
			note();
			new MutationObserver(note).observe(item, {
				subtree: true, childList: true, characterData: true, attributes: true,
			});
		}`);
		return async () =>
			z.array(z.number()).parse(await this.page.evaluate("[...globalThis.moteWidths]"));
	}

	/** Resolves when the status bar item says `sentence`. */
	async waitForStatus(sentence: string): Promise<void> {
		await this.statusItem.locator(`a[aria-label="Mote: ${sentence}"]`).waitFor();
	}

	/** Writes a file of the workspace and opens it through the palette; gives its path on disk. */
	async openFile(name: string, content: string): Promise<string> {
		const file = path.join(this.#workspaceFolder, name);
		const baseName = path.basename(name);
		await writeFile(file, content);
		// By its whole path, which the editor looks up itself: its search of a folder may not know what was just written.
		await this.#choose("Control+P", file, baseName);
		await this.page.locator(".tab.active", { hasText: baseName }).waitFor();
		await this.page.locator(".editor-instance .view-lines").first().click();
		return file;
	}

	/** What the status bar item says at the moment. */
	async statusSentence(): Promise<string> {
		const label = await this.statusItem.locator("a").first().getAttribute("aria-label");
		return (label ?? "").replace(/^Mote: /, "").replace(/\n[^]*$/, "");
	}

	/** Puts the cursor of the file that has the focus at the end of a line, from 1. */
	async goToEndOf(line: number): Promise<void> {
		await this.page.keyboard.press("Control+G");
		await this.page.locator(quickInput).fill(`:${line}`);
		await this.page.keyboard.press("Enter");
		await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
		await this.page.locator(".editor-instance .monaco-editor.focused").waitFor();
		await this.page.keyboard.press("End");
	}

	/**
	 * Types `text` at the end of the file, key by key, until ghost text appears; gives what was typed. Where
	 * in the text a model is ready to go on is its own affair.
	 */
	async typeUntilGhost(text: string): Promise<string> {
		for (const pauseMs of pausesAfterKeyMs) {
			await this.page.keyboard.press("Control+End");
			for (let end = 1; end <= text.length; end++) {
				await this.page.keyboard.type(text.charAt(end - 1));
				const isShown = await this.ghost.waitFor({ timeout: pauseMs }).then(
					() => true,
					() => false,
				);
				if (isShown) {
					return text.slice(0, end);
				}
			}
			for (let left = text.length; left > 0; left--) {
				await this.page.keyboard.press("Control+Z");
			}
		}
		throw new Error(`No ghost text appeared while typing ${JSON.stringify(text)}.`);
	}

	/** The first line of the ghost text that is shown. */
	async ghostText(): Promise<string> {
		const parts = await this.page.locator(".ghost-text-decoration").allTextContents();
		// The editor draws spaces as no-break spaces.
		return parts.join("").replaceAll("\u00a0", " ");
	}

	/** The line that ghost text begins in, as it is drawn: what is written and what is shown of it. */
	async lineWithGhost(): Promise<string> {
		const line = this.page.locator(".view-line").filter({ has: this.ghost });
		return (await line.first().innerText()).replaceAll("\u00a0", " ");
	}

	/** Saves a file that has unsaved changes, and gives its content on disk once that has changed. */
	async save(file: string): Promise<string> {
		const before = await readFile(file, "utf8");
		await this.page.keyboard.press("Control+S");
		const deadline = Date.now() + hangMs;
		for (;;) {
			const text = await readFile(file, "utf8");
			// A save empties the file first.
			if (text !== before && text !== "") {
				return text;
			}
			if (Date.now() > deadline) {
				throw new Error(`The editor did not save ${file}.`);
			}
			await sleep(50);
		}
	}

	/** Saves the file that has the focus, and gives its content on disk once nothing is unsaved. */
	async saveText(file: string): Promise<string> {
		await this.page.keyboard.press("Control+S");
		await this.page.locator(".tab.active:not(.dirty)").first().waitFor();
		return await readFile(file, "utf8");
	}

	/** Runs the command that the palette lists under this title. */
	async runCommand(title: string): Promise<void> {
		await this.#choose("F1", `>${title}`, title);
	}

	/** What the editor says about how long Mote took to activate, in milliseconds. */
	async activationMs(): Promise<number> {
		await this.runCommand("Developer: Show Running Extensions");
		const row = this.page.locator(".runtime-extensions-editor .extension", {
			// The editor may know the name for people or not.
			has: this.page.locator(".name", { hasText: /^(?:Mote|mote\.mote)$/ }),
		});
		const said = await row.locator(".activation-time", { hasText: /\d+ms/ }).textContent();
		return Number(/(\d+)ms/.exec(said ?? "")?.[1]);
	}

	/** Opens the menu of the status bar item. What is typed before it is there goes into the file. */
	async openMenu(): Promise<void> {
		await this.statusItem.locator("a").first().click();
		await this.page
			.locator(".quick-input-list .monaco-list-row", { hasText: "Why no suggestion?" })
			.waitFor();
	}

	/** Searches the menu that is open, and takes its first row once it is one with `label`. */
	async chooseInMenu(search: string, label = search): Promise<void> {
		await this.page.locator(quickInput).fill(search);
		await this.page.locator(firstRow, { hasText: label }).waitFor();
		await this.page.keyboard.press("Enter");
	}

	/** Resolves to the frame that has what `find` looks for, once there is one: each view has a frame of its own. */
	async frameWith(find: (frame: Frame) => Locator): Promise<Frame> {
		const deadline = Date.now() + hangMs;
		while (Date.now() < deadline) {
			for (const frame of this.page.frames()) {
				// A frame may be thrown away while it is asked.
				const count = await find(frame)
					.count()
					.catch(() => 0);
				if (count > 0) {
					return frame;
				}
			}
			await sleep(50);
		}
		throw new Error("No frame has what was looked for.");
	}

	/** The text of the read-only document with this title, as far as it is in sight. */
	async documentText(title: string): Promise<string> {
		await this.page.locator(".tab", { hasText: title }).waitFor();
		const lines = this.page.locator(`.editor-instance[aria-label*="${title}"] .view-line`);
		await lines.first().waitFor();
		return (await lines.allTextContents()).join("\n").replaceAll("\u00a0", " ");
	}

	/** Changes from a light theme to a dark one or back, and waits until `theme` is drawn. */
	async toggleTheme(theme: "2026-light" | "2026-dark"): Promise<void> {
		await this.runCommand("Toggle between Light/Dark Themes");
		await this.#themeIs(theme);
	}

	/** A picture of the lines around the cursor, `lines` of them above and below. */
	async pictureAtCursor(lines: {
		readonly above: number;
		readonly below: number;
	}): Promise<Buffer> {
		const cursor = await this.page.locator(".editor-instance .cursors-layer .cursor").boundingBox();
		const editor = await this.page.locator(".editor-instance .view-lines").boundingBox();
		assert(cursor !== null && editor !== null, "an editor has the focus");
		const top = Math.max(editor.y, cursor.y - lines.above * cursor.height);
		const bottom = cursor.y + (lines.below + 1) * cursor.height;
		const clip = { x: editor.x - 8, y: top, width: pictureWidth, height: bottom - top };
		return await this.page.screenshot({ clip });
	}

	/** Draws the theme that belongs to the system's colours; needs the setting window.autoDetectColorScheme. */
	async showColorScheme(scheme: "light" | "dark"): Promise<void> {
		await this.page.emulateMedia({ colorScheme: scheme });
		await this.#themeIs(`2026-${scheme}`);
	}

	/** Keeps a picture of the page for people to look at. */
	async screenshot(name: string): Promise<void> {
		await this.page.screenshot({ path: path.join(screenshotFolder, `${name}.png`) });
	}

	/** The same of a part of it: the README's pictures of views are cut out like this. */
	async screenshotOf(part: "sidebar" | "editor", name: string): Promise<void> {
		await this.page
			.locator(`.part.${part}`)
			.first()
			.screenshot({ path: path.join(screenshotFolder, `${name}.png`) });
	}

	async #themeIs(theme: "2026-light" | "2026-dark"): Promise<void> {
		await this.page
			.locator(`.monaco-workbench.vscode-theme-defaults-themes-${theme}-json`)
			.waitFor();
	}

	/**
	 * Opens the palette by a key, searches, and takes the first row once it is one with `label`. A window that has just
	 * opened may not hear the key yet, or close the palette again because something else takes the focus; and what a
	 * palette was told when it was opened stays while it is open. So each asking is of a palette opened anew.
	 */
	async #choose(key: string, search: string, label: string): Promise<void> {
		const input = this.page.locator(quickInput);
		const first = this.page.locator(firstRow, { hasText: label });
		for (let attempt = 0; attempt < maxAttempts; attempt++) {
			const timeout = firstAskingMs * 2 ** attempt;
			if (await input.isVisible()) {
				await input.press("Escape");
				await input.waitFor({ state: "hidden" });
			}
			await this.page.keyboard.press(key);
			const isListed = await input
				.fill("", { timeout })
				.then(() => input.fill(search, { timeout }))
				.then(() => first.waitFor({ timeout }))
				.then(
					() => true,
					() => false,
				);
			if (isListed) {
				await input.press("Enter");
				return;
			}
		}
		assert.fail(`the editor does not list ${label}`);
	}
}
