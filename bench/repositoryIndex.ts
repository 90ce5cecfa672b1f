/**
 * Measures the index of a folder as the editor uses it: a worker thread that asks a process to parse.
 *
 *     npm run build && node --experimental-transform-types bench/repositoryIndex.ts <folder> [runs]
 *
 * Prints one object of JSON; medians of the runs, each with processes and a database of its own. The first index
 * and the next start are processes of their own. Memory is resident, with everything that Node itself takes
 * (`idleMegabytes`); that of the parser is counted apart, since it ends with the first index. Sampled from
 * /proc, so on Linux only.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import * as z from "zod";
import { percentile, round } from "../src/cli/bench/percentile.ts";

const measuredSchema = z.object({
	files: z.number(),
	bytes: z.number(),
	lines: z.number(),
	idleMegabytes: z.number(),
	/** Until the index as it was left can be asked. */
	openMs: z.number(),
	/** From then on until it is up to date with the folder. */
	scanMs: z.number(),
	peakMegabytes: z.number(),
	megabytesAtRest: z.number(),
	/** Of the process and those that it started and that have ended. */
	processorSeconds: z.number(),
	updateMs: z.array(z.number()),
});

type Measured = z.infer<typeof measuredSchema> & { readonly parserPeakMegabytes: number };

const [folder, runs = "3"] = process.argv.slice(2);
if (folder === undefined) {
	throw new Error("bench/repositoryIndex.ts takes a folder");
}
const loadBefore = loadavg()[0] ?? Number.NaN;
const work = mkdtempSync(join(tmpdir(), "mote-bench-"));
const entryPoint = join(work, "process.mjs");
const dist = join(import.meta.dirname, "../dist");
await build({
	entryPoints: [join(import.meta.dirname, "repositoryIndexProcess.ts")],
	outfile: entryPoint,
	bundle: true,
	platform: "node",
	format: "esm",
	logLevel: "error",
});
const first: Measured[] = [];
const again: Measured[] = [];
for (let run = 0; run < Number(runs); run++) {
	const storage = join(work, `run${run}`);
	first.push(await measure(storage));
	again.push(await measure(storage));
}
rmSync(work, { recursive: true, force: true });

const [{ files, bytes, lines } = { files: 0, bytes: 0, lines: 0 }] = first;
console.log(
	JSON.stringify(
		{
			folder: { files, megabytes: round(bytes / 1e6), lines },
			cores: cpus().length,
			loadBefore: round(loadBefore),
			runs: first.length,
			firstIndex: {
				megabytesPerSecond: median(first, (one) => one.bytes / 1e6 / (one.scanMs / 1000)),
				processorSecondsPerMegabyte: median(
					first,
					(one) => one.processorSeconds / (one.bytes / 1e6),
				),
				...memoryOf(first),
				parserPeakMegabytes: median(first, (one) => one.parserPeakMegabytes),
			},
			nextStart: {
				openMs: median(again, (one) => one.openMs),
				upToDateMs: median(again, (one) => one.openMs + one.scanMs),
				...memoryOf(again),
			},
			updateOfOneFileMs: {
				p50: round(
					percentile(
						again.flatMap((one) => one.updateMs),
						0.5,
					),
				),
				p95: round(
					percentile(
						again.flatMap((one) => one.updateMs),
						0.95,
					),
				),
			},
		},
		undefined,
		"\t",
	),
);

/** One process from its start to its end. */
async function measure(storage: string): Promise<Measured> {
	const running = fork(entryPoint, [folder ?? "", storage, dist], { execArgv: [] });
	let parserPeakMegabytes = 0;
	const sampling = setInterval(() => {
		for (const child of childrenOf(running.pid ?? 0)) {
			parserPeakMegabytes = Math.max(parserPeakMegabytes, peakMegabytesOf(child));
		}
	}, 100);
	const messages: readonly unknown[] = await once(running, "message");
	clearInterval(sampling);
	await once(running, "exit");
	return { ...measuredSchema.parse(messages[0]), parserPeakMegabytes };
}

function memoryOf(measured: readonly Measured[]): Record<string, number> {
	return {
		idleMegabytes: median(measured, (one) => one.idleMegabytes),
		peakMegabytes: median(measured, (one) => one.peakMegabytes),
		megabytesAtRest: median(measured, (one) => one.megabytesAtRest),
	};
}

function median(measured: readonly Measured[], valueOf: (one: Measured) => number): number {
	return round(percentile(measured.map(valueOf), 0.5));
}

/** Those that any thread of a process started. */
function childrenOf(pid: number): readonly string[] {
	return entriesOf(`/proc/${pid}/task`).flatMap((thread) =>
		readProc(`/proc/${pid}/task/${thread}/children`)
			.split(" ")
			.filter((child) => child !== ""),
	);
}

function entriesOf(path: string): readonly string[] {
	try {
		return readdirSync(path);
	} catch {
		return [];
	}
}

function peakMegabytesOf(pid: string): number {
	return Number(/VmHWM:\s+(\d+)/.exec(readProc(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

/** Empty for what has ended meanwhile. */
function readProc(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}
