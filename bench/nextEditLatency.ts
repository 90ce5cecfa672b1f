/**
 * What next edits cost: how long it takes from the pause behind an edit until the candidates are judged, in files of 2,000 lines, and how long ghost
 * text takes to come while they are looked for and while they aren't. The worker that the editor has, the engine in its own process, a
 * recorded person's keys.
 *
 *     node --experimental-transform-types bench/nextEditLatency.ts CASES.jsonl [--model folder] [--lines 2000] [--pairs 6]
 *         [--searches pauses|keys] > result.json
 *
 * The cases are in the format of the runner of next edits. Each is a file in the middle of a change; other files of its language stand below it
 * until there are enough lines. For ghost text the same keys are typed with cold caches, with searches and without any, in turn. Searches follow
 * the pauses that they follow in the editor, and the next key comes at once, into the middle of them, as it seldom does there; --searches keys
 * has one follow every key.
 */
import { readFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { systemClock } from "../src/base/clock.ts";
import { nullLogger } from "../src/base/log.ts";
import { describeMachine } from "../src/cli/bench/machine.ts";
import { round, spreadOf } from "../src/cli/bench/percentile.ts";
import { parseTrace, type Keystroke } from "../src/cli/bench/trace.ts";
import { LocalSyntax } from "../src/context/syntax/localSyntax.ts";
import { createSupervisedEngine } from "../src/engineProcess/supervisor.ts";
import { readEditSteps, type EditStep } from "../src/evaluation/nextEdit/editCases.ts";
import { judged } from "../src/extension/nextEdit/chosenEdits.ts";
import { pauseMs } from "../src/extension/nextEdit/nextEditSession.ts";
import { SearchClient, startSearchWorker } from "../src/extension/nextEdit/searchClient.ts";
import type { SearchReply } from "../src/extension/nextEdit/searchProtocol.ts";
import { openModel } from "../src/model/modelStore.ts";
import { applyLineEdit } from "../src/nextEdit/lineEdit.ts";
import { createTokenizer } from "../src/tokenizer/bpeTokenizer.ts";
import { bundleChild } from "../test/support/bundledChild.ts";
import { grammarFiles } from "../test/support/grammarFiles.ts";
import { AnsweredKeys } from "./answeredKeys.ts";
import { FollowedText } from "./nextEdit/followedText.ts";
import { printReport } from "./printReport.ts";

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		model: { type: "string", default: join(import.meta.dirname, "../models/mote-base") },
		lines: { type: "string", default: "2000" },
		pairs: { type: "string", default: "6" },
		searches: { type: "string", default: "pauses" },
	},
});
const [casesFile] = positionals;
if (casesFile === undefined) {
	throw new Error("usage: bench/nextEditLatency.ts CASES.jsonl");
}
const lineCount = Number(values.lines);
const searchesBehindKeys = z.enum(["pauses", "keys"]).parse(values.searches) === "keys";

/** Of one file, changes lie so far apart: no two count as one. */
const betweenEditsMs = 60_000;

const [engineChild, searchChild] = [
	await bundleChild("src/engineProcess/child.ts"),
	await bundleChild("src/extension/nextEdit/searchWorker.ts"),
];
const client = new SearchClient({
	startWorker: () => startSearchWorker(searchChild.path),
	logger: nullLogger,
});
try {
	const loadBefore = loadavg()[0];
	const steps = (await readEditSteps(casesFile)).filter(({ isCase }) => isCase);
	const search = await measureSearches(steps);
	const { instructionSets } = await describeMachine();
	printReport({ ...search, ...(await measureGhosts()), instructionSets }, loadBefore);
} finally {
	await client.dispose();
	await Promise.all([engineChild.remove(), searchChild.remove()]);
}

/** From the pause to the candidates, in the worker and there and back; each case in a document of its own. */
async function measureSearches(steps: readonly EditStep[]): Promise<Record<string, unknown>> {
	const judgedMs: number[] = [];
	let found = 0;
	for (const [number, step] of steps.entries()) {
		const reply = await searchOnce(step, filled(step, steps), `case-${number}`, judgedMs);
		found += reply.edits.length > 0 ? 1 : 0;
	}
	return {
		searchedFiles: steps.length,
		linesPerFile: lineCount,
		withCandidates: found,
		pauseToJudgedMs: spreadOf(judgedMs),
		longestMs: round(Math.max(...judgedMs)),
	};
}

