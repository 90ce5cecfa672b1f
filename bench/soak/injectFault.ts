import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { assertNever } from "../../src/base/assert.ts";
import { damageFile, filesBelow, shiftTimes } from "./damage.ts";
import type { FaultKind } from "./faultKind.ts";
import { fillDisk, freeDisk } from "./fullDisk.ts";
import { modelDamages } from "./modelFiles.ts";
import type { SoakRun } from "./soakRun.ts";

/** What one fault came to. */
export interface FaultResult {
	readonly kind: FaultKind;
	/** What exactly was done. */
	readonly detail: string;
	/** From the fault, or from when it was mended where nobody could answer before, until the engine answered; in milliseconds. */
	readonly recoveryMs: number;
}

/** Edits while the fault is there. */
const keysMeanwhile = 8;

const burst = { edits: 200, everyMs: 5 } as const;

/** Between two edits while nobody answers, in milliseconds. */
const blindKeyMs = 10;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** How often, and how long each time, something is waited for that Mote keeps when it comes to it. */
const keepAttempts = 3;
const keepMs = 5000;
const keepLookMs = 100;

/** Longer than changes wait to be saved. */
const idleMs = 31_000;

const indexFile = /^index\.sqlite(?:-wal)?$/;
const kvFile = /\.kv$/;
const learnedFile = /^learned\.ngrams$/;

/** Does it to a window that is open and was well, types meanwhile, mends what a person would mend, and waits until Mote is well again. */
export async function injectFault(run: SoakRun, kind: FaultKind): Promise<FaultResult> {
	switch (kind) {
		case "engineKilled":
			return await killEngine(run);
		case "engineSuspended":
			return await suspendEngine(run);
		case "diskFull":
			return await fillStorage(run);
		case "indexDamaged":
			return await damageStorage(run, kind, indexFile);
		case "kvCacheDamaged":
			return await damageStorage(run, kind, kvFile);
		case "learnedDamaged":
			return await damageStorage(run, kind, learnedFile);
		case "modelMoved":
			return await moveModel(run);
		case "clockJumped":
			return await jumpClock(run);
		case "burst": {
			await run.typeBlindly(burst.edits, burst.everyMs);
			const recoveryMs = await run.recovered();
			return { kind, detail: `${burst.edits} edits, one each ${burst.everyMs} ms`, recoveryMs };
		}
		case "windowClosed": {
			await run.closeWindow();
			return { kind, detail: "closed and opened", recoveryMs: await reopened(run) };
		}
		default:
			return assertNever(kind);
	}
}

async function killEngine(run: SoakRun): Promise<FaultResult> {
	const pid = await run.engineProcess();
	// In the middle of an answer, more often than not.
	run.typist.press();
	signal(pid, "SIGKILL");
	const recovering = run.recovered();
	await run.typeBlindly(keysMeanwhile, blindKeyMs);
	return { kind: "engineKilled", detail: "SIGKILL", recoveryMs: await recovering };
}

async function suspendEngine(run: SoakRun): Promise<FaultResult> {
	const { dice } = run.options;
	const kind = "engineSuspended";
	const pid = await run.engineProcess();
	signal(pid, "SIGSTOP");
	try {
		await run.typeBlindly(keysMeanwhile + dice.below(40), blindKeyMs);
		if (dice.isLucky(0.3)) {
			// It slept through the night.
			run.clock.jump(8 * hourMs);
			await run.typeBlindly(keysMeanwhile, blindKeyMs);
		}
		if (dice.isLucky(0.2)) {
			await run.closeWindow();
		}
	} finally {
		signal(pid, "SIGCONT");
	}
	return run.isOpen
		? { kind, detail: "SIGSTOP, keys, SIGCONT", recoveryMs: await run.recovered() }
		: { kind, detail: "SIGSTOP, keys, window closed", recoveryMs: await reopened(run) };
}

async function fillStorage(run: SoakRun): Promise<FaultResult> {
	const { folders, dice } = run.options;
	const isReopened = dice.isLucky(0.5);
	// The disk of the storage has both of its folders.
	const disk = path.dirname(folders.storage);
	await fillDisk(disk);
	try {
		await saveDocument(run);
		run.clock.jump(idleMs);
		await run.type(keysMeanwhile);
		await run.closeWindow();
		if (isReopened) {
			await run.openWindow();
			await run.recovered();
			await saveDocument(run);
			await run.type(keysMeanwhile);
			await run.closeWindow();
		}
	} finally {
		await freeDisk(disk);
	}
	const detail = `no byte of room${isReopened ? ", also while a window opened" : ""}`;
	return { kind: "diskFull", detail, recoveryMs: await reopened(run) };
}

