/**
 * Measures the n-gram index and the live text on real code, tokenised with the bundled model's tokenizer.
 *
 *     node --experimental-transform-types bench/ngramIndex.ts [megatokens] [folder …]
 *
 * Reads source files below the folders (src, test and node_modules unless told otherwise) until there are
 * so many tokens. The build is given in
 * processor time too, which a busy machine disturbs less; the system counts it in steps too coarse for the
 * rest, so look at medians there: the largest values are those of a thread that had to wait.
 */
import { readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { LiveText } from "../src/adaptation/liveText.ts";
import type { NgramCounts } from "../src/adaptation/ngramCounts.ts";
import { NgramIndex } from "../src/adaptation/ngramIndex.ts";
import { openNgramIndex, serializeNgramIndex } from "../src/adaptation/ngramIndexFile.ts";
import { percentile } from "../src/cli/bench/percentile.ts";
import { createTokenizer } from "../src/tokenizer/bpeTokenizer.ts";
import type { TokenId } from "../src/tokenizer/tokenizer.ts";

interface SourceFile {
	readonly path: string;
	readonly tokens: readonly TokenId[];
}

const root = join(import.meta.dirname, "..");
const tokenizer = createTokenizer(
	readFileSync(join(root, "models/mote-nano/tokenizer.json"), "utf8"),
);
const [megatokens = "1.2", ...folders] = process.argv.slice(2);
const wanted = Number(megatokens) * 1e6;
const maxBytes = 64_000_000 * Math.max(1, Number(megatokens));

/** Half the files of the first folders are held out to take contexts from. */
const files: SourceFile[] = [];
let tokenCount = 0;
for (const folder of folders.length > 0 ? folders : ["src", "test", "node_modules"]) {
	collect(join(root, folder));
}
report("corpus", `${files.length} files, ${tokenCount} tokens; load ${loadavg()[0]?.toFixed(1)}`);

const index = new NgramIndex({ vocabularySize: tokenizer.vocabularySize, maxBytes });
const queries = files
	.flatMap(({ tokens }) => [0.3, 0.6, 0.9].map((part) => tokens.slice(0, tokens.length * part)))
	.filter(({ length }) => length > 8)
	.slice(0, 3000);

build();
reportQueries("index", index);
const edited = files
	.toSorted((a, b) => b.tokens.length - a.tokens.length)
	.find(({ tokens }) => tokens.length <= 32_768);
if (edited !== undefined) {
	typeInto(edited);
	reportQueries("index after typing", index);
	const without = index.without(edited.path);
	reportQueries("index without a file", without);
	live(edited);
}
persist();

function collect(folder: string): void {
	for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
		const path = join(entry.parentPath, entry.name);
		if (tokenCount >= wanted) {
			return;
		}
		if (
			entry.isFile() &&
			/[.](ts|tsx|js|mjs|py|go|rs)$/.test(entry.name) &&
			!/[.]min[.]/.test(path)
		) {
			const text = readFileSync(path, "utf8");
			if (text.length < 400_000) {
				const tokens = tokenizer.encode(text);
				files.push({ path, tokens });
				tokenCount += tokens.length;
			}
		}
	}
}

function build(): void {
	const slices: number[] = [];
	const start = performance.now();
	const cpuStart = processorMs();
	let peakBytes = 0;
	for (const { path, tokens } of files) {
		index.putFile(path, tokens);
	}
	const put = processorMs() - cpuStart;
	for (let more = true; more;) {
		const before = performance.now();
		more = index.work(2);
		slices.push(performance.now() - before);
		peakBytes = Math.max(peakBytes, index.statistics().bytes);
	}
	const elapsed = performance.now() - start;
	const cpu = processorMs() - cpuStart;
	const { bytes, tokens, segments } = index.statistics();
	report(
		"build",
		`${Math.round(tokens / elapsed) / 1000}M tokens/s, ${Math.round(tokens / cpu) / 1000}M per second of processor time (${elapsed.toFixed(0)} ms, put ${put.toFixed(0)} ms)`,
	);
	report("slices of 2 ms", distribution(slices, 1, "ms"));
	const perMillion = (value: number): string => `${(value / tokens).toFixed(1)} MB`;
	report(
		"memory per 1M tokens",
		`${perMillion(bytes)} at rest in ${segments} segments, ${perMillion(peakBytes)} at the peak`,
	);
}

function reportQueries(what: string, counts: NgramCounts): void {
	for (const round of ["first", "again"]) {
		const times: number[] = [];
		for (const context of queries) {
			const before = performance.now();
			counts.successors(context);
			times.push(performance.now() - before);
		}
		report(`query ${what}, ${round}`, distribution(times, 1000, "µs"));
	}
}

/** Puts the file again after each of 300 keystrokes near its middle, as an editor would. */
function typeInto({ path, tokens }: SourceFile): void {
	const times: number[] = [];
	const at = Math.floor(tokens.length / 2);
	const typed = tokens.slice(100, 400);
	for (let count = 1; count <= typed.length; count++) {
		const version = [...tokens.slice(0, at), ...typed.slice(0, count), ...tokens.slice(at)];
		const before = performance.now();
		index.putFile(path, version);
		times.push(performance.now() - before);
	}
	report(`keystroke into ${tokens.length} tokens`, distribution(times, 1, "ms"));
	report("segments after typing", String(index.statistics().segments));
}

function live({ tokens }: SourceFile): void {
	const text = new LiveText(tokenizer.vocabularySize);
	const at = Math.floor(tokens.length / 2);
	const before = processorMs();
	text.update(tokens.slice(0, at), tokens.slice(at));
	report("live text, opened", `${(processorMs() - before).toFixed(2)} ms`);
	const times: number[] = [];
	for (let count = 1; count <= 300; count++) {
		const head = [...tokens.slice(0, at), ...tokens.slice(100, 100 + count)];
		const tail = tokens.slice(at);
		const start = performance.now();
		text.update(head, tail);
		times.push(performance.now() - start);
	}
	report("live text, keystroke", distribution(times, 1, "ms"));
	reportQueries("live text", text);
}

function persist(): void {
	const start = processorMs();
	const bytes = Buffer.concat(serializeNgramIndex(index, "bench"));
	const saved = processorMs();
	const opened = openNgramIndex(bytes, {
		vocabulary: "bench",
		vocabularySize: tokenizer.vocabularySize,
		maxBytes,
	});
	const done = processorMs();
	report(
		"saved",
		`${(bytes.length / 1e6).toFixed(1)} MB in ${(saved - start).toFixed(0)} ms, ${opened.kind} in ${(done - saved).toFixed(0)} ms`,
	);
}

/** Processor time of this thread so far. */
function processorMs(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1000;
}

function distribution(values: readonly number[], scale: number, unit: string): string {
	const sorted = values.toSorted((a, b) => a - b);
	const at = (share: number): string => (percentile(sorted, share) * scale).toFixed(2);
	return `p50 ${at(0.5)} ${unit}, p95 ${at(0.95)} ${unit}, max ${at(1)} ${unit}`;
}

function report(what: string, figures: string): void {
	process.stdout.write(`${what.padEnd(36)}${figures}\n`);
}
