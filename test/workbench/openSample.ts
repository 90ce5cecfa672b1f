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
import {
	copySampleWorkspace,
	installExtension,
	repositoryRoot,
	startWorkbench,
	type Workbench,
} from "./server.ts";

const startFolder = path.join(repositoryRoot, "out/start");
const workspaceFolder = path.join(startFolder, "reading-list");
const dataFolder = path.join(startFolder, "workbench");

const answerSchema = z.object({ completion: z.string() });

const sampleFile = "src/readingList.ts";

/** Typed by --check until ghost text appears: a method like those above it. */
const sampleTyping = `
export function longestTitle(books: readonly Book[]): string {
let longest = "";
for (const book of books) {
if (book.title.length > longest.length) {
longest = book.title;`;

async function main(): Promise<void> {
	const [vsix, mode] = process.argv.slice(2);
	if (vsix === undefined) {
		throw new Error("usage: node test/workbench/openSample.ts <vsix> [--check]");
	}
	await rm(startFolder, { recursive: true, force: true });
	await copySampleWorkspace(workspaceFolder);
	console.log("Asking the engine for a first completion");
	await completeOnce();
	console.log("Installing Mote into VS Code (code-server)");
	await installExtension(dataFolder, vsix);
	console.log("Starting VS Code");
	const workbench = await startWorkbench({ dataFolder });
	try {
		await (mode === "--check" ? checkGhostText(workbench) : serveUntilStopped(workbench));
	} finally {
		await workbench.stop();
	}
}

/**
 * Asks the command line, which has the same engine and model, for the second half of each line of
 * the sample until there is an answer. So a model or runtime that does not work on this machine is found
 * before there is a page to look at: the editor loads the extension only once somebody opens the page.
 */
async function completeOnce(): Promise<void> {
	const text = await readFile(path.join(workspaceFolder, sampleFile), "utf8");
	const queries = halfLines(text).map(([prefix, suffix]) =>
		JSON.stringify({ file: sampleFile, prefix, suffix }),
	);
	const cli = spawn(
		process.execPath,
		[path.join(repositoryRoot, "dist/cli.js"), "complete", "--serve", "--gate", "0"],
		{ stdio: ["pipe", "pipe", "inherit"] },
	);
	const closed = new Promise((resolve) => cli.once("close", resolve));
	cli.stdin.end(queries.join("\n"));
	let completion = "";
	for await (const line of createInterface({ input: cli.stdout })) {
		completion = answerSchema.parse(JSON.parse(line)).completion;
		if (completion !== "") {
			cli.kill();
			break;
		}
	}
	await closed;
	if (completion === "") {
		throw new Error(
			"The model completed nowhere in the sample; import another with “mote import”, or see what it says with “node dist/cli.js complete”.",
		);
	}
	console.log(`It wrote ${JSON.stringify(completion)}`);
}

/** For each line what stands before its second half, and what follows the line. */
function halfLines(text: string): (readonly [string, string])[] {
	const lines = text.split("\n");
	return lines.map((line, index) => [
		[...lines.slice(0, index), line.slice(0, Math.ceil(line.length / 2))].join("\n"),
		["", ...lines.slice(index + 1)].join("\n"),
	]);
}

async function serveUntilStopped(workbench: Workbench): Promise<void> {
	const stopped = new Promise((resolve) => {
		process.once("SIGINT", resolve);
		process.once("SIGTERM", resolve);
	});
	console.log(
		`\nOpen ${workbenchUrl(workbench, { workspaceFolder })}\n\nGhost text comes as you type: try src/readingList.ts. The files are a copy, in ${workspaceFolder}.\nCtrl+C ends it.`,
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
		await editor.openFile(
			sampleFile,
			await readFile(path.join(workspaceFolder, sampleFile), "utf8"),
		);
		const typed = await editor.typeUntilGhost(sampleTyping);
		const shown = await editor.ghostText();
		await editor.screenshot("start");
		console.log(`Ghost text after ${JSON.stringify(typed)}: ${JSON.stringify(shown)}`);
	} finally {
		await browser.close();
	}
}

await main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
