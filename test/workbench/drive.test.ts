/**
 * Uses the packaged extension as a person does: types into a file in a real VS Code, reads the ghost
 * text, takes it, and looks at the file on disk. The model is the bundled one, so what it writes is not
 * asserted, only that what was shown is what is inserted.
 */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newPage, openWorkbench } from "./browser.ts";
import { EditorPage } from "./editorPage.ts";
import { PackagedEditor, watchFailures } from "./packagedEditor.ts";

/** So long after a window is there it lists its folders, also on a busy machine. */
const listedMs = 30_000;

let packaged: PackagedEditor;
let editor: EditorPage;
const foreignRequests: string[] = [];

beforeAll(async () => {
	packaged = await PackagedEditor.start("drive", {
		userSettings: {
			"files.defaultLanguage": "typescript",
			// What the small model writes here is right, but it isn't sure of it.
			"mote.completion.minJointProbability": 0.3,
		},
	});
	({ editor } = packaged);
	editor.page.on("request", (request) => {
		const url = new URL(request.url());
		if (/^(http|ws)s?:$/.test(url.protocol) && url.hostname !== "127.0.0.1") {
			foreignRequests.push(url.href);
		}
	});
	await packaged.open();
});

afterAll(() => packaged.close());

watchFailures(() => editor, "drive");

test("the status bar says that Mote is ready", async () => {
	await editor.waitForStatus("Ready.");
});

test("ghost text appears while typing, and Tab inserts what was shown", async () => {
	const file = await editor.openFile("src/arithmetic.ts", arithmetic);
	const typed = await editor.typeUntilGhost(
		"export function multiply(a: number, b: number): number {",
	);
	const shown = await editor.ghostText();
	// A bracket that the editor closed by itself is drawn before or amid what is shown.
	const line = await editor.lineWithGhost();
	await editor.screenshot("ghost-dark");
	await editor.page.keyboard.press("Tab");
	const saved = await editor.save(file);
	expect(shown).not.toBe("");
	expect(line.startsWith(typed)).toBe(true);
	expect(line.length).toBeGreaterThanOrEqual(typed.length + shown.length);
	expect(saved.slice(0, arithmetic.length + line.length)).toBe(arithmetic + line);
});

test("Escape hides ghost text and leaves the file as it was typed", async () => {
	const file = await editor.openFile("tools/shapes.py", shapes);
	const typed = await editor.typeUntilGhost("def perimeter(width, height):");
	await editor.page.keyboard.press("Escape");
	await editor.ghost.waitFor({ state: "detached" });
	const saved = await editor.save(file);
	expect(saved.slice(0, shapes.length + typed.length)).toBe(shapes + typed);
	// The editor closes brackets while they are typed.
	expect(saved.slice(shapes.length + typed.length)).toMatch(/^[)\]}]*$/);
});

test("the next word alone can be taken", async () => {
	const file = await editor.openFile("web/names.js", names);
	const typed = await editor.typeUntilGhost("export function lastName(person) {");
	const shown = await editor.ghostText();
	await editor.page.keyboard.press("Control+ArrowRight");
	const behind = (await editor.save(file)).slice(names.length + typed.length).trimEnd();
	// The editor closes a bracket that was typed, and counts a line break and its indentation to the word before it.
	const hasOpenBracket = typed.lastIndexOf("(") > typed.lastIndexOf(")");
	const taken = hasOpenBracket && behind.endsWith(")") ? behind.slice(0, -1) : behind;
	expect(taken).not.toBe("");
	expect(shown.startsWith(taken)).toBe(true);
});

test("ghost text appears in a light theme too", async () => {
	await editor.toggleTheme("2026-light");
	await editor.openFile("src/constants.ts", constants);
	await editor.typeUntilGhost("export const maxHeight = minHeight * 20;");
	await editor.screenshot("ghost-light");
	await editor.toggleTheme("2026-dark");
});

test("the status bar item opens a menu that turns completions off and on", async () => {
	await editor.openMenu();
	await editor.screenshot("menu");
	await editor.chooseInMenu("off everywhere", "Turn completions off");
	await editor.waitForStatus("Completions are turned off.");
	await editor.openMenu();
	await editor.chooseInMenu("Turn completions on");
	await editor.statusItem.locator("a:not([aria-label*=off])").waitFor();
});

test("the status bar item keeps its width while one types, and when one asks", async () => {
	await editor.openFile("src/widths.ts", arithmetic);
	await editor.page.keyboard.press("Control+End");
	const widths = await editor.watchStatusWidths();
	await editor.page.keyboard.type("export function divide(a: number, b: number): number {\n", {
		delay: 50,
	});
	await editor.runCommand("Mote: Complete Here");
	await editor.page.keyboard.type("return a", { delay: 50 });
	expect(await widths()).toHaveLength(1);
});

