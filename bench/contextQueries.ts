/**
 * Measures how long the context of a place takes, in a repository that is indexed first, as the editor asks for it:
 * from the thread that types to the answer of the worker thread.
 *
 *     npm run build && node --experimental-transform-types bench/contextQueries.ts <folder> [places]
 *
 * Prints one object of JSON. At each of the places, spread over the files, three questions are asked: the first
 * in a file, the same again with what was answered, and one for the next line; with 4,096 tokens, and at a fifth
 * of the places with 131,072. Memory is resident, of the process with all that Node itself takes.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { percentile, round } from "../src/cli/bench/percentile.ts";
import { languageIdOfPath } from "../src/context/files/languageIds.ts";
import type { ContextQuery } from "../src/context/source.ts";
import { repositoryInWorker } from "./repositoryInWorker.ts";

/** Enough for every path of a query to be compiled. */
const warmUpQueries = 20;
/** A shorter file is no place where somebody works. */
const minLines = 20;
const { signal } = new AbortController();
const loadBefore = loadavg()[0] ?? Number.NaN;

const [folder, places = "100"] = process.argv.slice(2);
if (folder === undefined) {
	throw new Error("bench/contextQueries.ts takes a folder");
}
const root = folder;
const storage = mkdtempSync(join(tmpdir(), "mote-bench-"));
const dist = join(import.meta.dirname, "../dist");

// Read once, and again by a process like the one of a later day: what the first left in memory isn't measured.
const first = await repositoryInWorker(root, storage, dist);
await first.scan(signal);
await first.dispose();
const idleMegabytes = residentMegabytes();
const repository = await repositoryInWorker(root, storage, dist);
await repository.scan(signal);
const files = (await repository.files()) ?? [];
const sources = files.filter(
	(path) =>
		/[.](?:tsx?|jsx?|mjs|py|go|rs|java|[ch]|cc|[ch]pp|cs|php|rb)$/.test(path) &&
		textOf(path).split("\n").length >= minLines,
);
for (const path of spread(warmUpQueries, 0)) {
	await collect(path, { budgetTokens: 4_096 });
}
const openMegabytes = residentMegabytes();
const tokens4096 = await measured(Number(places), 4_096);
const afterShortMegabytes = residentMegabytes();
const tokens131072 = await measured(Math.ceil(Number(places) / 5), 131_072);
console.log(
	JSON.stringify(
		{
			processor: cpus()[0]?.model,
			cores: cpus().length,
			node: process.version,
			loadBefore,
			files: files.length,
			tokens4096,
			tokens131072,
			residentMegabytes: {
				/** Once a worker has read everything and is gone. */
				idle: idleMegabytes,
				open: openMegabytes,
				after4096: afterShortMegabytes,
				after131072: residentMegabytes(),
			},
		},
		undefined,
		"\t",
	),
);
await repository.dispose();
rmSync(storage, { recursive: true, force: true });

function residentMegabytes(): number {
	return round(process.memoryUsage.rss() / 1e6);
}

function textOf(path: string): string {
	return readFileSync(join(root, path), "utf8").replaceAll("\r\n", "\n");
}

/** Files at equal distances, so that every folder has its share; `shift` chooses others. */
function spread(count: number, shift: number): readonly string[] {
	const step = sources.length / count;
	return Array.from({ length: count }, (_, at) => sources[Math.floor((at + shift) * step)]).filter(
		(path) => path !== undefined,
	);
}

interface Asked {
	readonly budgetTokens: number;
	readonly previous?: number | undefined;
	/** Lines below the middle of the file. */
	readonly below?: number;
}

interface Answered {
	readonly wallMs: number;
	readonly tokens: number;
	readonly answer: number | undefined;
}

async function collect(path: string, { below = 0, ...asked }: Asked): Promise<Answered> {
	const text = textOf(path);
	const lines = text.split("\n");
	const query: ContextQuery = {
		path,
		languageId: languageIdOfPath(path),
		text,
		offset: lines.slice(0, Math.floor(lines.length / 2) + below).join("\n").length,
		recentEdits: [],
		openFiles: [],
		...asked,
	};
	const started = performance.now();
	const collected = await repository.collect(query, signal);
	const wallMs = performance.now() - started;
	if (collected === undefined) {
		throw new Error("the worker is gone");
	}
	return { wallMs, tokens: collected.statistics.tokens, answer: collected.answer };
}

async function measured(count: number, budgetTokens: number): Promise<object> {
	const first: Answered[] = [];
	const again: Answered[] = [];
	const nextLine: Answered[] = [];
	for (const path of spread(count, 0.5)) {
		const answered = await collect(path, { budgetTokens });
		first.push(answered);
		again.push(await collect(path, { budgetTokens, previous: answered.answer }));
		nextLine.push(await collect(path, { budgetTokens, previous: answered.answer, below: 1 }));
	}
	return { first: summary(first), again: summary(again), nextLine: summary(nextLine) };
}

function summary(answers: readonly Answered[]): object {
	const wallMs = answers.map((one) => one.wallMs);
	return {
		queries: answers.length,
		p50Ms: round(percentile(wallMs, 0.5)),
		p95Ms: round(percentile(wallMs, 0.95)),
		largestMs: round(Math.max(...wallMs)),
		meanTokens: round(answers.reduce((sum, { tokens }) => sum + tokens, 0) / answers.length),
	};
}
