/**
 * Somebody writes a small project in its first days, at a person's pace, with the model that ships. How much of it ghost text
 * writes depends on the machine too, and is said by bench/editorTyping.ts; here what they wanted has to be in the files in the
 * end, whatever was shown, and some of it has to come from ghosts.
 */
import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { PackagedEditor } from "./packagedEditor.ts";
import { typedFile, typingPageHeight, typingSettings } from "./typedFile.ts";
import { copyToolshed, readScript, type PlaceKind } from "./typingScript.ts";

const kinds: readonly PlaceKind[] = ["Python module", "HTML", "Vue", "JSON"];

/** On a machine that is busy with something else answers come later: the same is then typed more slowly. */
const slownesses = [1, 10, 100];

let packaged: PackagedEditor;

beforeAll(async () => {
	packaged = await PackagedEditor.start("typing", {
		...{ model: "auto", copyWorkspace: copyToolshed, pageHeight: typingPageHeight },
		userSettings: typingSettings,
	});
	await packaged.open();
	await packaged.editor.waitForStatus("Ready.");
});

afterAll(() => packaged.close());

test.each(kinds)("%s: what was to be written is in the file, and keys add up", async (kind) => {
	const { editor } = packaged;
	onTestFailed(() => editor.screenshot(`failed-typing-${kind}`));
	const [file] = (await readScript()).filter((scripted) => scripted.kind === kind);
	if (file === undefined) {
		throw new Error(`The script has no ${kind}.`);
	}
	const { places, saved } = await typedFile(editor, file);
	expect(saved).toBe(file.places.at(-1)?.text);
	expect(places).toHaveLength(file.places.length);
	for (const { typed } of places) {
		const right = typed.ghosts.filter(({ isRight }) => isRight);
		const taken = right.reduce((sum, ghost) => sum + ghost.taken, 0);
		// More where the editor had put in what belongs nowhere.
		expect(typed.pressed).toBeGreaterThanOrEqual(typed.keys - taken + right.length);
	}
});

test("ghosts that are right are shown, and taken", async () => {
	const { editor } = packaged;
	const [file] = await readScript();
	if (file === undefined) {
		throw new Error("The script is empty.");
	}
	let taken = 0;
	for (const slowness of slownesses) {
		const { places, saved } = await typedFile(editor, file, { slowness });
		expect(saved).toBe(file.places.at(-1)?.text);
		taken = places.reduce(
			(sum, { typed }) => sum + typed.ghosts.filter((ghost) => ghost.taken > 0).length,
			0,
		);
		if (taken > 0) {
			break;
		}
	}
	expect(taken).toBeGreaterThan(0);
});
