/**
 * Types the whole script of test/fixtures/toolshed into a real VS Code with the packaged extension and the model that ships, at a
 * person's pace, and says what ghost text was shown and what it saved. Needs `npm run package` and what `npm test` installs.
 *
 *     node bench/editorTyping.ts drive ["TypeScript service" "HTML" …]    types files of these kinds, or all
 *     node bench/editorTyping.ts report                                   writes bench/results/<date>-editor-typing
 *
 * What a drive found is kept in out/editorTyping until the next one of the same kind, so that a long one can be done in parts.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { currentLoad, describeMachine } from "../src/cli/bench/machine.ts";
import {
	copyToolshed,
	placeKinds,
	readScript,
	type ScriptedFile,
} from "../test/workbench/typingScript.ts";
import { PackagedEditor } from "../test/workbench/packagedEditor.ts";
import { repositoryRoot } from "../test/workbench/server.ts";
import { typedFile, typingPageHeight, typingSettings } from "../test/workbench/typedFile.ts";
import type { Hole } from "../src/evaluation/hole.ts";
import type { SeenGhost } from "../src/evaluation/typing/typingCount.ts";
import { drivenKindSchema, type DrivenKind } from "./editorTyping/drivenKind.ts";
import { colorSchemeSettings, GhostPictures, pictureSheet } from "./editorTyping/pictures.ts";
import { asMarkdown, reportOf } from "./editorTyping/report.ts";

const keptFolder = path.join(repositoryRoot, "out/editorTyping");
const resultsFolder = path.join(repositoryRoot, "bench/results");

function fileOf(kind: string, extension: string): string {
	return path.join(keptFolder, `${kind.replaceAll(" ", "-")}.${extension}`);
}

/** Nobody waits so long for a key. */
const limitMs = 20_000;

function lineBefore({ text }: Hole, { offset }: SeenGhost): string {
	return text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
}

async function drive(kinds: readonly string[]): Promise<void> {
	await mkdir(keptFolder, { recursive: true });
	const packaged = await PackagedEditor.start(`editorTypingDrive-${process.pid}`, {
		...{ model: "auto", copyWorkspace: copyToolshed, pageHeight: typingPageHeight },
		userSettings: { ...typingSettings, ...colorSchemeSettings },
	});
	try {
		await packaged.open();
		await packaged.editor.showColorScheme("dark");
		await packaged.editor.waitForStatus("Ready.");
		for (const file of await readScript()) {
			if (kinds.length === 0 || kinds.includes(file.kind)) {
				console.log(`== ${file.kind}`);
				await driveFile(packaged, file).catch(async (error: unknown) => {
					process.exitCode = 1;
					console.error(error);
					await packaged.editor.screenshot(`failed-typing-${file.kind}`);
				});
			}
		}
	} finally {
		await packaged.close();
	}
}

async function driveFile({ editor }: PackagedEditor, file: ScriptedFile): Promise<void> {
	const loadBefore = currentLoad();
	const pictures = new GhostPictures(editor);
	const { places, saved } = await typedFile(editor, file, {
		limitMs,
		onGhost: async (place, ghost) => {
			console.log(`${ghost.isRight ? "right" : "WRONG"} ${lineBefore(place, ghost)}║${ghost.text}`);
			await pictures.offer(place, ghost);
		},
	});
	const wanted = file.places.at(-1)?.text;
	if (saved !== wanted) {
		throw new Error(`${file.file} is not what was typed:\n${saved}`);
	}
	const driven: DrivenKind = {
		kind: file.kind,
		file: file.file,
		date: new Date().toISOString(),
		machine: await describeMachine(),
		load: { before: loadBefore, after: currentLoad() },
		places: places.map(({ place, typed }) => ({
			start: place.start,
			end: place.end,
			...typed,
			silences: Object.fromEntries(typed.silences),
			ghosts: typed.ghosts.map((ghost) => ({
				...ghost,
				lineBefore: lineBefore(place, ghost),
				written: place.text.slice(ghost.offset, place.end).slice(0, ghost.text.length + 20),
			})),
		})),
		picture: pictures.best,
	};
	await writeFile(fileOf(file.kind, "json"), JSON.stringify(driven, undefined, "\t"));
	const right = places.flatMap(({ typed }) => typed.ghosts).filter(({ isRight }) => isRight);
	console.log(
		`${file.kind}: ${places.flatMap(({ typed }) => typed.ghosts).length} shown, ${right.length} right`,
	);
}

async function report(): Promise<void> {
	const driven: DrivenKind[] = [];
	const left: string[] = [];
	for (const kind of placeKinds) {
		if (existsSync(fileOf(kind, "json"))) {
			const kept: unknown = JSON.parse(await readFile(fileOf(kind, "json"), "utf8"));
			driven.push(drivenKindSchema.parse(kept));
		} else {
			left.push(kind);
		}
	}
	const made = reportOf(driven, left);
	const name = `${made.date}-editor-typing`;
	const write = (extension: string, content: string | Buffer): Promise<void> =>
		writeFile(path.join(resultsFolder, `${name}${extension}`), content);
	await write(".json", `${JSON.stringify(made, undefined, 2)}\n`);
	await write(".md", asMarkdown(made, name));
	for (const scheme of ["dark", "light"] as const) {
		await write(`-${scheme}.png`, await pictureSheet(driven, scheme));
	}
}

const [command, ...kinds] = process.argv.slice(2);
if (command === "drive") {
	await drive(z.array(z.enum(placeKinds)).parse(kinds));
} else if (command === "report") {
	await report();
} else {
	throw new Error("usage: node bench/editorTyping.ts drive [kinds…] | report");
}