async function damageStorage(run: SoakRun, kind: FaultKind, name: RegExp): Promise<FaultResult> {
	const { folders, dice } = run.options;
	const isUnderneath = dice.isLucky(0.5);
	let files = await keptFiles(run, name);
	if (!isUnderneath && run.isOpen) {
		await run.closeWindow();
		files = await filesBelow(folders.storage, name);
	}
	const file = files[dice.below(files.length)];
	const damage = file === undefined ? undefined : await damageFile(file, dice);
	const { isOpen } = run;
	if (isOpen) {
		await saveDocument(run);
		await run.type(keysMeanwhile);
		await run.closeWindow();
	}
	const detail = `${damage ?? nothingKept}, ${isOpen ? "while a window was open" : "between two windows"}`;
	return { kind, detail, recoveryMs: await reopened(run) };
}

/** What {@link FaultResult.detail} begins with where there was nothing to damage. */
export const nothingKept = "nothing was kept";

/**
 * The files in the storage with such a name. What was learned is there once nobody has typed for a moment, a KV cache once a
 * window was closed and its engine had the time to write it.
 */
async function keptFiles(run: SoakRun, name: RegExp): Promise<readonly string[]> {
	const { storage } = run.options.folders;
	for (let attempt = 0; attempt < keepAttempts; attempt++) {
		for (let waitedMs = 0; waitedMs < keepMs; waitedMs += keepLookMs) {
			const files = await filesBelow(storage, name);
			if (files.length > 0) {
				return files;
			}
			await sleep(keepLookMs);
		}
		await run.closeWindow();
		await reopened(run);
		await run.type(keysMeanwhile);
	}
	return [];
}

async function moveModel(run: SoakRun): Promise<FaultResult> {
	const { models, model, dice } = run.options;
	const damage = dice.pick(modelDamages);
	// Another one may have taken over, which wouldn't miss it.
	await run.window.open();
	const pid = await run.engineProcess();
	const putBack = await models.damage(model, damage, dice);
	let detail: string;
	try {
		signal(pid, "SIGKILL");
		await run.typeBlindly(keysMeanwhile, blindKeyMs);
		const decided = run.decidedWithout(model);
		detail = `${damage}; ${await run.inTime(decided, "Mote takes another model or says that it can't")}`;
		await run.type(keysMeanwhile);
	} finally {
		await putBack();
	}
	const startMs = performance.now();
	await run.restartByHand();
	await run.recovered();
	return { kind: "modelMoved", detail, recoveryMs: performance.now() - startMs };
}

async function jumpClock(run: SoakRun): Promise<FaultResult> {
	const { dice, folders } = run.options;
	const jumpMs = Math.round(dice.uniform() * dayMs);
	const shiftMs = Math.round((dice.uniform() - 0.5) * 120 * dayMs);
	run.clock.jump(jumpMs);
	await run.type(keysMeanwhile);
	await shiftTimes(folders.storage, shiftMs);
	await shiftTimes(folders.workspace, shiftMs);
	await run.closeWindow();
	const detail = `${(jumpMs / hourMs).toFixed(1)} hours at once; times of files shifted by ${(shiftMs / dayMs).toFixed(0)} days`;
	return { kind: "clockJumped", detail, recoveryMs: await reopened(run) };
}

async function reopened(run: SoakRun): Promise<number> {
	const startMs = performance.now();
	await run.openWindow();
	await run.recovered();
	return performance.now() - startMs;
}

/** As the editor does when somebody saves: the file has the text, and whoever follows the folder is told. */
async function saveDocument(run: SoakRun): Promise<void> {
	const { path: file, text } = run.typist.opened;
	await writeFile(path.join(run.options.folders.workspace, file), text);
	await run.inTime(
		run.window.model?.repository.changed(file) ?? Promise.resolve(),
		"the repository hears of a file that was saved",
	);
}

/** A process may have ended by itself, as one whose model was cut short under it. */
function signal(pid: number, name: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
	try {
		process.kill(pid, name);
	} catch (error) {
		if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) {
			throw error;
		}
	}
}
