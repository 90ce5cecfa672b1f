/**
 * A stranger's first minutes with the packaged extension, in a real VS Code: the walkthrough, a first suggestion, why there is
 * none, quiet for a while, what was saved, and a report for whoever helps.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EditorPage } from "./editorPage.ts";
import { PackagedEditor, watchFailures } from "./packagedEditor.ts";

let packaged: PackagedEditor;
let editor: EditorPage;

beforeAll(async () => {
	packaged = await PackagedEditor.start("firstDay", {
		userSettings: {
			// What the small model writes here is right, but it isn't sure of it.
			"mote.completion.minJointProbability": 0.3,
		},
	});
	({ editor } = packaged);
	await packaged.open();
	await editor.waitForStatus("Ready.");
});

afterAll(() => packaged.close());

watchFailures(() => editor, "firstDay");

async function chooseInMenu(label: string): Promise<void> {
	await editor.openMenu();
	await editor.chooseInMenu(label);
}

test("the walkthrough opens a file with a suggestion, and its first step ticks when that is taken", async () => {
	await editor.runCommand("Mote: Get Started");
	const walkthrough = editor.page.locator(".gettingStartedContainer");
	await walkthrough.getByText("Get started with Mote").first().waitFor();
	await editor.screenshot("workbench-walkthrough");
	await walkthrough.getByText("Try it in a file").click();
	await editor.ghost.waitFor();
	expect(await editor.page.locator(".tab", { hasText: "Untitled-1" }).count()).toBe(1);
	await editor.screenshot("workbench-walkthrough-try");
	await editor.page.keyboard.press("Tab");
	await walkthrough.locator(".getting-started-step .complete.codicon").first().waitFor();
	await editor.screenshot("workbench-walkthrough-ticked");
});

test("the menu reaches everything, and tells the last silence in a sentence", async () => {
	await editor.page.keyboard.press("Enter");
	await editor.page.keyboard.type("zqx = ");
	await editor.openMenu();
	await editor.screenshot("workbench-menu");
	await editor.page.keyboard.press("Escape");
});

test("why there is no suggestion is told step by step, beside the file", async () => {
	await chooseInMenu("Why no suggestion?");
	expect(await editor.documentText("Why no suggestion")).toMatch(/^# Why no suggestion\?/);
	await editor.screenshot("workbench-why");
});

test("a snooze is seen in the status bar, with its end, and ends by hand", async () => {
	await chooseInMenu("Snooze for 5 minutes");
	await editor.statusItem.locator('a[aria-label*="snoozed until"]').waitFor();
	await editor.screenshot("workbench-snoozed");
	await chooseInMenu("End the snooze");
	await editor.statusItem.locator('a:not([aria-label*="snoozed"])').first().waitFor();
});

test("statistics have counted what was taken", async () => {
	await editor.runCommand("Mote: Show Statistics");
	const frame = await editor.frameWith((one) => one.getByText("Taken as a whole"));
	const whole = frame
		.locator("dt", { hasText: "Taken as a whole" })
		.locator("xpath=following-sibling::dd[1]");
	expect(await whole.textContent()).toMatch(/^1 \(\d+ %\)$/);
	await frame.locator(".plot canvas").first().waitFor();
	await editor.screenshot("workbench-statistics");
});

test("the report for whoever helps is there to be pasted", async () => {
	await editor.runCommand("Mote: Show Diagnostics Report");
	const text = await editor.documentText("Diagnostics of Mote");
	expect(text).toMatch(/^# Diagnostics of Mote/);
	expect(text).not.toContain(packaged.workspaceFolder);
	expect(text).not.toContain("127.0.0.1");
	await editor.screenshot("workbench-diagnostics");
});
