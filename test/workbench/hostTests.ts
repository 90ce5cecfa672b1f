/**
 * Runs the mocha tests of test/host inside the extension host of a real VS Code:
 *
 *     node test/workbench/hostTests.ts
 *
 * The workbench reports what the tests print, and how they end, through functions of the page.
 */
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Writable } from "node:stream";
import type { Browser } from "playwright-core";
import * as z from "zod";
import {
	launchBrowser,
	newPage,
	openWorkbench,
	screenshotFolder,
	type OpenOptions,
} from "./browser.ts";
import { testHangMs } from "../support/hangGuard.ts";
import { copySampleWorkspace, repositoryRoot, startWorkbench, type Workbench } from "./server.ts";

/** A test that hangs ends after {@link testHangMs}, and the others with it; this is for a window that never runs them. */
const timeoutMs = 3 * testHangMs;

const reportFile = path.join(repositoryRoot, "out/reports/extensionHost.json");

/** What test/host/index.ts writes, one file for each window. */
const windowReports = path.join(repositoryRoot, "out/reports/extensionHost");

const runFolder = path.join(repositoryRoot, "out/hostTests");

const reportSchema = z.object({
	numPassedTests: z.int(),
	numFailedTests: z.int(),
	lines: z.array(z.string()),
});

async function main(): Promise<void> {
	for (const old of [runFolder, reportFile, windowReports]) {
		await rm(old, { recursive: true, force: true });
	}
	const workspaceFolder = path.join(runFolder, "workspace");
	await copySampleWorkspace(workspaceFolder);
	const workspaceFile = await writeSeveralFolders(path.join(runFolder, "folders"));
	const workbench = await startWorkbench({
		dataFolder: path.join(runFolder, "workbench"),
		enableTestDriver: true,
		// The gate is off: a small model may be unsure of any one text, and what it writes is not the subject.
		// What is done while nobody types is a subject, on a busy machine too.
		userSettings: {
			"mote.completion.minJointProbability": 0,
			"mote.yieldWhenBusy": false,
			// What it reports of an unsaved document that was closed meanwhile opens an empty one in front of all others:
			// useReportsOfTypeScript, in test/host/edits.ts, turns it on for those whose subject it is.
			"typescript.validate.enable": false,
			"javascript.validate.enable": false,
		},
		machineSettings: { "mote.completion.model": "nano" },
		// What this machine runs on is for test/host/manners.test.ts to say.
		environment: { SYSFS_PATH: path.join(runFolder, "sys") },
	});
	const browser = await launchBrowser();
	const log = createWriteStream(path.join(runFolder, "page.log"));
	try {
		const exitCodes = [
			await exitCodeOfTests(workbench, browser, { workspaceFolder }, log),
			await exitCodeOfTests(workbench, browser, { workspaceFile }, log),
		];
		process.exitCode = Math.max(...exitCodes);
	} finally {
		// Also where a window was never there: the one before it has something to tell.
		await reportAll();
		await browser.close();
		await workbench.stop();
		log.end();
	}
}

/** Runs the tests that are for what the window has open. */
async function exitCodeOfTests(
	workbench: Workbench,
	browser: Browser,
	opened: OpenOptions,
	log: Writable,
): Promise<number> {
	const page = await newPage(browser);
	const exitCode = Promise.withResolvers<number>();
	await page.exposeFunction("codeAutomationLog", (_type: string, args: unknown[]) => {
		log.write(`${args.map(String).join(" ")}\n`);
	});
	await page.exposeFunction("codeAutomationExit", (code: number) => exitCode.resolve(code));
	const timer = setTimeout(() => {
		exitCode.reject(
			new Error(`The tests did not end in time; the server's log is ${workbench.logFile}.`),
		);
	}, timeoutMs);
	try {
		await openWorkbench(page, workbench, {
			...opened,
			extensionFolder: repositoryRoot,
			testModule: path.join(repositoryRoot, "out/host/index.js"),
		});
		return await exitCode.promise;
	} finally {
		clearTimeout(timer);
		await page.screenshot({ path: path.join(screenshotFolder, "hostTests.png") });
		await page.context().close();
	}
}

/** The folders of test/host/severalFolders.test.ts; gives the file of their workspace. */
async function writeSeveralFolders(folder: string): Promise<string> {
	const folders = ["one/shop", "two/shop", "one/shop/packages/till"];
	for (const name of folders) {
		await mkdir(path.join(folder, name), { recursive: true });
		await writeFile(path.join(folder, name, "price.ts"), `export const price = "${name}";\n`);
	}
	const workspaceFile = path.join(folder, "shops.code-workspace");
	await writeFile(
		workspaceFile,
		JSON.stringify({ folders: folders.map((name) => ({ path: name })) }),
	);
	return workspaceFile;
}

/** Adds up what the windows wrote; they have no console that reaches this process. */
async function reportAll(): Promise<void> {
	const all = { numPassedTests: 0, numFailedTests: 0 };
	for (const name of existsSync(windowReports) ? await readdir(windowReports) : []) {
		const text = await readFile(path.join(windowReports, name), "utf8");
		const { lines, numPassedTests, numFailedTests } = reportSchema.parse(JSON.parse(text));
		all.numPassedTests += numPassedTests;
		all.numFailedTests += numFailedTests;
		// What failed comes last: the end is what people, and the summary of a whole run, read.
		const failed = lines.filter((line) => !line.startsWith("passed "));
		console.log([...lines.filter((line) => !failed.includes(line)), ...failed].join("\n"));
	}
	await writeFile(reportFile, JSON.stringify(all));
}

await main();
