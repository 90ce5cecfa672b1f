/**
 * Entry point inside the extension host: the editor loads this module and calls `run`. Which tests are run depends on
 * what is open. Each window has a report of its own; it has the field names of vitest's, so that one reader adds up all.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import Mocha from "mocha";
import * as vscode from "vscode";
import { testHangMs } from "../support/hangGuard.ts";

const suite = vscode.workspace.workspaceFile === undefined ? "tests" : "severalFolders";

const reportFile = path.resolve(import.meta.dirname, `../reports/extensionHost/${suite}.json`);

export async function run(): Promise<void> {
	const mocha = new Mocha({ ui: "bdd", color: false, timeout: testHangMs });
	mocha.addFile(path.join(import.meta.dirname, `${suite}.js`));
	await mocha.loadFilesAsync();
	const lines: string[] = [];
	const counts = { numPassedTests: 0, numFailedTests: 0 };
	await new Promise((resolve) => {
		const runner = mocha.run(resolve);
		runner
			.on("pass", (test) => {
				counts.numPassedTests++;
				lines.push(`passed  ${test.fullTitle()} (${test.duration ?? 0} ms)`);
			})
			.on("fail", (test, error: unknown) => {
				counts.numFailedTests++;
				const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
				lines.push(`FAILED  ${test.fullTitle()}\n${cause}`);
				if (isHang(error)) {
					// What hangs once hangs again, and each time nobody hears of anything for minutes.
					lines.push("The rest isn't run.");
					runner.abort();
				}
			});
	});
	mkdirSync(path.dirname(reportFile), { recursive: true });
	writeFileSync(reportFile, JSON.stringify({ ...counts, lines }, undefined, 2));
	if (counts.numFailedTests > 0) {
		throw new Error(`${counts.numFailedTests} tests failed`);
	}
}

/** A test that ran into {@link testHangMs}. */
function isHang(error: unknown): boolean {
	return error instanceof Error && "code" in error && error.code === "ERR_MOCHA_TIMEOUT";
}
