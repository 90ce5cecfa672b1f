/**
 * Measures the longest time for which a completion keeps the thread of the extension host, on lines that nobody
 * writes by hand: 1,000 of them, up to 2 million UTF-16 units long, of every sign that the pipeline looks for.
 *
 *     node --experimental-transform-types bench/hostileLines.ts [lines] [first]
 *
 * Prints one object of JSON. Each line is completed twice, as when a key is typed: everything is new the first
 * time, and the second time all but what was typed is known. The answer is as hostile as the line; the tokenizer is
 * the bundled model's; every third line is completed by a server. What runs in other threads (syntax, the
 * repository, the engine) isn't part of it, but for what is copied to them. Times are of stretches in which nothing
 * else could run: of the processor for the thread, since other processes may be given its turn, and by the clock.
 * Garbage collection is part of them, but what making the line left behind is collected before.
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as z from "zod";
import { systemClock } from "../src/base/clock.ts";
import { nullLogger } from "../src/base/log.ts";
import { percentile, round } from "../src/cli/bench/percentile.ts";
import type { CompletionProvider } from "../src/completion/completionProvider.ts";
import { createCompletionProvider } from "../src/completion/createCompletionProvider.ts";
import { defaultCompletionConfig } from "../src/completion/defaultConfig.ts";
import { SyntaxClient, type SyntaxWorker } from "../src/context/syntax/syntaxClient.ts";
import type { Engine } from "../src/engine/engine.ts";
import { documentRequest, type RequestDocument } from "../src/extension/documentRequest.ts";
import { createRemoteServer } from "../src/languageModel/remote/createRemoteServer.ts";
import { parseManifest } from "../src/model/manifest.ts";
import { createTokenizer } from "../src/tokenizer/bpeTokenizer.ts";
import { hostileLine, type HostileLine } from "./hostileLine.ts";

const loadBefore = loadavg()[0] ?? Number.NaN;
const [lineCount = "1000", first = "0"] = process.argv.slice(2);
const modelFolder = join(import.meta.dirname, "../models/mote-nano");
const tokenizer = createTokenizer(readFileSync(join(modelFolder, "tokenizer.json"), "utf8"));
const parsed = parseManifest(readFileSync(join(modelFolder, "mote-model.json"), "utf8"));
if (parsed.kind !== "ok") {
	throw new Error("the bundled model's manifest can't be read");
}
const { manifest } = parsed;
const { signal } = new AbortController();

setFlagsFromString("--expose-gc");
const collectGarbage = z
	.custom<() => void>((value) => typeof value === "function")
	.parse(runInNewContext("gc"));

/** What the model or the server writes next. */
let answer = "";
const engine: Pick<Engine, "generate"> = {
	async *generate(request) {
		// What goes to the process of the engine is written to its pipe.
		JSON.stringify(request.prompt);
		const healed = Buffer.from(request.healBytes ?? []).toString();
		const tokens = tokenizer.encode(healed + answer).slice(0, request.maxNewTokens);
		for (const id of tokens) {
			await nextTurn();
			yield [{ id, probability: 0.9 }];
		}
		return {
			finishReason: "unlikely",
			stats: {
				promptTokens: request.prompt.length,
				isStandIn: false,
				reusedTokens: 0,
				prefilledTokens: 0,
				generatedTokens: tokens.length,
				draftedTokens: 0,
				acceptedTokens: 0,
				decodePasses: 0,
				queuedMs: 0,
				firstTokenMs: 0,
				totalMs: 0,
				adaptation: undefined,
			},
		};
	},
};
const server = createRemoteServer({
	address: "http://127.0.0.1:1/v1",
	model: "qwen2.5-coder",
	kind: "vllm",
	key: () => Promise.resolve(undefined),
	fetch: (_url, options) => Promise.resolve(served(options?.method)),
	clock: systemClock,
	logger: nullLogger,
	onDidChangeHealth: () => undefined,
});
const byEngine = provider(undefined);
const byServer = provider(server);

interface Stretch {
	/** The thread's, and by the clock. */
	readonly ms: number;
	readonly wallMs: number;
	readonly line: string;
}
const stretches: Stretch[] = [];
for (let index = 0; index < 20; index++) {
	await measured(index % 3 === 2 ? byServer : byEngine, hostileLine(index, 2_000));
}
for (let index = Number(first); index < Number(first) + Number(lineCount); index++) {
	const line = hostileLine(index, 2_000_000);
	stretches.push({
		...(await measured(index % 3 === 2 ? byServer : byEngine, line)),
		line: `${index % 3 === 2 ? "server" : "engine"} ${line.name}`,
	});
}
const times = stretches.map(({ ms }) => ms);
console.log(
	JSON.stringify(
		{
			processor: cpus()[0]?.model,
			node: process.version,
			loadBefore,
			lines: times.length,
			longestMs: round(Math.max(...times)),
			p99Ms: round(percentile(times, 0.99)),
			p50Ms: round(percentile(times, 0.5)),
			longestByClockMs: round(Math.max(...stretches.map(({ wallMs }) => wallMs))),
			over16Ms: times.filter((ms) => ms > 16).length,
			longest: stretches
				.toSorted((a, b) => b.ms - a.ms)
				.slice(0, 12)
				.map(({ ms, line }) => `${round(ms)} ms: ${line}`),
		},
		undefined,
		"\t",
	),
);
process.exit();

