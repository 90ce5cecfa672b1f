/**
 * Types recorded traces through all that a window of the editor has of Mote while everything goes wrong that can: engines are
 * killed and suspended, the disk is full, what lies on it is damaged, models vanish, clocks jump. See `soak/faultKind.ts`.
 *
 *     npm run soak [-- --minutes 30] [--seed 1] [--model base|nano] [--output folder]
 *     npm run soak -- --faults 40
 *
 * Needs Linux and `npm run build`. Writes what it found into `bench/results`, by its date, where it went on for minutes; a number of
 * faults instead is for tests: as fast as answers come, and whatever the machine is busy with, since nothing but a hang is
 * limited by time. Where the system allows it the run has a network of its own, in which whatever wants to leave is counted. Ends with 1
 * where something was seen that must never be, a connection among it.
 */
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { currentLoad, describeMachine } from "../src/cli/bench/machine.ts";
import { readTraces } from "../src/cli/bench/traceFolder.ts";
import { bundledModelFolders } from "../src/model/bundledModel.ts";
import { Dice } from "./soak/dice.ts";
import { faultsOf, type FaultKind } from "./soak/faultKind.ts";
import { mountSmallDisk } from "./soak/fullDisk.ts";
import { injectFault, type FaultResult } from "./soak/injectFault.ts";
import { ModelFiles } from "./soak/modelFiles.ts";
import { networkViolations } from "./soak/networkReport.ts";
import { followNetwork, type RunNetwork } from "./soak/ownNetwork.ts";
import { childRunning, residentBytes, runVariable } from "./soak/processes.ts";
import { resourcesNow, type Resources } from "./soak/resources.ts";
import { checkLeftovers, checkText, leaksSince, nextDay } from "./soak/soakChecks.ts";
import type { Sample } from "./soak/resourceReport.ts";
import { asJson, asMarkdown, type SoakFindings } from "./soak/soakReport.ts";
import { SoakRun } from "./soak/soakRun.ts";
import type { SoakFolders } from "./soak/soakWindow.ts";
import { findSurroundings, runInside, startedSchema, type Started } from "./soak/startInside.ts";

const repositoryRoot = path.join(import.meta.dirname, "..");

const number = z.coerce.number();
const optionsSchema = z.strictObject({
	minutes: number.positive().optional(),
	faults: number.int().positive().optional(),
	seed: number.int().nonnegative().default(1),
	model: z.enum(["base", "nano"]).default("base"),
	output: z.string().default(path.join(import.meta.dirname, "results")),
});
type Options = z.infer<typeof optionsSchema>;

const defaultMinutes = 30;

/** A person at work: longer pauses are cut, so that half an hour has as many edits as an hour of work. */
const maxPauseMs = 120;

/** The work before and after all faults whose traces are compared, in edits. */
const sameWorkKeys = 60;

/** Edits before and behind each fault. */
const keysAround = { least: 4, more: 12 };

/** Each look collects garbage. */
const faultsPerSample = 5;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			minutes: { type: "string" },
			faults: { type: "string" },
			seed: { type: "string" },
			model: { type: "string" },
			output: { type: "string" },
		},
	});
	const options = optionsSchema.parse(values);
	if (process.platform !== "linux" || !existsSync(path.join(repositoryRoot, "dist/cli.js"))) {
		throw new Error("The soak needs Linux, and what npm run build makes.");
	}
	const started = startedSchema.safeParse(process.env);
	if (started.success) {
		process.exitCode = (await soak(options, started.data)) ? 0 : 1;
		return;
	}
	// What is mounted in there is gone with the inner process; here it can be deleted.
	const root = await mkdtemp(path.join(tmpdir(), "mote-soak-"));
	try {
		process.exitCode = await runInside(root, await findSurroundings());
	} finally {
		await rm(root, { recursive: true, force: true });
	}
}

/** Whether all was as it has to be. */
async function soak(options: Options, started: Started): Promise<boolean> {
	const violations: string[] = [];
	process.once("disconnect", () => process.exit(1));
	// Listening must not keep this process alive.
	process.channel?.unref();
	process.on("unhandledRejection", (error) => {
		violations.push(`A rejection that nobody handled: ${String(error)}`);
	});
	process.on("warning", ({ name, message }) => {
		if (name !== "ExperimentalWarning") {
			violations.push(`A warning of Node: ${name}: ${message}`);
		}
	});
	const left = started.MOTE_SOAK_DISK === "own" ? [] : [noDisk];
	const network = await followNetwork(started.MOTE_SOAK_NETWORK);
	const prepared = { ...(await prepare(started.MOTE_SOAK_ROOT, left.length === 0)), network };
	const findings = await run(options, started[runVariable], prepared, left, violations);
	const markdown = asMarkdown(findings);
	console.log(markdown);
	if (options.faults === undefined) {
		const name = path.join(options.output, `${findings.date.slice(0, 10)}-soak`);
		await mkdir(options.output, { recursive: true });
		await writeFile(`${name}.md`, markdown);
		await writeFile(`${name}.json`, asJson(findings));
	}
	if (findings.violations.length > 0) {
		console.error(
			`The soak found ${findings.violations.length} things that must never be; the same again: --seed ${options.seed} --model ${options.model}\n${findings.violations.join("\n")}`,
		);
	}
	return findings.violations.length === 0;
}

const noDisk = {
	kind: "diskFull",
	why: "this system lets nobody have a disk of their own",
} as const;

interface Prepared {
	readonly folders: SoakFolders;
	readonly models: ModelFiles;
	readonly traces: Awaited<ReturnType<typeof readTraces>>;
}

