import assert from "node:assert/strict";
import type { EditorPage } from "../test/workbench/editorPage.ts";
import {
	addedMember,
	addedParameter,
	renamed,
	type Scenario,
} from "../test/support/nextEditScenarios.ts";

/** How the first edits of each scenario are typed, and how often Tab is pressed then: once to go to what is off the screen, once to put in what is on it. */
const begun: readonly {
	readonly what: string;
	readonly scenario: Scenario;
	readonly byHand: (editor: EditorPage) => Promise<void>;
	readonly tabs: number;
}[] = [
	{
		what: "name",
		scenario: renamed,
		byHand: async (editor) => {
			await editor.goToEndOf(1);
			await editor.page.keyboard.press("Home");
			await press(editor, "ArrowRight", "export function ".length);
			await editor.page.keyboard.press("Control+Shift+ArrowRight");
			await write(editor, "sumOfPrices");
		},
		tabs: 4,
	},
	{
		what: "parameter",
		scenario: addedParameter,
		byHand: async (editor) => {
			await writeInFrontOf(editor, 1, "): void {", ", theme: Theme");
			await writeInFrontOf(editor, 6, ");", ", theme");
			await writeInFrontOf(editor, 11, ");", ", theme");
		},
		tabs: 3,
	},
	{
		what: "member",
		scenario: addedMember,
		byHand: async (editor) => {
			await writeBehind(editor, 3, "Warning,");
			// One list of levels after the other: each begins six lines below the last.
			for (const line of [9, 15, 21]) {
				await writeBehind(editor, line, "Level.Warning,");
			}
		},
		tabs: 3,
	},
];

/** An edit lies so far behind the one before that both are whole. */
const betweenEditsMs = 2500;

const betweenTabsMs = 1000;

/**
 * Has changes begun by hand gone on with by Tab alone, and takes a picture of each when it is offered and when it is done. Needs next edits
 * to be on. Fails where the file that is saved isn't what the change comes to.
 */
export async function takeNextEditPictures(editor: EditorPage, theme: string): Promise<void> {
	const { page } = editor;
	for (const { what, scenario, byHand, tabs } of begun) {
		const file = await editor.openFile(`next-edit-${what}-${theme}.ts`, scenario.before);
		await byHand(editor);
		await editor.screenshot(`gallery-next-edit-${what}-${theme}`);
		for (let pressed = 0; pressed < tabs; pressed++) {
			await page.keyboard.press("Tab");
			// A person sees first what it did: one too many is an ordinary Tab.
			await page.waitForTimeout(betweenTabsMs);
		}
		await editor.screenshot(`gallery-next-edit-${what}-done-${theme}`);
		assert.equal(await editor.saveText(file), scenario.after);
		await editor.runCommand("View: Close All Editors");
	}
}

async function writeInFrontOf(
	editor: EditorPage,
	line: number,
	end: string,
	text: string,
): Promise<void> {
	await editor.goToEndOf(line);
	await press(editor, "ArrowLeft", end.length);
	await write(editor, text);
}

async function writeBehind(editor: EditorPage, line: number, text: string): Promise<void> {
	await editor.goToEndOf(line);
	await editor.page.keyboard.press("Enter");
	await write(editor, text);
}

async function press({ page }: EditorPage, key: string, times: number): Promise<void> {
	for (let pressed = 0; pressed < times; pressed++) {
		await page.keyboard.press(key);
	}
}

async function write({ page }: EditorPage, text: string): Promise<void> {
	await page.keyboard.insertText(text);
	await page.waitForTimeout(betweenEditsMs);
}
