/**
 * Entry point inside the extension host: the editor loads this module and calls `run`. The report has
 * the field names of vitest's, so that one reader adds up both.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import Mocha from "mocha";
import { hangMs } from "../support/hangGuard.ts";

const reportFile = path.resolve(import.meta.dirname, "../reports/extensionHost.json");

export async function run(): Promise<void> {
	const mocha = new Mocha({ ui: "bdd", color: false, timeout: hangMs });
	mocha.addFile(path.join(import.meta.dirname, "tests.js"));
	await mocha.loadFilesAsync();
	const lines: string[] = [];
	const counts = { numPassedTests: 0, numFailedTests: 0 };
	await new Promise((resolve) => {
		mocha
			.run(resolve)
			.on("pass", (test) => {
				counts.numPassedTests++;
				lines.push(`passed  ${test.fullTitle()} (${test.duration ?? 0} ms)`);
			})
			.on("fail", (test, error: unknown) => {
				counts.numFailedTests++;
				const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
				lines.push(`FAILED  ${test.fullTitle()}\n${cause}`);
			});
	});
	mkdirSync(path.dirname(reportFile), { recursive: true });
	writeFileSync(reportFile, JSON.stringify({ ...counts, lines }, undefined, 2));
	if (counts.numFailedTests > 0) {
		throw new Error(`${counts.numFailedTests} tests failed`);
	}
}
