import { Adaptation } from "../adaptation/adaptation.ts";
import {
	LearningError,
	type LearnChange,
	type Learner,
	type LearnReport,
} from "../adaptation/learning.ts";
import type { RequestMixing } from "../adaptation/requestMixing.ts";
import { assert } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import { HealingConstraint } from "../tokenizer/tokenHealing.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { VocabularyIndex } from "../tokenizer/vocabularyIndex.ts";
import type { Backend, KvCache } from "./backend.ts";
import { Cancellation } from "./cancellation.ts";
import { Channel } from "./channel.ts";
import type {
	Engine,
	FinishReason,
	GeneratedToken,
	GenerateRequest,
	GenerateResult,
	PrefillListener,
	RequestPriority,
} from "./engine.ts";
import { EngineError } from "./errors.ts";
import { runPasses, type MoreUrgent } from "./generateLoop.ts";
import { Generation, type GenerationParts } from "./generation.ts";
import { Lane, type SliceOutcome } from "./lane.ts";
import type { MemoryCeiling } from "./memoryCeiling.ts";
import { PassSizes } from "./passSizes.ts";
import { PrefixCache } from "./prefixCache.ts";
import { chooseByReading, type KeepLimits } from "./prefixReuse.ts";
import type { Drafter } from "./speculative/drafter.ts";
import { IdleSaving } from "./snapshots/idleSaving.ts";
import type { SavedPrefixes } from "./snapshots/savedPrefixes.ts";
import { AdaptiveDrafter } from "./speculative/adaptiveDrafter.ts";
import { NgramDrafter } from "./speculative/ngramDrafter.ts";
import { StatsCollector } from "./stats.ts";

export interface LocalEngineOptions {
	/** Owned by the engine from here on. */
	readonly backend: Backend;
	/** Of the model's tokenizer; serves token healing. */
	readonly vocabulary: VocabularyIndex;
	readonly clock: Clock;
	/** Most prompt tokens in one forward pass; by default what a {@link PassSizes} measures. */
	readonly prefillChunkTokens?: number;
	/** KV caches kept after their requests. */
	readonly keep?: KeepLimits;
	/** What KV caches leave to others; without it they take what they need. */
	readonly ceiling?: MemoryCeiling;
	/** KV caches of earlier engines, and of this one for later ones. */
	readonly saved?: SavedPrefixes | undefined;
	/** Requests that may wait, for each priority. */
	readonly maxWaiting?: number;
	/** Tells this vocabulary apart from others in what is saved of the repository. */
	readonly vocabularyChecksum?: string;
	/** Makes the drafter of one request; the mixing is that of a request with adaptation. */
	readonly createDrafter?: (mixing: RequestMixing | undefined, promptTokens: number) => Drafter;
}

const defaultKeep: KeepLimits = { maxCaches: 8, maxBytes: 256 * 2 ** 20 };
const defaultMaxWaiting = 16;

/** Room for the answer that a KV cache is created with; it grows in the rare case of a longer one. */
const roomForAnswerTokens = 64;

/**
 * Positions that a KV cache is created with at most. Behind them it grows with the prefill, so that a long
 * prompt that is given up early has taken no more memory than what it read, and a pass, whose scratch memory
 * goes by the capacity, no more than its depth.
 */
const maxInitialCapacity = 4096;

/** For so long after a completion was asked for, the next keystroke is likely: other passes are kept short. */
const typingMs = 10_000;

/** An {@link Engine} in this process: blocks its thread while a forward pass runs. */
export class LocalEngine implements Engine, Learner {
	readonly #parts: GenerationParts;
	readonly #createDrafter: (mixing: RequestMixing | undefined, promptTokens: number) => Drafter;
	readonly #adaptation: Adaptation;
	readonly #lane: Lane;
	readonly #prefixes: PrefixCache;
	readonly #saving: IdleSaving | undefined;
	readonly #unfinished = new Set<Cancellation>();
	readonly #serving = new Set<Promise<void>>();
	readonly #byKey = new Map<string, Cancellation>();
	#lastCompletionMs = -Infinity;
	#disposed: Promise<void> | undefined;

