/**
 * How long a completion takes from the keystroke to the answer, alone and while a chat answer streams: the
 * whole pipeline, the engine in its own process, recorded typing at a person's pace. The two are measured in
 * turn over the same keystrokes, each run with cold caches, and the order of a pair changes from pair to pair.
 *
 * The bundled model was never taught to converse: it gets a chat template here, and what it says is
 * nonsense, but takes the time that an answer takes.
 *
 *     node --experimental-transform-types bench/chatBesideCompletion.ts [--model folder] [--pairs 8]
 *         [--keystrokes 120] [--gap 60] > result.json
 */

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../src/base/clock.ts";
import { nullLogger } from "../src/base/log.ts";
import { percentile, round, spreadOf, type Spread } from "../src/cli/bench/percentile.ts";
import { parseTrace, type Keystroke } from "../src/cli/bench/trace.ts";
import { LocalSyntax } from "../src/context/syntax/localSyntax.ts";
import { createSupervisedEngine } from "../src/engineProcess/supervisor.ts";
import type { ChatMessage, ChatModel } from "../src/languageModel/languageModel.ts";
import { engineChatModel } from "../src/languageModel/local/engineChatModel.ts";
import { manifestFileName, type ChatFormat, type ModelManifest } from "../src/model/manifest.ts";
import { openModel } from "../src/model/modelStore.ts";
import { createTokenizer } from "../src/tokenizer/bpeTokenizer.ts";
import { bundleChild } from "../test/support/bundledChild.ts";
import { grammarFiles } from "../test/support/grammarFiles.ts";
import { AnsweredKeys } from "./answeredKeys.ts";
import { printReport } from "./printReport.ts";

const { values } = parseArgs({
	options: {
		model: { type: "string", default: join(import.meta.dirname, "../models/mote-nano") },
		pairs: { type: "string", default: "8" },
		keystrokes: { type: "string", default: "120" },
		/** Milliseconds between an answer and the next keystroke. */
		gap: { type: "string", default: "60" },
	},
});

/** Markers that any model of the importer has at least some of; all of them end an answer. */
function templateFor({ stopTokens }: ModelManifest): ChatFormat {
	const [open = "", close = ""] = stopTokens.slice(-3);
	return {
		template: `{% for m in messages %}${open}{{ m.role }}\n{{ m.content }}${close}\n{% endfor %}${open}assistant\n`,
		specialTokens: [...new Set([open, close])],
		stopTokens: [],
	};
}

const tracesFolder = join(import.meta.dirname, "traces");
const traceName = "real-a-utils.ts";
const trace = parseTrace(
	await readFile(join(tracesFolder, `${traceName}.jsonl`), "utf8"),
	await readFile(join(tracesFolder, `${traceName}.before`), "utf8"),
);
const root = await mkdtemp(join(tmpdir(), "mote-chat-"));
const child = await bundleChild("src/engineProcess/child.ts");
try {
	await cp(values.model, root, { recursive: true });
	const { manifest } = await openModel(root, { verify: "sizes" });
	const chatting = { ...manifest, chat: manifest.chat ?? templateFor(manifest) };
	await writeFile(join(root, manifestFileName), JSON.stringify(chatting));
	const loadBefore = loadavg()[0];
	printReport({ ...(await measure(root)), model: manifest.name }, loadBefore);
} finally {
	await child.remove();
	await rm(root, { recursive: true });
}

interface Run {
	/** Of each keystroke for which the engine was asked. */
	readonly answerMs: readonly number[];
	readonly queuedMs: readonly number[];
}

