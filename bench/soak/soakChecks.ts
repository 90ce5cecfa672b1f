import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tokenAt } from "../../src/tokenizer/tokenIds.ts";
import { filesBelow, shiftTimes } from "./damage.ts";
import { remainingProcesses } from "./processes.ts";
import { leaksBetween, resourcesNow, type Resources } from "./resources.ts";
import type { SoakRun } from "./soakRun.ts";

/** For what is on its way: what is still there then stays. A limit for hangs, not for speed. */
const settleMs = 60_000;

/** After each fault: the document is what was typed, and so is what the index has of it. Notes what isn't so. */
export async function checkText(run: SoakRun, after: string): Promise<void> {
	const { path: file, text } = run.typist.opened;
	const complain = (problem: string): void => {
		run.violations.push(`After ${after}: ${problem}`);
	};
	if (text !== run.typist.wanted) {
		complain(`${file} is not what was typed.`);
	}
	const { model } = run.window;
	if (model === undefined) {
		complain("no model is open.");
		return;
	}
	const { repository, tokenizer } = model;
	await run.inTime(repository.scanned, "the workspace is read");
	await run.inTime(repository.changed(file, text), "an edit is indexed");
	const found = await run.inTime(repository.repository.tokensOf(file), "the index tells a file");
	if (found === undefined) {
		complain("the thread that reads the repository is gone.");
	} else if (found.file === undefined) {
		complain(`${file} is not indexed.`);
	} else {
		const bytes = [...found.file.tokens].map((token) => tokenizer.bytesOf(tokenAt(token)));
		if (Buffer.concat(bytes).toString("utf8") !== text.replaceAll("\r\n", "\n")) {
			complain(`the index has another text of ${file} than was typed.`);
		}
	}
}

/**
 * A window of the next day, in which nothing happens until all is kept that is worth keeping. What killed processes have left
 * half written is old then.
 */
export async function nextDay(run: SoakRun): Promise<void> {
	const { storage } = run.options.folders;
	await shiftTimes(path.dirname(storage), -dayMs);
	await run.openWindow();
	await run.recovered();
	const isSaved = async (): Promise<boolean> => {
		const [learned] = await filesBelow(storage, /^learned\.ngrams$/);
		return learned !== undefined && (await stat(learned)).mtimeMs > Date.now() - dayMs / 2;
	};
	const saved = async (): Promise<void> => {
		while (!(await isSaved())) {
			await sleep(50);
		}
	};
	await run.inTime(saved(), "what was learned of the repository is saved");
	await run.closeWindow();
}

const dayMs = 24 * 3_600_000;

/** When the last window is closed: what must not be left. Notes what is. */
export async function checkLeftovers(run: SoakRun, runId: string): Promise<void> {
	const { ledger, violations, options } = run;
	const processes = await remainingProcesses(runId, settleMs);
	violations.push(
		...processes.map(({ command }) => `A process was left: ${command.join(" ").slice(0, 200)}`),
	);
	for (let waitedMs = 0; ledger.reported < ledger.asked && waitedMs < settleMs; waitedMs += 50) {
		await sleep(50);
	}
	if (ledger.ended !== ledger.asked || ledger.reported !== ledger.asked) {
		violations.push(
			`Of ${ledger.asked} requests ${ledger.ended} ended and ${ledger.reported} were reported.`,
		);
	}
	const disk = path.dirname(options.folders.storage);
	const temporary = await filesBelow(disk, /\.tmp$/);
	violations.push(...temporary.map((file) => `A temporary file was left: ${path.basename(file)}`));
	const problem = await indexProblem(path.join(options.folders.storage, "index/index.sqlite"));
	if (problem !== undefined) {
		violations.push(`After a window in which nothing happened the index is not kept: ${problem}`);
	}
	violations.push(
		...ledger.violations,
		...run.log.bugs.map((message) => `The log tells of a bug: ${message}`),
	);
}

/** What the same work leaves behind that it didn't leave before, when all has settled that settles. */
export async function leaksSince(
	before: Resources,
): Promise<{ readonly leaks: readonly string[]; readonly after: Resources }> {
	let after = await resourcesNow();
	let leaks = leaksBetween(before, after);
	for (let waitedMs = 0; leaks.length > 0 && waitedMs < settleMs / 4; waitedMs += 500) {
		await sleep(500);
		after = await resourcesNow();
		leaks = leaksBetween(before, after);
	}
	return { leaks, after };
}

async function indexProblem(file: string): Promise<string | undefined> {
	if (!existsSync(file)) {
		return "there is no database";
	}
	const { DatabaseSync } = await import("node:sqlite");
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		const check = database.prepare("PRAGMA integrity_check").get()?.["integrity_check"];
		if (check !== "ok") {
			return String(check);
		}
		const files = database.prepare("SELECT count(*) AS files FROM files").get()?.["files"];
		return typeof files === "number" && files > 0 ? undefined : "it has no files";
	} finally {
		database.close();
	}
}
