/**
 * Takes the README's pictures of the editor: the sample that `npm start` opens, the model that ships, and the settings of the
 * tests. Needs `npm run package` and what `npm test` installs; look at what it writes into media/ before it is committed.
 *
 *     node bench/readmePictures.ts
 */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { placesIn } from "../test/workbench/typingScript.ts";
import { PackagedEditor } from "../test/workbench/packagedEditor.ts";
import { makeSampleRepository } from "../test/workbench/sampleRepository.ts";
import { repositoryRoot } from "../test/workbench/server.ts";
import { typedFile } from "../test/workbench/typedFile.ts";
import type { EditorPage } from "../test/workbench/editorPage.ts";
import { colorSchemeSettings } from "./editorTyping/pictures.ts";

const file = "src/readingList.ts";

/** What somebody writes at the end of the sample's class. */
const typed = `

	finished(): Book[] {
		return this.books.filter((book) => book.finished);
	}

	averagePages(): number {
		return this.totalPages() / this.books.length;
	}`;

async function picture(editor: EditorPage, name: string): Promise<void> {
	await writeFile(
		path.join(repositoryRoot, "media", name),
		await editor.page.screenshot({ animations: "disabled" }),
	);
}

const packaged = await PackagedEditor.start("readmePictures", {
	model: "auto",
	copyWorkspace: makeSampleRepository,
	// All lines of the file have to be on the page while it is typed into.
	pageHeight: 1250,
	userSettings: colorSchemeSettings,
});
try {
	const { editor } = packaged;
	await packaged.open();
	await editor.showColorScheme("light");
	await editor.waitForStatus("Ready.");
	const sample = await readFile(path.join(packaged.workspaceFolder, file), "utf8");
	const place = placesIn(sample.replace(/\n\}\s*$/, `├${typed}┤$&`))[0];
	if (place === undefined) {
		throw new Error(`${file} does not end with a class.`);
	}
	const about = { package: "reading-list", language: "TypeScript", languageId: "typescript" };
	let longest = 0;
	await typedFile(
		editor,
		{
			...{ kind: "TypeScript service", file, text: sample },
			places: [{ ...about, path: file, ...place }],
		},
		{
			onGhost: async (_place, ghost) => {
				if (ghost.isRight && ghost.keys > longest) {
					longest = ghost.keys;
					await picture(editor, "ghost-text-light.png");
					await editor.showColorScheme("dark");
					await picture(editor, "ghost-text-dark.png");
					await editor.showColorScheme("light");
				}
			},
		},
	);
	await editor.showColorScheme("dark");
	await editor.runCommand("Mote: Show What Went into the Last Prompt");
	await editor.page
		.locator(".view-line", { hasText: "of\u00a0the\u00a0answer's\u00a0probability" })
		.waitFor();
	await picture(editor, "inspector-dark.png");
} finally {
	await packaged.close();
}
