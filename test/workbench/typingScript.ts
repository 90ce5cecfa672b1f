/**
 * The script that somebody follows who writes the project in test/fixtures/toolshed: in its files `├…┤` encloses what is
 * typed. A file is written from top to bottom, so what is typed later isn't there yet.
 */
import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Hole } from "../../src/evaluation/hole.ts";
import { repositoryRoot } from "./server.ts";

const toolshed = path.join(repositoryRoot, "test/fixtures/toolshed");

/** The files in which something is typed, and what somebody would call them; languages as the editor calls them. */
const scriptedFiles = [
	{ kind: "TypeScript service", languageId: "typescript", file: "src/loanService.ts" },
	{ kind: "React component", languageId: "typescriptreact", file: "web/src/ToolCard.tsx" },
	{ kind: "Python module", languageId: "python", file: "reminders/overdue.py" },
	{ kind: "Python test", languageId: "python", file: "reminders/test_reminders.py" },
	{ kind: "Go handler", languageId: "go", file: "api/handler.go" },
	{ kind: "Rust struct", languageId: "rust", file: "labels/src/label.rs" },
	{ kind: "CSS", languageId: "css", file: "web/style.css" },
	{ kind: "HTML", languageId: "html", file: "web/index.html" },
	{ kind: "Vue", languageId: "vue", file: "web/src/LoanCalendar.vue" },
	{ kind: "JSON", languageId: "json", file: "package.json" },
	{ kind: "YAML", languageId: "dockercompose", file: "compose.yaml" },
	{ kind: "shell", languageId: "shellscript", file: "scripts/backup.sh" },
] as const;

export type PlaceKind = (typeof scriptedFiles)[number]["kind"];

export const placeKinds: readonly PlaceKind[] = scriptedFiles.map(({ kind }) => kind);

/** A file in which something is typed, and what: its text is what the file is once `end` is reached. */
export interface ScriptedFile {
	readonly kind: PlaceKind;
	readonly file: string;
	/** Before anything is typed. */
	readonly text: string;
	readonly places: readonly Hole[];
}

export async function readScript(): Promise<readonly ScriptedFile[]> {
	return await Promise.all(
		scriptedFiles.map(async ({ kind, languageId, file }) => {
			const marked = await readFile(path.join(toolshed, file), "utf8");
			const about = { package: "toolshed", language: kind, languageId, path: file };
			return {
				kind,
				file,
				text: withoutPlaces(marked),
				places: placesIn(marked).map((place) => ({ ...about, ...place })),
			};
		}),
	);
}

/** Copies the project as it is before anything is typed. */
export async function copyToolshed(target: string): Promise<void> {
	await cp(toolshed, target, { recursive: true });
	for (const { file, text } of await readScript()) {
		await writeFile(path.join(target, file), text);
	}
}

const place = /├([^┤]*)┤/g;

/** What is typed into a file, in order; each place's text has the earlier ones and not those that come later. */
export function placesIn(marked: string): readonly Pick<Hole, "text" | "start" | "end">[] {
	return [...marked.matchAll(place)].map((match) => {
		const before = marked.slice(0, match.index).replaceAll(place, "$1");
		const typed = match[1] ?? "";
		const text = before + typed + withoutPlaces(marked.slice(match.index + match[0].length));
		return { text, start: before.length, end: before.length + typed.length };
	});
}

function withoutPlaces(marked: string): string {
	return marked.replaceAll(place, "");
}
