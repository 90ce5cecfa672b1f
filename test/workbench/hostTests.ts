/**
 * Runs the mocha tests of test/host inside the extension host of a real VS Code:
 *
 *     node test/workbench/hostTests.ts
 *
 * The workbench reports what the tests print, and how they end, through functions of the page.
 */
import { createWriteStream } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { launchBrowser, newPage, openWorkbench, screenshotFolder } from "./browser.ts";
import { hangMs } from "../support/hangGuard.ts";
import { copySampleWorkspace, repositoryRoot, startWorkbench } from "./server.ts";

/** The tests have limits of their own; this one is for a workbench that never starts them. */
const timeoutMs = 4 * hangMs;

const reportFile = path.join(repositoryRoot, "out/reports/extensionHost.json");

const runFolder = path.join(repositoryRoot, "out/hostTests");

async function main(): Promise<void> {
	await rm(runFolder, { recursive: true, force: true });
	await rm(reportFile, { force: true });
	const workspaceFolder = path.join(runFolder, "workspace");
	await copySampleWorkspace(workspaceFolder);
	const workbench = await startWorkbench({
		dataFolder: path.join(runFolder, "workbench"),
		enableTestDriver: true,
		// The gate is off: a small model may be unsure of any one text, and what it writes is not the subject.
		userSettings: { "mote.completion.minJointProbability": 0 },
		machineSettings: { "mote.completion.model": "nano" },
	});
	const browser = await launchBrowser();
	const log = createWriteStream(path.join(runFolder, "page.log"));
	try {
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
				workspaceFolder,
				extensionFolder: repositoryRoot,
				testModule: path.join(repositoryRoot, "out/host/index.js"),
			});
			process.exitCode = await exitCode.promise;
			await printReport();
		} finally {
			clearTimeout(timer);
			await page.screenshot({ path: path.join(screenshotFolder, "hostTests.png") });
		}
	} finally {
		await browser.close();
		await workbench.stop();
		log.end();
	}
}

/** What test/host/index.ts wrote; it has no console that reaches this process. */
async function printReport(): Promise<void> {
	const report = z
		.object({ lines: z.array(z.string()) })
		.parse(JSON.parse(await readFile(reportFile, "utf8")));
	console.log(report.lines.join("\n"));
}

await main();