/** The longest stretch in which nothing else could run while the line was completed, and once more a key later. */
async function measured(
	completions: CompletionProvider,
	line: HostileLine,
): Promise<Omit<Stretch, "line">> {
	answer = line.answer;
	let ms = 0;
	let wallMs = 0;
	let last = now();
	let isOver = false;
	const beat = (): void => {
		const at = now();
		ms = Math.max(ms, at.threadMs - last.threadMs);
		wallMs = Math.max(wallMs, at.wallMs - last.wallMs);
		last = at;
		if (!isOver) {
			setImmediate(beat);
		}
	};
	setImmediate(beat);
	for (const before of [line.before, `${line.before}x`]) {
		const document = documentOf(before, line.after, line.languageId);
		collectGarbage();
		last = now();
		const request = documentRequest(document, "src/a.ts", document.cursor, {
			invoked: line.trigger === "invoked",
			selectedCompletionInfo: undefined,
		});
		if (request !== undefined) {
			await completions.provide(request, { ...defaultCompletionConfig, debounceMs: 1 }, signal);
		}
		await nextTurn();
	}
	isOver = true;
	await nextTurn();
	return { ms, wallMs };
}

function now(): { readonly threadMs: number; readonly wallMs: number } {
	const { user, system } = process.threadCpuUsage();
	return { threadMs: (user + system) / 1000, wallMs: performance.now() };
}

function provider(remote: ReturnType<typeof createRemoteServer> | undefined): CompletionProvider {
	return createCompletionProvider({
		engine,
		tokenizer,
		manifest,
		syntax: new SyntaxClient({ startWorker, clock: systemClock, logger: nullLogger }),
		collectContext: (query) => {
			structuredClone(query);
			return Promise.resolve({
				pieces: [],
				answer: 1,
				statistics: { isAborted: false },
			} as never);
		},
		...(remote === undefined ? {} : { server: () => remote.infill }),
		clock: systemClock,
		logger: nullLogger,
	});
}

/** A worker that gets its copy of the text and has nothing to say. */
function startWorker(): SyntaxWorker {
	const listeners: ((message: unknown) => void)[] = [];
	return {
		postMessage: (request) => {
			structuredClone(request);
			const reply =
				request.operation === "positionAt"
					? { kind: "position", id: request.id, position: { kind: "code" } }
					: { kind: "extent", id: request.id, extent: { kind: "open" } };
			setImmediate(() => {
				for (const listener of listeners) {
					listener(reply);
				}
			});
		},
		onMessage: (listener) => listeners.push(listener),
		onExit: () => undefined,
		progress: () => 0,
		cpuMs: () => 0,
		terminate: () => Promise.resolve(),
	};
}

function served(method: string | undefined): Response {
	if (method?.toUpperCase() !== "POST") {
		return Response.json({ data: [{ id: "qwen2.5-coder", max_model_len: 8192 }] });
	}
	const pieces = answer.match(/.{1,4}/gsu) ?? [];
	const events = pieces.map((text) => `data: ${JSON.stringify({ choices: [{ text }] })}\n\n`);
	return new Response(`${events.join("")}data: [DONE]\n\n`, {
		headers: { "content-type": "text/event-stream" },
	});
}

/** As the editor holds it: lines, and where each begins. */
function documentOf(
	before: string,
	after: string,
	languageId: string,
): RequestDocument & { readonly cursor: { readonly line: number; readonly character: number } } {
	const lines = (before + after).split("\n");
	const starts: number[] = [];
	let start = 0;
	for (const line of lines) {
		starts.push(start);
		start += line.length + 1;
	}
	const line = before.split("\n").length - 1;
	return {
		languageId,
		uri: { path: "/hostile" },
		lineCount: lines.length,
		getText: () => lines.join("\n"),
		lineAt: (at) => {
			const position = (character: number) => ({ line: at, character });
			return { range: { start: position(0), end: position(lines[at]?.length ?? 0) } };
		},
		offsetAt: (position) => (starts[position.line] ?? 0) + position.character,
		cursor: { line, character: before.length - (before.lastIndexOf("\n") + 1) },
	};
}
