/**
 * Hides definitions in a repository of a million lines and looks for each in the context of a line that names it.
 *
 *     node --experimental-transform-types bench/needles.ts [lines]
 *
 * Prints one object of JSON: how many definitions reached the context, by budget, and where those stood that
 * didn't. Ends with exit code 1 if any is missing. The smaller test in test/unit/context runs with every change.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContextEngine } from "../src/context/contextEngine.ts";
import { openRepositoryIndex } from "../src/context/index/openRepositoryIndex.ts";
import { grammarFiles } from "../test/support/grammarFiles.ts";

const linesPerFunction = 5;
const functionsPerFile = 20;
const filesPerFolder = 100;
const budgets = [500, 4_096, 131_072];

interface Needle {
	readonly name: string;
	readonly file: number;
	/** Functions in front of it in its file. */
	readonly place: number;
}

const { signal } = new AbortController();
const [wantedLines = "1000000"] = process.argv.slice(2);
const fileCount = Math.ceil(Number(wantedLines) / (linesPerFunction * functionsPerFile));
const needles = needlesAt([0, 0.001, 0.25, 0.37, 0.5, 0.75, 0.93, 1], [0, 0.5, 1]);
const folder = realpathSync(mkdtempSync(join(tmpdir(), "mote-needles-")));
try {
	writeRepository();
	await using index = await openRepositoryIndex({
		root: folder,
		grammarFiles,
		queryFolder: join(import.meta.dirname, "../syntaxes"),
	});
	const { elapsedMs } = await index.scan(signal);
	const { files, lines, symbols } = index.stats();
	const engine = createContextEngine({
		index,
		countTokens: (text) => Math.ceil(text.length / 3),
		headerTokens: (path) => Math.ceil(path.length / 3) + 2,
	});
	const found: Record<string, number> = {};
	const missing: object[] = [];
	for (const budgetTokens of budgets) {
		found[budgetTokens] = 0;
		for (const needle of needles) {
			const text = `export function start(): void {\n\tconst isReady = ${needle.name}(`;
			const { pieces, statistics } = await engine.collect(
				{
					path: "src/app.ts",
					languageId: "typescript",
					text: `${text});\n}\n`,
					offset: text.length,
					recentEdits: [],
					openFiles: [],
					budgetTokens,
				},
				signal,
			);
			const piece = pieces.find(({ path }) => path === pathOf(needle.file));
			if (piece?.text.includes(signatureOf(needle)) === true && statistics.tokens <= budgetTokens) {
				found[budgetTokens]++;
			} else {
				missing.push({ ...needle, budgetTokens });
			}
		}
	}
	const indexSeconds = Math.round(elapsedMs / 1000);
	const report = { files, lines, symbols, indexSeconds, needles: needles.length, found, missing };
	console.log(JSON.stringify(report, undefined, "\t"));
	process.exitCode = missing.length === 0 ? 0 : 1;
} finally {
	rmSync(folder, { recursive: true, force: true });
}

/** One for each part of the files and each part of a file, both from 0 to 1. */
function needlesAt(files: readonly number[], places: readonly number[]): readonly Needle[] {
	return files.flatMap((file, row) =>
		places.map((place, column) => ({
			name: `calibrate${"ABCDEFGH".charAt(row)}${"xyz".charAt(column)}Capacitor`,
			file: Math.round(file * (fileCount - 1)),
			place: Math.round(place * functionsPerFile),
		})),
	);
}

function signatureOf({ name }: Needle): string {
	return `export function ${name}(gigawatts: number, destination: Date): boolean`;
}

function pathOf(file: number): string {
	return `src/area${Math.floor(file / filesPerFolder)}/module${file}.ts`;
}

function writeRepository(): void {
	for (let file = 0; file < fileCount; file++) {
		const functions = Array.from(
			{ length: functionsPerFile },
			(_, at) =>
				`export function handle${file}Step${at}(input: string, count: number): string {\n` +
				`\tconst result${at} = input.repeat(count + ${at});\n` +
				`\tconst width = Math.max(result${at}.length, count);\n\treturn result${at}.padEnd(width);\n}\n`,
		);
		const hidden = needles.filter((needle) => needle.file === file);
		for (const needle of hidden.toSorted((a, b) => b.place - a.place)) {
			functions.splice(needle.place, 0, `${signatureOf(needle)} {\n\treturn true;\n}\n`);
		}
		const path = join(folder, pathOf(file));
		mkdirSync(join(path, ".."), { recursive: true });
		writeFileSync(path, functions.join(""));
	}
}
