import type { Clock } from "../base/clock.ts";
import type { AdaptationStats } from "../adaptation/learning.ts";
import type { GenerateStats, PrefillListener } from "./engine.ts";

/** Collects {@link GenerateStats} while a request waits and runs. */
export class StatsCollector {
	readonly #clock: Clock;
	readonly #calledAtMs: number;
	#promptTokens: number;
	#isStandIn = false;
	readonly #onPrefill: PrefillListener | undefined;
	#adaptation: AdaptationStats | undefined;
	#firstPassAtMs: number | undefined;
	#firstTokenMs: number | undefined;
	#reusedTokens = 0;
	#prefilledTokens = 0;
	#generatedTokens = 0;
	#draftedTokens = 0;
	#acceptedTokens = 0;
	#decodePasses = 0;
	#unlikelyProbability: number | undefined;

	constructor(clock: Clock, calledAtMs: number, promptTokens: number, onPrefill?: PrefillListener) {
		this.#clock = clock;
		this.#calledAtMs = calledAtMs;
		this.#promptTokens = promptTokens;
		this.#onPrefill = onPrefill;
	}

	/** One of so many tokens is answered in place of the request's prompt. */
	recordStandIn(promptTokens: number): void {
		this.#promptTokens = promptTokens;
		this.#isStandIn = true;
	}

	recordReuse(tokens: number): void {
		this.#reusedTokens = tokens;
		this.#reportPrefill();
	}

	/** Call before every forward pass. */
	recordPassStart(): void {
		this.#firstPassAtMs ??= this.#clock.now();
	}

	recordPrefill(tokens: number): void {
		this.#prefilledTokens += tokens;
		this.#reportPrefill();
	}

	recordDecodePass(drafted: number, accepted: number): void {
		this.#decodePasses++;
		this.#draftedTokens += drafted;
		this.#acceptedTokens += accepted;
	}

	recordAdaptation(adaptation: AdaptationStats): void {
		this.#adaptation = adaptation;
	}

	/** The text is given up because it would be so likely only. */
	recordUnlikely(probability: number): void {
		this.#unlikelyProbability = probability;
	}

	recordTokens(count: number): void {
		this.#firstTokenMs ??= this.#clock.now() - this.#calledAtMs;
		this.#generatedTokens += count;
	}

	#reportPrefill(): void {
		this.#onPrefill?.({
			promptTokens: this.#promptTokens,
			readTokens: this.#reusedTokens + this.#prefilledTokens,
		});
	}

	snapshot(): GenerateStats {
		const now = this.#clock.now();
		return {
			promptTokens: this.#promptTokens,
			isStandIn: this.#isStandIn,
			reusedTokens: this.#reusedTokens,
			prefilledTokens: this.#prefilledTokens,
			generatedTokens: this.#generatedTokens,
			draftedTokens: this.#draftedTokens,
			acceptedTokens: this.#acceptedTokens,
			decodePasses: this.#decodePasses,
			queuedMs: (this.#firstPassAtMs ?? now) - this.#calledAtMs,
			firstTokenMs: this.#firstTokenMs,
			totalMs: now - this.#calledAtMs,
			adaptation: this.#adaptation,
			...(this.#unlikelyProbability !== undefined && {
				unlikelyProbability: this.#unlikelyProbability,
			}),
		};
	}
}
