/**
 * Measures how long the context of a place takes, in a repository that is indexed first.
 *
 *     node --experimental-transform-types bench/contextQueries.ts <folder> [places]
 *
 * Prints one object of JSON. At each of the places, spread over the files, three questions are asked: the first
 * in a file, the same again with what was answered, and one for the next line; with 4,096 tokens, and at a fifth
 * of the places with 131,072. Milliseconds by the wall clock, and of the processor in this thread, which a busy
 * machine disturbs less.
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { percentile, round } from "../src/cli/bench/percentile.ts";
import { createContextEngine } from "../src/context/contextEngine.ts";
import { openRepositoryIndex } from "../src/context/index/openRepositoryIndex.ts";
import type { IndexedFile } from "../src/context/index/repositoryIndex.ts";
import type { ContextQuery } from "../src/context/source.ts";
import { createTokenizer } from "../src/tokenizer/bpeTokenizer.ts";
import { grammarFiles } from "../test/support/grammarFiles.ts";

/** Enough for every path of a query to be compiled. */
const warmUpQueries = 20;
const { signal } = new AbortController();
const loadBefore = loadavg()[0] ?? Number.NaN;

const [folder, places = "100"] = process.argv.slice(2);
if (folder === undefined) {
	throw new Error("bench/contextQueries.ts takes a folder");
}
const root = join(import.meta.dirname, "..");
const tokenizer = createTokenizer(
	readFileSync(join(root, "models/mote-nano/tokenizer.json"), "utf8"),
);
const countTokens = (text: string): number => tokenizer.encode(text.toWellFormed()).length;
await using index = await openRepositoryIndex({
	root: folder,
	grammarFiles,
	queryFolder: join(root, "syntaxes"),
});
await index.scan(signal);
const engine = createContextEngine({
	index,
	countTokens,
	headerTokens: (path) => countTokens(`${path}\n`) + 1,
});

const parsed = index.files().filter(({ isParsed, lineCount }) => isParsed && lineCount >= 20);
const { files, lines } = index.stats();
for (const file of spread(warmUpQueries, 0)) {
	await collect(file, { budgetTokens: 4_096 });
}
console.log(
	JSON.stringify(
		{
			processor: cpus()[0]?.model,
			cores: cpus().length,
			node: process.version,
			loadBefore,
			files,
			lines,
			tokens4096: await measured(Number(places), 4_096),
			tokens131072: await measured(Math.ceil(Number(places) / 5), 131_072),
			residentMegabytes: round(process.memoryUsage().rss / 1e6),
		},
		undefined,
		"\t",
	),
);

/** Files at equal distances, so that every folder has its share; `shift` chooses others. */
function spread(count: number, shift: number): readonly IndexedFile[] {
	const step = parsed.length / count;
	return Array.from({ length: count }, (_, at) => parsed[Math.floor((at + shift) * step)]).filter(
		(file) => file !== undefined,
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
	readonly processorMs: number;
	readonly tokens: number;
	readonly answer: number | undefined;
}

async function collect(file: IndexedFile, { below = 0, ...asked }: Asked): Promise<Answered> {
	const text = index.textOf(file.path, 0, file.lineCount) ?? "";
	const query: ContextQuery = {
		path: file.path,
		languageId: file.languageId,
		text,
		offset: text.split("\n", Math.floor(file.lineCount / 2) + below).join("\n").length,
		recentEdits: [],
		openFiles: [],
		...asked,
	};
	const started = performance.now();
	const before = process.threadCpuUsage();
	const { answer, statistics } = await engine.collect(query, signal);
	const { user, system } = process.threadCpuUsage(before);
	return {
		wallMs: performance.now() - started,
		processorMs: (user + system) / 1000,
		tokens: statistics.tokens,
		answer,
	};
}

async function measured(count: number, budgetTokens: number): Promise<object> {
	const first: Answered[] = [];
	const again: Answered[] = [];
	const nextLine: Answered[] = [];
	for (const file of spread(count, 0.5)) {
		const answered = await collect(file, { budgetTokens });
		first.push(answered);
		again.push(await collect(file, { budgetTokens, previous: answered.answer }));
		nextLine.push(await collect(file, { budgetTokens, previous: answered.answer, below: 1 }));
	}
	return { first: summary(first), again: summary(again), nextLine: summary(nextLine) };
}

function summary(answers: readonly Answered[]): object {
	const spreadOf = (values: readonly number[]): object => ({
		p50: round(percentile(values, 0.5)),
		p95: round(percentile(values, 0.95)),
		largest: round(Math.max(...values)),
	});
	return {
		queries: answers.length,
		wallMs: spreadOf(answers.map(({ wallMs }) => wallMs)),
		processorMs: spreadOf(answers.map(({ processorMs }) => processorMs)),
		meanTokens: round(answers.reduce((sum, { tokens }) => sum + tokens, 0) / answers.length),
	};
}
