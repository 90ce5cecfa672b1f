/**
 * Opens code-server with the packaged extension on a copy of the sample workspace, until it is ended:
 *
 *     node test/workbench/openSample.ts <vsix> [--check]
 *
 * With --check it looks at the page itself, without a window, until ghost text appears, and ends.
 */
import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { launchBrowser, newPage, openWorkbench, workbenchUrl } from "./browser.ts";
import { EditorPage } from "./editorPage.ts";
import { installExtension, repositoryRoot, startWorkbench, type Workbench } from "./server.ts";
import { makeSampleRepository } from "./sampleRepository.ts";

const startFolder = path.join(repositoryRoot, "out/start");
const workspaceFolder = path.join(startFolder, "reading-list");
const dataFolder = path.join(startFolder, "workbench");

const answerSchema = z.object({ completion: z.string() });

const sampleFile = "src/readingList.ts";
const openedFile = path.join(workspaceFolder, sampleFile);

/** What to begin at the end of the class: a method like those above it. --check types it until ghost text appears. */
const sampleTyping = `
count(): number {
return this.books.length;`;

async function main(): Promise<void> {
	const [vsix, mode] = process.argv.slice(2);
	if (vsix === undefined) {
		throw new Error("usage: node test/workbench/openSample.ts <vsix> [--check]");
	}
	await rm(startFolder, { recursive: true, force: true });
	await makeSampleRepository(workspaceFolder);
	console.log("Asking the engine for a first completion");
	await completeOnce();
	console.log("Installing Mote into VS Code (code-server)");
	await installExtension(dataFolder, vsix);
	console.log("Starting VS Code");
	const workbench = await startWorkbench({ dataFolder, settings: "user" });
	try {
		await (mode === "--check" ? checkGhostText(workbench) : serveUntilStopped(workbench));
	} finally {
		await workbench.stop();
	}
}

/**
 * Asks the command line, which has the same engine and model, for the second half of each line of the sample, with the
 * gate that users have, until an answer is how the line goes on. So a model or runtime that does not work on this
 * machine is found before there is a page to look at: the editor loads the extension only once somebody opens it.
 */
async function completeOnce(): Promise<void> {
	const text = await readFile(openedFile, "utf8");
	const halves = halfLines(text);
	const cli = spawn(
		process.execPath,
		[path.join(repositoryRoot, "dist/cli.js"), "complete", "--serve"],
		{ stdio: ["pipe", "pipe", "inherit"] },
	);
	const closed = new Promise((resolve) => cli.once("close", resolve));
	cli.stdin.end(
		halves
			.map(({ prefix, suffix }) => JSON.stringify({ file: sampleFile, prefix, suffix }))
			.join("\n"),
	);
	const written: string[] = [];
	let answered = 0;
	for await (const line of createInterface({ input: cli.stdout })) {
		const { completion } = answerSchema.parse(JSON.parse(line));
		const half = halves[answered++];
		if (half !== undefined && completion !== "") {
			const said = `${JSON.stringify(half.begin.trimStart())} → ${JSON.stringify(completion)}`;
			written.push(said);
			if (half.rest.startsWith(completion)) {
				console.log(`It goes on as ${sampleFile} does: ${said}`);
				cli.kill();
				break;
			}
		}
	}
	await closed;
	if (written.length === 0) {
		throw new Error(
			"The model completed nowhere in the sample; import another with “mote import”, or see what it says with “node dist/cli.js complete”.",
		);
	}
}

interface HalfLine {
	readonly begin: string;
	readonly rest: string;
	/** All before the second half, and all behind the line. */
	readonly prefix: string;
	readonly suffix: string;
}

function halfLines(text: string): readonly HalfLine[] {
	const lines = text.split("\n");
	return lines.map((line, index) => {
		const begin = line.slice(0, Math.ceil(line.length / 2));
		return {
			begin,
			rest: line.slice(begin.length),
			prefix: [...lines.slice(0, index), begin].join("\n"),
			suffix: ["", ...lines.slice(index + 1)].join("\n"),
		};
	});
}

async function serveUntilStopped(workbench: Workbench): Promise<void> {
	const stopped = new Promise((resolve) => {
		process.once("SIGINT", resolve);
		process.once("SIGTERM", resolve);
	});
	console.log(
		`\nOpen ${workbenchUrl(workbench, { workspaceFolder, openedFile })}\n\nGhost text comes as you type: at the end of the class in ${sampleFile}, begin a method like those above it, for example\n${sampleTyping.trimEnd()}\nThe files are a copy, in ${workspaceFolder}.\nCtrl+C ends it.`,
	);
	await stopped;
}

async function checkGhostText(workbench: Workbench): Promise<void> {
	const browser = await launchBrowser();
	try {
		const page = await newPage(browser);
		const editor = new EditorPage(page, workspaceFolder);
		await openWorkbench(page, workbench, { workspaceFolder });
		await editor.waitForStatus("Ready.");
		const text = await readFile(openedFile, "utf8");
		// Without the last bracket of the class: what is typed at the end of the file then stands in it.
		await editor.openFile(sampleFile, text.replace(/\}\s*$/, ""));
		const typed = await editor.typeUntilGhost(sampleTyping);
		const shown = await editor.ghostText();
		await editor.screenshot("start");
		console.log(`Ghost text after ${JSON.stringify(typed)}: ${JSON.stringify(shown)}`);
		const line = typed.slice(typed.lastIndexOf("\n") + 1);
		const unknown = unknownNames(line + shown, text + sampleTyping);
		if (unknown.length > 0) {
			throw new Error(`It makes no sense there: nobody knows ${unknown.join(", ")}.`);
		}
	} finally {
		await browser.close();
	}
}

/** Names that neither the text has nor the language; the last one may be cut where the model was no longer sure. */
function unknownNames(shown: string, text: string): readonly string[] {
	const namesOf = (code: string): string[] => code.match(/[A-Za-z_$][\w$]*/g) ?? [];
	const known = new Set([
		...namesOf(text),
		..."break continue else null throw undefined".split(" "),
	]);
	const isBegun = (name: string): boolean => [...known].some((other) => other.startsWith(name));
	return namesOf(shown).filter(
		(name) => !known.has(name) && !(shown.endsWith(name) && isBegun(name)),
	);
}

await main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