/** Copies what is damaged, and a workspace with enough in it to be asked about. */
async function prepare(root: string, withDisk: boolean): Promise<Prepared> {
	const traces = await readTraces(path.join(import.meta.dirname, "traces"));
	const disk = path.join(root, "disk");
	const folders: SoakFolders = {
		dist: path.join(repositoryRoot, "dist"),
		queries: path.join(repositoryRoot, "syntaxes"),
		extension: path.join(root, "extension"),
		workspace: path.join(root, "workspace"),
		storage: path.join(disk, "workspaceStorage"),
		globalStorage: path.join(disk, "globalStorage"),
	};
	await cp(path.join(repositoryRoot, "src/completion"), path.join(folders.workspace, "src"), {
		recursive: true,
	});
	for (const trace of traces) {
		const file = path.join(folders.workspace, trace.path);
		await mkdir(path.dirname(file), { recursive: true });
		await writeFile(file, trace.keystrokes[0]?.text ?? "");
	}
	await mkdir(disk);
	if (withDisk) {
		await mountSmallDisk(disk);
	}
	await mkdir(folders.storage);
	const models = new ModelFiles(repositoryRoot, folders.extension);
	await models.copyAll();
	return { folders, models, traces };
}

async function run(
	options: Options,
	runId: string,
	{ network, ...prepared }: Prepared & { readonly network: RunNetwork },
	left: SoakFindings["left"],
	violations: string[],
): Promise<SoakFindings> {
	const load = currentLoad();
	const startMs = performance.now();
	const diceOf = (use: number): Dice => new Dice(3 * options.seed + use);
	const soakRun = new SoakRun({
		...prepared,
		model: options.model,
		...{ dice: diceOf(0), typistDice: diceOf(1) },
		maxPauseMs: options.faults === undefined ? maxPauseMs : 0,
	});
	const faults: FaultResult[] = [];
	const samples: Sample[] = [];
	let before: Resources | undefined;
	let after: Resources | undefined;
	try {
		// The first time much is loaded and compiled that stays.
		await sameWork(soakRun);
		await sameWork(soakRun);
		before = await resourcesNow();
		network.look("the work before the faults");
		await soakRun.openWindow();
		for (const kind of faultsOf(
			diceOf(2),
			left.map((other) => other.kind),
		)) {
			const minutes = (performance.now() - startMs) / 60_000;
			if (faults.length >= (options.faults ?? Infinity) || minutes >= minutesOf(options)) {
				break;
			}
			faults.push(await oneRound(soakRun, kind));
			network.look(`fault ${faults.length}, ${kind}`);
			const mb = (process.memoryUsage.rss() / 2 ** 20).toFixed(0);
			console.log(`${faults.length}: ${kind}: ${faults.at(-1)?.detail ?? ""} (${mb} MB)`);
			if (faults.length % faultsPerSample === 0) {
				samples.push(await sampleOf(soakRun));
			}
		}
		await soakRun.closeWindow();
		await sameWork(soakRun);
		await sameWork(soakRun);
		const since = await leaksSince(before);
		after = since.after;
		soakRun.violations.push(...since.leaks);
		await nextDay(soakRun);
		await checkLeftovers(soakRun, runId);
	} catch (error) {
		const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
		soakRun.violations.push(`It ended early, after ${faults.length} faults: ${detail}`);
		soakRun.violations.push(...soakRun.ledger.violations, ...soakRun.log.bugs);
	}
	network.look("the last windows");
	soakRun.violations.push(...networkViolations(network.findings()));
	const now = await resourcesNow();
	const { ledger, typist } = soakRun;
	return {
		date: new Date().toISOString(),
		machine: await describeMachine(),
		load: { before: load, after: currentLoad() },
		model: path.basename(bundledModelFolders[options.model]),
		seed: options.seed,
		minutes: (performance.now() - startMs) / 60_000,
		keystrokes: typist.keystrokes,
		shown: typist.shown,
		taken: typist.taken,
		requests: { asked: ledger.asked, ended: ledger.ended, reported: ledger.reported },
		outcomes: ledger.counts,
		faults,
		left,
		restartsByHand: soakRun.restartsByHand,
		resources: { before: before ?? now, after: after ?? now },
		samples,
		network: network.findings(),
		log: soakRun.log.sentences,
		violations: [...violations, ...soakRun.violations],
	};
}

function minutesOf({ minutes, faults }: Options): number {
	return minutes ?? (faults === undefined ? defaultMinutes : Infinity);
}

/** A window is opened, the beginning of the first trace is typed, and the window is closed. */
async function sameWork(soakRun: SoakRun): Promise<void> {
	soakRun.typist.restart();
	await soakRun.openWindow();
	await soakRun.recovered();
	await soakRun.type(sameWorkKeys);
	await checkText(soakRun, "work without a fault");
	await soakRun.closeWindow();
}

async function oneRound(soakRun: SoakRun, kind: FaultKind): Promise<FaultResult> {
	const keys = (): number => keysAround.least + soakRun.options.dice.below(keysAround.more);
	await soakRun.type(keys());
	const result = await injectFault(soakRun, kind);
	await soakRun.type(keys());
	await checkText(soakRun, `${kind} (${result.detail})`);
	return result;
}

async function sampleOf({ typist }: SoakRun): Promise<Sample> {
	const engine = childRunning("engineProcess.js");
	return {
		keystrokes: typist.keystrokes,
		resources: await resourcesNow(),
		engineBytes: engine && residentBytes(engine.pid),
	};
}

await main();
