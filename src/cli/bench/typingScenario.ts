import type { Clock } from "../../base/clock.ts";
import type {
	CompletionConfig,
	CompletionOutcome,
	CompletionRequest,
} from "../../completion/completionProvider.ts";
import type { GenerateStats } from "../../engine/engine.ts";
import { languageIdOfPath } from "../../context/files/languageIds.ts";
import { round, spreadOf, type Spread } from "./percentile.ts";
import type { Trace } from "./trace.ts";

/** What one call of the pipeline did: its outcome, and the engine's statistics when the engine was asked. */
export interface ObservedOutcome {
	readonly outcome: CompletionOutcome;
	readonly stats: GenerateStats | undefined;
}

/** The pipeline as the replay needs it. */
export interface Typist {
	provide(
		request: CompletionRequest,
		config: CompletionConfig,
	): Promise<ObservedOutcome & { readonly answeredAtMs: number }>;
	/** When nothing is read in the background any more: a longer pause makes no difference. */
	settled(): Promise<void>;
}

export interface TypingReport {
	/** From the keystroke to ghost text, where the engine was asked and text was shown. */
	readonly keystrokeToGhostMs: Spread;
	/** From the keystroke to an answer of any kind, where the engine was asked. */
	readonly keystrokeToAnswerMs: Spread;
	/** Prompt tokens read for a keystroke, after each character typed forward that reached the engine. */
	readonly prefilledTokensPerKeystroke: Spread;
	/** The same over every edit that reached the engine: jumps, deletions, whole lines. */
	readonly prefilledTokensPerEdit: Spread;
	/** Answers to a short prompt, given while the whole one was still to be read. */
	readonly standIns: number;
	/** Forward passes for one generated token; below 1 where drafts were accepted. */
	readonly decodePassesPerToken: number;
	readonly keystrokes: number;
	readonly shown: number;
	/** Shown without asking the engine: from the cache or as typed. */
	readonly shownWithoutEngine: number;
}

/**
 * Replays typing through the whole pipeline, one keystroke after the other, and measures what the person
 * would wait. The debounce isn't counted: `config` turns it off. Between two edits lies the time that lies between them in the
 * trace, as far as an answer leaves any of it and something is read in it; a trace doesn't say when the cursor came to where the
 * next edit is, so nothing is read ahead there. An edit waits for the answer to the one before, also where the person
 * did not.
 */
export async function replayTyping(
	traces: readonly Trace[],
	typist: Typist,
	config: CompletionConfig,
	clock: Clock,
): Promise<TypingReport> {
	const ghostMs: number[] = [];
	const answerMs: number[] = [];
	const prefilledForward: number[] = [];
	const prefilledAny: number[] = [];
	let keystrokes = 0;
	let shown = 0;
	let shownWithoutEngine = 0;
	let standIns = 0;
	let passes = 0;
	let generated = 0;
	for (const trace of traces) {
		for (const keystroke of trace.keystrokes) {
			keystrokes++;
			const startMs = clock.now();
			const { outcome, stats, answeredAtMs } = await typist.provide(
				{
					path: trace.path,
					languageId: languageIdOfPath(trace.path),
					text: keystroke.text,
					offset: keystroke.offset,
					trigger: "automatic",
				},
				config,
			);
			const elapsedMs = answeredAtMs - startMs;
			const isShown = outcome.kind === "completion";
			shown += isShown ? 1 : 0;
			await within(keystroke.pauseMs - elapsedMs, typist.settled(), clock);
			if (stats === undefined) {
				shownWithoutEngine += isShown ? 1 : 0;
				continue;
			}
			standIns += stats.isStandIn ? 1 : 0;
			answerMs.push(elapsedMs);
			if (isShown) {
				ghostMs.push(elapsedMs);
			}
			prefilledAny.push(stats.prefilledTokens);
			if (keystroke.typedForward) {
				prefilledForward.push(stats.prefilledTokens);
			}
			passes += stats.decodePasses;
			generated += stats.generatedTokens;
		}
	}
	return {
		keystrokeToGhostMs: spreadOf(ghostMs),
		keystrokeToAnswerMs: spreadOf(answerMs),
		prefilledTokensPerKeystroke: spreadOf(prefilledForward),
		prefilledTokensPerEdit: spreadOf(prefilledAny),
		standIns,
		decodePassesPerToken: round(passes / generated),
		keystrokes,
		shown,
		shownWithoutEngine,
	};
}

/** Waits for `settled`, but no longer than `ms`. */
async function within(ms: number, settled: Promise<void>, clock: Clock): Promise<void> {
	const over = new AbortController();
	await Promise.race([settled, clock.sleep(Math.max(0, ms), over.signal)]);
	over.abort();
}