test("a document whose language changes says what holds for the new one", async () => {
	const { page } = editor;
	await editor.openFile("notes.txt", "const total = 1;\n");
	await editor.waitForStatus("Completions are turned off in plaintext.");
	await editor.runCommand("Change Language Mode");
	await page
		.locator('.quick-input-widget input[placeholder="Select Language Mode"]')
		.fill("TypeScript");
	await page
		.locator(".quick-input-list .monaco-list-row.focused", { hasText: /^TypeScript/ })
		.waitFor();
	await page.keyboard.press("Enter");
	await editor.statusItem.locator("a:not([aria-label*=off])").waitFor();
});

test("the last prompt is shown beside the code, in both themes", async () => {
	await editor.openFile("src/temperature.ts", temperature);
	await editor.typeUntilGhost("export function toKelvin(celsius: number): number {");
	await editor.runCommand("Mote: Show What Went into the Last Prompt");
	const shown = editor.page.locator(".view-line");
	// The top of the document: the pieces of other files, which all have a reason, come before the file's own lines.
	await shown.filter({ hasText: "#\u00a0src/temperature.ts:" }).waitFor();
	await shown
		.filter({ hasText: /^\|\u00a0export/ })
		.first()
		.waitFor();
	await shown.filter({ hasText: "of\u00a0the\u00a0answer's\u00a0probability" }).waitFor();
	await editor.screenshot("inspector-dark");
	await editor.toggleTheme("2026-light");
	await editor.screenshot("inspector-light");
});

test("in a window of several folders, related code comes from the folder of the document", async () => {
	const second = path.join(packaged.dataFolder, "../ledgers");
	await mkdir(second);
	await writeFile(path.join(second, "ledger.ts"), ledger);
	const workspaceFile = path.join(packaged.dataFolder, "../several.code-workspace");
	const folders = [{ path: packaged.workspaceFolder }, { path: second }];
	const nameFolders = (): Promise<void> => writeFile(workspaceFile, JSON.stringify({ folders }));
	await nameFolders();
	const page = await newPage(packaged.browser);
	await openWorkbench(page, packaged.workbench, { workspaceFile });
	const several = new EditorPage(page, second);
	await several.waitForStatus("Ready.");
	// An editor that starts while its machine is busy may fail to read which folders there are: it reads it again when it is written.
	const listed = page.getByRole("treeitem", { name: path.basename(second) }).first();
	await listed.waitFor({ timeout: listedMs }).catch(nameFolders);
	await listed.waitFor();
	await several.openFile("payment.ts", payment);
	await several.runCommand("Mote: Show What Went into the Last Prompt");
	const shown = page.locator(".view-line");
	// Until the second folder has been read. What is related stays as it is while a line is typed, so each on its own.
	await expect
		.poll(async () => {
			await page.keyboard.press("Control+End");
			await page.keyboard.type("\n\tledger.");
			await several.runCommand("Mote: Complete Here");
			return await shown.filter({ hasText: "ledgers/ledger.ts:" }).count();
		})
		.toBeGreaterThan(0);
	await shown.filter({ hasText: "postDeposit" }).first().waitFor();
	await several.screenshot("several-folders");
	await page.context().close();
});

test("a window without a folder completes too", async () => {
	const page = await newPage(packaged.browser);
	await openWorkbench(page, packaged.workbench, {});
	const empty = new EditorPage(page, packaged.workspaceFolder);
	await empty.waitForStatus("Ready.");
	await empty.runCommand("New Untitled Text File");
	await page.locator(".tab.active", { hasText: "Untitled-1" }).waitFor();
	await page.locator(".editor-instance .monaco-editor.focused").waitFor();
	await page.keyboard.insertText(temperature);
	await empty.typeUntilGhost("export function toKelvin(celsius: number): number {");
	await page.context().close();
});

test("nothing asked for any other machine", () => {
	expect(foreignRequests).toEqual([]);
});

const arithmetic = `export function add(a: number, b: number): number {
	return a + b;
}

export function subtract(a: number, b: number): number {
	return a - b;
}

`;

const shapes = `def area(width, height):
    return width * height


def volume(width, height, depth):
    return width * height * depth


`;

const names = `export function firstName(person) {
	return person.name.split(" ")[0];
}

`;

const temperature = `export function toFahrenheit(celsius: number): number {
	return celsius * 1.8 + 32;
}

export function toCelsius(fahrenheit: number): number {
	return (fahrenheit - 32) / 1.8;
}

`;

const ledger = `export class Ledger {
	postDeposit(account: string, cents: number): void {
		this.entries.push({ account, cents });
	}
	private readonly entries: { account: string; cents: number }[] = [];
}
`;

const payment = `import { Ledger } from "./ledger";

export function pay(ledger: Ledger, account: string): void {
`;

const constants = `export const minWidth = 10;
export const maxWidth = 200;
export const minHeight = 10;
`;