	constructor(options: LocalEngineOptions) {
		const { backend, clock, saved, vocabulary } = options;
		this.#parts = {
			backend,
			vocabulary,
			clock,
			sizes: new PassSizes(backend, options.prefillChunkTokens),
		};
		this.#createDrafter = options.createDrafter ?? createDrafter;
		this.#adaptation = new Adaptation({
			vocabularySize: backend.vocabularySize,
			vocabulary: options.vocabularyChecksum ?? "",
		});
		this.#lane = new Lane(options.maxWaiting ?? defaultMaxWaiting);
		const prefixes = new PrefixCache(backend, options.keep ?? defaultKeep, saved, options.ceiling);
		this.#prefixes = prefixes;
		this.#saving = saved && new IdleSaving({ prefixes, saved, clock });
	}

	generate(
		request: GenerateRequest,
		signal: AbortSignal,
		onPrefill?: PrefillListener,
	): AsyncGenerator<readonly GeneratedToken[], GenerateResult, void> {
		// Not in the generator itself, which runs only when it is first asked for a value.
		const { clock } = this.#parts;
		const nowMs = clock.now();
		if (request.priority === "completion") {
			this.#lastCompletionMs = nowMs;
		}
		return this.#stream(
			request,
			signal,
			new StatsCollector(clock, nowMs, request.prompt.length, onPrefill),
		);
	}

	async *#stream(
		request: GenerateRequest,
		signal: AbortSignal,
		stats: StatsCollector,
	): AsyncGenerator<readonly GeneratedToken[], GenerateResult, void> {
		this.#check(request);
		const cancellation = new Cancellation();
		const unfollow = cancellation.follow(signal);
		const channel = new Channel<readonly GeneratedToken[], GenerateResult>();
		this.#register(cancellation, request.supersedeKey);
		const serving = this.#serve(request, cancellation, stats, (tokens) => {
			channel.push(tokens);
		}).then(
			(finishReason) => {
				channel.end({ finishReason, stats: stats.snapshot() });
			},
			(error: unknown) => {
				channel.fail(error);
			},
		);
		this.#serving.add(serving);
		void serving.then(() => this.#serving.delete(serving));
		try {
			for (;;) {
				const item = await channel.next();
				if (item.kind === "end") {
					return item.end;
				}
				yield item.value;
			}
		} finally {
			// Reached early when the consumer leaves its loop.
			cancellation.cancel("aborted");
			unfollow();
		}
	}

	async learn(change: LearnChange): Promise<LearnReport> {
		if (this.#disposed !== undefined) {
			throw disposedError();
		}
		try {
			return await this.#adaptation.learn(change);
		} catch (error) {
			throw error instanceof LearningError
				? new EngineError(error.code, error.message, { cause: error.cause })
				: error;
		}
	}

	/** Ends every request, waits for the pass that runs, keeps what was read for later, then frees the model. */
	dispose(): Promise<void> {
		this.#disposed ??= this.#disposeOnce();
		return this.#disposed;
	}

	async #disposeOnce(): Promise<void> {
		for (const cancellation of this.#unfinished) {
			cancellation.cancel("disposed");
		}
		await Promise.all(this.#serving);
		await this.#saving?.finish();
		this.#prefixes.dispose();
		await this.#parts.backend.dispose();
	}

	#check({ prompt: own, standIns, maxNewTokens, givenAnswer, healBytes }: GenerateRequest): void {
		assert(
			givenAnswer === undefined ||
				(givenAnswer.length === maxNewTokens &&
					healBytes === undefined &&
					this.#knows(givenAnswer)),
			"a given answer is all that is asked for",
		);
		for (const prompt of [own, ...(standIns?.prompts ?? [])]) {
			this.#checkPrompt(prompt, maxNewTokens);
		}
	}

	#checkPrompt(prompt: readonly TokenId[], maxNewTokens: number): void {
		const { contextLength } = this.#parts.backend;
		if (this.#disposed !== undefined) {
			throw disposedError();
		}
		assert(prompt.length > 0, "a prompt is not empty");
		assert(this.#knows(prompt), "the prompt was tokenized for another model");
		if (prompt.length + Math.min(maxNewTokens, 1) > contextLength) {
			throw new EngineError(
				"promptTooLong",
				`The prompt has ${prompt.length} tokens, but the model takes ${contextLength}: give it less context.`,
			);
		}
	}

	#knows(tokens: readonly TokenId[]): boolean {
		const { vocabularySize } = this.#parts.backend;
		return tokens.every((token) => token >= 0 && token < vocabularySize);
	}

	#register(cancellation: Cancellation, key: string | undefined): void {
		this.#unfinished.add(cancellation);
		this.#adaptation.pause();
		this.#saving?.pause();
		if (key !== undefined) {
			// Before the new request queues up: an older one that waits leaves its place to it.
			this.#byKey.get(key)?.cancel("superseded");
			this.#byKey.set(key, cancellation);
		}
	}

	#unregister(cancellation: Cancellation, key: string | undefined): void {
		this.#unfinished.delete(cancellation);
		if (this.#unfinished.size === 0) {
			this.#adaptation.resume();
			this.#saving?.resume();
		}
		if (key !== undefined && this.#byKey.get(key) === cancellation) {
			this.#byKey.delete(key);
		}
	}

	/** Waits for the lane, runs the request in slices, and keeps its KV cache however it ends. */
	async #serve(
		request: GenerateRequest,
		cancellation: Cancellation,
		stats: StatsCollector,
		emit: (tokens: readonly GeneratedToken[]) => void,
	): Promise<FinishReason> {
		const { priority, supersedeKey, mayPersist = false } = request;
		let started: { readonly kv: KvCache; readonly generation: Generation } | undefined;
		let finishReason: FinishReason | undefined;
		const release = (): void => {
			if (started !== undefined) {
				const { kv, generation } = started;
				started = undefined;
				const { cachedTokens: tokens, promptLogits: logits, adaptation } = generation;
				if (adaptation !== undefined) {
					stats.recordAdaptation(adaptation);
				}
				this.#prefixes.release({ kv, tokens, logits, priority, mayPersist });
			}
		};
		const slice = async (): Promise<SliceOutcome> => {
			started ??= await this.#start(request, stats);
			const { signal } = cancellation;
			let outcome;
			try {
				outcome = await runPasses(started.generation, signal, this.#moreUrgentThan(priority), emit);
			} catch (error) {
				// What is in the cache after a failed pass is not certain.
				const { kv } = started;
				started = undefined;
				await this.#prefixes.discard(kv);
				throw error;
			}
			if (outcome === "paused") {
				return "paused";
			}
			finishReason = outcome === "cancelled" ? undefined : outcome;
			// Before the lane is free: the next request may want this very cache.
			release();
			return "finished";
		};
		try {
			await this.#lane.occupy(priority, cancellation.signal, slice);
			// Cancelled while paused.
			release();
		} finally {
			this.#unregister(cancellation, supersedeKey);
		}
		return finishReason ?? finishReasonOf(cancellation);
	}

	#moreUrgentThan(priority: RequestPriority): MoreUrgent {
		return {
			waits: () => this.#lane.mustPause(priority),
			// While somebody types passes are short; stopped at each key they would never come to an end.
			onArrival: (stop) =>
				this.#isSomebodyTyping() ? () => undefined : this.#lane.watch(priority, stop),
		};
	}

	#isSomebodyTyping(): boolean {
		return this.#parts.clock.now() - this.#lastCompletionMs < typingMs;
	}

	/** The request's own prompt, or the one that stands in for it. */
	#chosenPrompt({ prompt, standIns, maxNewTokens }: GenerateRequest): readonly TokenId[] {
		if (standIns === undefined) {
			return prompt;
		}
		const prompts = [prompt, ...standIns.prompts];
		const unread = prompts.map((each) => this.#prefixes.unreadTokens(each, maxNewTokens > 0));
		const chosen = prompts[chooseByReading(unread, standIns.maxUnreadTokens)];
		assert(chosen !== undefined, "the choice is one of the prompts");
		return chosen;
	}

	async #start(
		asked: GenerateRequest,
		stats: StatsCollector,
	): Promise<{ readonly kv: KvCache; readonly generation: Generation }> {
		const prompt = this.#chosenPrompt(asked);
		if (prompt !== asked.prompt) {
			stats.recordStandIn(prompt.length);
		}
		const request = { ...asked, prompt };
		const { maxNewTokens, healBytes, priority } = request;
		const capacity = Math.min(
			prompt.length + Math.min(maxNewTokens, roomForAnswerTokens),
			this.#parts.backend.contextLength,
			maxInitialCapacity,
		);
		const { adaptation, stopTokens } = request;
		const mixing = adaptation && this.#adaptation.begin(adaptation, stopTokens);
		const drafter = this.#createDrafter(mixing, prompt.length);
		const healing =
			healBytes === undefined
				? undefined
				: HealingConstraint.forBytes(this.#parts.vocabulary, healBytes);
		// Last: whatever fails before it leaves no cache behind.
		const { kv, logits } = await this.#prefixes.acquire({
			...{ prompt, capacity, priority },
			needsLogits: maxNewTokens > 0,
		});
		stats.recordReuse(kv.length);
		const start = {
			...{ request, kv, promptLogits: logits, mixing, drafter, healing, stats },
			grow: (positions: number) => this.#prefixes.grow(kv, positions),
			prefersShortPasses: () => request.priority !== "completion" && this.#isSomebodyTyping(),
		};
		return { kv, generation: new Generation(start, this.#parts) };
	}
}

/** What decoding learned is also what drafts best; without it the prompt is looked up. */
function createDrafter(mixing: RequestMixing | undefined, promptTokens: number): Drafter {
	const lookup = new NgramDrafter();
	return mixing === undefined
		? lookup
		: new AdaptiveDrafter(mixing.sources, lookup, (sequence) =>
				mixing.context(sequence.slice(promptTokens)),
			);
}

function finishReasonOf({ cause }: Cancellation): FinishReason {
	switch (cause) {
		case "aborted":
		case "superseded":
			return cause;
		case "disposed":
			throw disposedError();
		case undefined:
			assert(false, "a request that was not cancelled has a finish reason");
	}
}

function disposedError(): EngineError {
	return new EngineError(
		"disposed",
		"The engine was shut down; restart it with the command “Mote: Restart Engine”.",
	);
}