async function searchOnce(
	step: EditStep,
	lines: readonly string[],
	id: string,
	judgedMs: number[],
): Promise<Extract<SearchReply, { kind: "found" }>> {
	const before = step.edits.reduceRight(
		(text, { line, old, next }) => applyLineEdit(text, { line, old: next, next: old }),
		lines,
	);
	const document = new FollowedText(id, step.lang, before.join("\n"));
	client.feed({ kind: "open", document: id, text: document.text });
	let atMs = 0;
	let text = before;
	for (const edit of step.edits.slice(0, -1)) {
		text = applyLineEdit(text, edit);
		atMs += betweenEditsMs;
		const changes = document.become(text.join("\n"));
		client.feed({ kind: "change", document: id, changes, atMs, isUndo: false });
	}
	// It has read the file by then: in the editor that was when the file came to the front.
	await client.search(document.asked());
	const changes = document.become(lines.join("\n"));
	const startMs = systemClock.now();
	client.feed({
		...{ kind: "change", document: id, changes },
		...{ atMs: atMs + betweenEditsMs, isUndo: false },
	});
	const reply = await client.search(document.asked());
	if (reply?.kind !== "found") {
		throw new Error(`${id}: ${reply?.kind ?? "the worker ended"}`);
	}
	judged(reply.edits, lines.length, new Map());
	judgedMs.push(systemClock.now() - startMs);
	client.feed({ kind: "close", document: id });
	return reply;
}

/** The file of a case with others of its language below it. */
function filled(step: EditStep, steps: readonly EditStep[]): readonly string[] {
	const lines = [...step.lines];
	for (const other of steps) {
		if (lines.length >= lineCount) {
			break;
		}
		if (other.lang === step.lang && other.file !== step.file) {
			lines.push(...other.lines.slice(0, lineCount - lines.length));
		}
	}
	return lines;
}

async function measureGhosts(): Promise<Record<string, unknown>> {
	const folder = join(import.meta.dirname, "traces/real-a-utils.ts");
	const trace = parseTrace(
		await readFile(`${folder}.jsonl`, "utf8"),
		await readFile(`${folder}.before`, "utf8"),
	);
	const model = await openModel(values.model, { verify: "sizes" });
	const supervised = createSupervisedEngine({
		...{ modelFolder: values.model, childPath: engineChild.path },
		...{ logger: nullLogger, clock: systemClock },
	});
	const syntax = new LocalSyntax(grammarFiles);
	const parts = {
		...{ engine: supervised.engine, manifest: model.manifest, syntax },
		tokenizer: createTokenizer(await readFile(model.tokenizerPath, "utf8")),
	};
	let runs = 0;
	let searches = 0;
	/** Of each key for which the engine was asked, in milliseconds from the key to the answer. */
	const type = async (keystrokes: readonly Keystroke[], isSearching: boolean) => {
		const id = `typed-${runs++}`;
		const answerMs: number[] = [];
		const keys = new AnsweredKeys(parts);
		const document = new FollowedText(id, "typescript", keystrokes[0]?.text ?? "");
		if (isSearching) {
			client.feed({ kind: "open", document: id, text: document.text });
		}
		let running: Promise<unknown> | undefined;
		for (const { text, offset, pauseMs: restMs } of keystrokes) {
			const changes = isSearching ? document.become(text) : [];
			if (changes.length > 0) {
				const atMs = systemClock.now();
				client.feed({ kind: "change", document: id, changes, atMs, isUndo: false });
			}
			// The path stands at the start of the prompt: no run finds the caches of another.
			const path = `${id}/${trace.path}`;
			const key = await keys.ask({ path, languageId: "typescript", text, offset });
			if (key.stats !== undefined) {
				answerMs.push(key.answerMs);
			}
			// One at a time, as in the editor.
			const isDue = searchesBehindKeys || restMs >= pauseMs;
			if (isSearching && isDue && running === undefined) {
				searches++;
				running = client.search(document.asked()).finally(() => (running = undefined));
			}
		}
		await running;
		client.feed({ kind: "close", document: id });
		keys.dispose();
		return answerMs;
	};
	try {
		await type(trace.keystrokes.slice(0, 40), true);
		searches = 0;
		const times = { without: [] as number[], beside: [] as number[] };
		const ratios: { readonly p50: number; readonly p95: number }[] = [];
		for (let pair = 0; pair < Number(values.pairs); pair++) {
			const one = { without: [] as number[], beside: [] as number[] };
			for (const kind of (["without", "beside"] as const).toSorted(() =>
				pair % 2 === 0 ? 1 : -1,
			)) {
				one[kind] = await type(trace.keystrokes, kind === "beside");
				times[kind].push(...one[kind]);
			}
			const [without, beside] = [spreadOf(one.without), spreadOf(one.beside)];
			ratios.push({
				p50: round(beside.p50 / without.p50),
				p95: round(beside.p95 / without.p95),
			});
			process.stderr.write(`pair ${pair + 1}: ${JSON.stringify(ratios.at(-1))}\n`);
		}
		return {
			model: model.manifest.name,
			keyToAnswerMs: { without: spreadOf(times.without), beside: spreadOf(times.beside) },
			/** Of each pair: beside ÷ without. */
			ratios,
			ratio: {
				p50: spreadOf(ratios.map(({ p50 }) => p50)).p50,
				p95: spreadOf(ratios.map(({ p95 }) => p95)).p50,
			},
			searches,
		};
	} finally {
		await syntax.dispose();
		await supervised.dispose();
	}
}