async function measure(modelFolder: string): Promise<Record<string, unknown>> {
	const { manifest, tokenizerPath } = await openModel(modelFolder);
	const tokenizer = createTokenizer(await readFile(tokenizerPath, "utf8"));
	const supervised = createSupervisedEngine({
		childPath: child.path,
		modelFolder,
		logger: nullLogger,
		clock: systemClock,
	});
	const syntax = new LocalSyntax(grammarFiles);
	const { engine } = supervised;
	const parts = { engine, tokenizer, manifest, clock: systemClock };
	const chat = engineChatModel(parts);
	if (chat === undefined) {
		throw new Error("the manifest has a chat template");
	}
	let runs = 0;
	const type = async (keystrokes: readonly Keystroke[]): Promise<Run> => {
		const number = runs++;
		const answerMs: number[] = [];
		const queuedMs: number[] = [];
		const keys = new AnsweredKeys({ engine, tokenizer, manifest, syntax });
		for (const { text, offset } of keystrokes) {
			// The path stands at the start of the prompt: no run finds the caches of another.
			const path = `run-${number}/${trace.path}`;
			const key = await keys.ask({ path, languageId: "typescript", text, offset });
			if (key.stats !== undefined) {
				answerMs.push(key.answerMs);
				queuedMs.push(key.stats.queuedMs);
			}
			// Uneven, so that keystrokes fall into all phases of a chat pass.
			await systemClock.sleep(Number(values.gap) * (0.5 + ((answerMs.length * 7) % 11) / 11));
		}
		keys.dispose();
		return { answerMs, queuedMs };
	};
	try {
		const count = Number(values.keystrokes);
		await type(trace.keystrokes.slice(0, 20));
		const alone: Run[] = [];
		const beside: Run[] = [];
		let chatTokens = 0;
		let chatSeconds = 0;
		for (let pair = 0; pair < Number(values.pairs); pair++) {
			const start = (pair * count) % Math.max(1, trace.keystrokes.length - count);
			const keystrokes = trace.keystrokes.slice(start, start + count);
			for (const withChat of pair % 2 === 0 ? [false, true] : [true, false]) {
				if (!withChat) {
					alone.push(await type(keystrokes));
					continue;
				}
				const talk = new AbortController();
				const startMs = systemClock.now();
				const talking = converse(chat, manifest, talk.signal);
				beside.push(await type(keystrokes));
				talk.abort();
				chatTokens += await talking;
				chatSeconds += (systemClock.now() - startMs) / 1000;
			}
			process.stderr.write(`pair ${pair + 1}: ${JSON.stringify(summary(alone, beside))}\n`);
		}
		return {
			...summary(alone, beside),
			chatTokensPerSecond: round(chatTokens / chatSeconds),
			pairs: Number(values.pairs),
			gapMs: Number(values.gap),
		};
	} finally {
		await syntax.dispose();
		await supervised.dispose();
	}
}

/** Asks about code, and on and on, until the signal. Returns how many tokens were written. */
async function converse(
	chat: ChatModel,
	manifest: ModelManifest,
	signal: AbortSignal,
): Promise<number> {
	const code = trace.keystrokes[0]?.text.slice(0, manifest.trainedContextLength) ?? "";
	let tokens = 0;
	let messages: readonly ChatMessage[] = [];
	while (!signal.aborted) {
		const words = messages.map(({ content }) => content).join("");
		const isNew = messages.length === 0 || chat.countTokens(words) > manifest.trainedContextLength;
		const content = isNew ? `What does this do?\n${code}` : "And what else?";
		messages = [...(isNew ? [] : messages), { role: "user", content }];
		const stream = chat.answer({ messages, maxAnswerTokens: 400, temperature: 0.8 }, signal);
		let text = "";
		let next = await stream.next();
		while (next.done !== true) {
			text += next.value;
			next = await stream.next();
		}
		tokens += next.value.usage.answerTokens ?? 0;
		messages = [...messages, { role: "assistant", content: text || "." }];
	}
	return tokens;
}

interface Summary {
	readonly aloneMs: Spread;
	readonly besideChatMs: Spread;
	/** Beside the chat ÷ alone. */
	readonly ratio: { readonly p50: number; readonly p95: number };
	readonly queuedMs: { readonly alone: Spread; readonly besideChat: Spread };
}

function summary(alone: readonly Run[], beside: readonly Run[]): Summary {
	const [a, b] = [alone, beside].map((runs) => runs.flatMap(({ answerMs }) => answerMs));
	const ratio = (share: number): number =>
		round(percentile(b ?? [], share) / percentile(a ?? [], share));
	return {
		aloneMs: spreadOf(a ?? []),
		besideChatMs: spreadOf(b ?? []),
		ratio: { p50: ratio(0.5), p95: ratio(0.95) },
		queuedMs: {
			alone: spreadOf(alone.flatMap(({ queuedMs }) => queuedMs)),
			besideChat: spreadOf(beside.flatMap(({ queuedMs }) => queuedMs)),
		},
	};
}
