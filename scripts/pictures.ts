/**
 * Takes pictures of the packaged extension in a real VS Code, as a new user sees it, in every kind of theme:
 *
 *     npm run pictures [-- dark light highContrast highContrastLight]
 *
 * Needs `npm run package` and what `npm test` installs. The pictures are `gallery-<what>-<theme>.png` in out/screenshots.
 */
import path from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import type { EditorPage } from "../test/workbench/editorPage.ts";
import { PackagedEditor } from "../test/workbench/packagedEditor.ts";
import { takeNextEditPictures } from "./nextEditPictures.ts";

/** As the editor's settings name them. */
const themes = {
	dark: "Dark 2026",
	light: "Light 2026",
	highContrast: "Default High Contrast",
	highContrastLight: "Default High Contrast Light",
} as const;

const themeNames = z.array(z.literal(Object.keys(themes) as (keyof typeof themes)[]));

async function takePictures(editor: EditorPage, theme: string): Promise<void> {
	const { page } = editor;
	const take = (what: string): Promise<void> => editor.screenshot(`gallery-${what}-${theme}`);
	const closeAll = (): Promise<void> => editor.runCommand("View: Close All Editors");
	await editor.runCommand("Mote: Get Started");
	const walkthrough = page.locator(".gettingStartedContainer");
	await walkthrough.getByText("Get started with Mote").first().waitFor();
	await take("walkthrough");
	await walkthrough.getByText("Try it in a file").click();
	await editor.ghost.waitFor();
	await take("ghost");
	await page.keyboard.press("Tab");
	await walkthrough.locator(".getting-started-step .complete.codicon").first().waitFor();
	await page.keyboard.press("Enter");
	// Nothing that a model is sure of goes on from here.
	await page.keyboard.type("zqx = ");
	await editor.openMenu();
	await take("menu");
	await editor.chooseInMenu("Why no suggestion?");
	await editor.documentText("Why no suggestion");
	await take("why");
	await editor.runCommand("View: Revert and Close Editor");
	await closeAll();
	await editor.runCommand("Mote: Show Statistics");
	const statistics = await editor.frameWith((frame) => frame.getByText("Taken as a whole"));
	await statistics.locator(".plot canvas").first().waitFor();
	await take("statistics");
	await closeAll();
	await editor.runCommand("Mote: Show Diagnostics Report");
	await editor.documentText("Diagnostics of Mote");
	await take("diagnostics");
	await closeAll();
	await editor.runCommand("Mote: Manage Models");
	await editor.frameWith((frame) => frame.locator("body.models .model-option"));
	await take("models");
	await editor.runCommand("Mote: Open Chat");
	await editor.frameWith((frame) => frame.locator(".composer"));
	await take("chat");
}

const { positionals } = parseArgs({ allowPositionals: true });
const wanted = themeNames.parse(positionals.length > 0 ? positionals : Object.keys(themes));
for (const theme of wanted) {
	await inEditor(theme, { "mote.completion.minJointProbability": 0.3 }, takePictures);
	// Without ghost text, which Tab would be about.
	const nextEdits = { "mote.nextEdit.enable": true, "mote.completion.minJointProbability": 1 };
	await inEditor(theme, nextEdits, takeNextEditPictures);
	console.log(`Pictures of the theme ${theme} are taken.`);
}

async function inEditor(
	theme: keyof typeof themes,
	settings: Readonly<Record<string, unknown>>,
	take: (editor: EditorPage, theme: string) => Promise<void>,
): Promise<void> {
	const packaged = await PackagedEditor.start(path.join("pictures", theme), {
		model: "auto",
		userSettings: {
			"workbench.colorTheme": themes[theme],
			"mote.server.offerRunning": false,
			...settings,
		},
	});
	try {
		await packaged.open();
		await packaged.editor.waitForStatus("Ready.");
		await take(packaged.editor, theme);
	} finally {
		await packaged.close();
	}
}
