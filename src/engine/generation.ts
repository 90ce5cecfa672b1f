import { assert } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import type { HealingConstraint } from "../tokenizer/tokenHealing.ts";
import type { RowSummary } from "../tokenizer/rowSummary.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import { PassStopped, type Backend, type KvCache, type Logits } from "./backend.ts";
import type { FinishReason, GeneratedToken, GenerateRequest } from "./engine.ts";
import type { RequestMixing } from "../adaptation/requestMixing.ts";
import type { AdaptationStats } from "../adaptation/learning.ts";
import type { PassSizes } from "./passSizes.ts";
import type { RememberedLogits } from "./prefixCache.ts";
import { createSampler, givenTokens, type Sampler } from "./sampling/sampler.ts";
import { tokenSpread, type TokenSpread } from "./sampling/tokenSpread.ts";
import { noDraft, type Draft, type Drafter } from "./speculative/drafter.ts";
import { verify } from "./speculative/verify.ts";
import type { StatsCollector } from "./stats.ts";
import { TextProbability } from "./textProbability.ts";
import type { VocabularyIndex } from "../tokenizer/vocabularyIndex.ts";

/** What a {@link Generation} works with; all of it outlives the request. */
export interface GenerationParts {
	readonly backend: Backend;
	readonly vocabulary: VocabularyIndex;
	readonly clock: Clock;
	readonly sizes: PassSizes;
}

/** What belongs to one request. */
export interface GenerationStart {
	readonly request: GenerateRequest;
	/** Holds a beginning of the prompt. The caller keeps owning it. */
	readonly kv: KvCache;
	/** Makes room for so many positions in `kv`. */
	readonly grow: (capacity: number) => void;
	/** The logits after the prompt, where `kv` holds all of it and tokens are to be generated. */
	readonly promptLogits: RememberedLogits | undefined;
	readonly drafter: Drafter;
	readonly healing: HealingConstraint | undefined;
	readonly stats: StatsCollector;
	/** For a request with adaptation. */
	readonly mixing: RequestMixing | undefined;
	/** Asked before each pass: whether somebody else may have to wait for it. */
	readonly prefersShortPasses: () => boolean;
}

/** A token as the sampler chose it, and what its row says beside it; undefined where the answer isn't greedy. */
interface Choice {
	readonly id: TokenId;
	readonly probability: number;
	readonly spread: TokenSpread | undefined;
}

/** What one forward pass brought. */
export interface PassResult {
	/** Tokens that are now final; may be empty. */
	readonly tokens: readonly GeneratedToken[];
	/** Set when the generation has ended. */
	readonly finishReason: FinishReason | undefined;
}

/**
 * One request on its way through the model, one forward pass at a time: prefill in chunks, then rounds of
 * draft, verify, commit.
 *
 * Between two passes:
 * - `kv` holds a beginning of `tokens`: part of the prompt during prefill, afterwards all but the last;
 * - every token in `tokens` is final, and nothing else is remembered about the draft.
 * So it can be left between any two passes, for good or for a while, and its KV cache stays valid. A pass that is
 * stopped changes none of it: it has not been.
 */
export class Generation {
	readonly #request: GenerateRequest;
	readonly #kv: KvCache;
	readonly #grow: (capacity: number) => void;
	readonly #parts: GenerationParts;
	readonly #stats: StatsCollector;
	readonly #drafter: Drafter;
	readonly #sampler: Sampler;
	readonly #stopTokens: ReadonlySet<TokenId>;
	readonly #mixing: RequestMixing | undefined;
	readonly #prefersShortPasses: () => boolean;
	/** The prompt, then the tokens that are final. */
	readonly #tokens: TokenId[];
	#healing: HealingConstraint | undefined;
	/** Final tokens that only wrote `healBytes` again. */
	#healedTokens = 0;
	/** While the healing constraint is open: the tokens that it allows next. */
	#allowed: readonly TokenId[] | undefined;
	/** Of the tokens so far; what counts where the text's isn't known. */
	#jointProbability = 1;
	readonly #text: TextProbability;
	#promptLogits: RememberedLogits | undefined;

	constructor(start: GenerationStart, parts: GenerationParts) {
		const { request, kv, promptLogits, drafter, healing, stats, mixing } = start;
		const { length } = request.prompt;
		assert(
			kv.length < length || promptLogits?.after === length || request.maxNewTokens === 0,
			"a prompt that need not run has its logits remembered",
		);
		this.#request = request;
		this.#kv = kv;
		this.#grow = start.grow;
		this.#promptLogits = promptLogits;
		this.#drafter = drafter;
		this.#constrain(healing);
		this.#stats = stats;
		this.#mixing = mixing;
		this.#prefersShortPasses = start.prefersShortPasses;
		this.#parts = parts;
		this.#sampler =
			request.givenAnswer === undefined
				? createSampler(request.sampling)
				: givenTokens(request.givenAnswer);
		this.#text = new TextProbability(request.healBytes?.length ?? 0);
		this.#stopTokens = new Set(request.stopTokens);
		this.#tokens = [...request.prompt];
	}

	/** The tokens whose keys and values are in the KV cache. */
	get cachedTokens(): readonly TokenId[] {
		return this.#tokens.slice(0, this.#kv.length);
	}

	/** What adaptation did so far; undefined for a request without. */
	get adaptation(): AdaptationStats | undefined {
		return this.#mixing?.stats();
	}

	/** The logits after the prompt, once they are known. */
	get promptLogits(): RememberedLogits | undefined {
		return this.#promptLogits;
	}

	/**
	 * Runs one forward pass, or none where the first token follows from remembered logits. One that `signal` stopped
	 * brings nothing and runs again with the next step. Not to be called again once it has returned a finish reason.
	 */
	async step(signal: AbortSignal): Promise<PassResult> {
		if (this.#allowed?.length === 0) {
			return { tokens: [], finishReason: "unhealable" };
		}
		this.#stats.recordPassStart();
		try {
			if (this.#kv.length < this.#request.prompt.length) {
				return await this.#prefillChunk(signal);
			}
			return this.#generatedTokens === 0 ? this.#firstTokens() : await this.#decodeRound(signal);
		} catch (error) {
			if (error instanceof PassStopped && signal.aborted) {
				return { tokens: [], finishReason: undefined };
			}
			throw error;
		}
	}

	/** The end of prefill, whether it has just run or was not needed. */
	#firstTokens(): PassResult {
		if (this.#request.maxNewTokens === 0) {
			return { tokens: [], finishReason: "length" };
		}
		const row = this.#promptLogits?.row;
		assert(row !== undefined, "the last row of prefill is remembered");
		// Without the backend's summary, which differs from ours in the last bits: a prompt whose row was remembered,
		// or saved for the next start, is answered as the first time.
		return this.#commit(verify([], () => this.#choose(row, undefined, [])).tokens);
	}

	async #prefillChunk(signal: AbortSignal): Promise<PassResult> {
		const { prompt, maxNewTokens } = this.#request;
		const start = this.#kv.length;
		const { tokens, tokensBesideTyping } = this.#parts.sizes.prefillChunk;
		const maxTokens = this.#prefersShortPasses() ? tokensBesideTyping : tokens;
		const chunk = prompt.slice(start, start + maxTokens);
		const isLast = start + chunk.length === prompt.length;
		const logitRows = isLast && maxNewTokens > 0 ? 1 : 0;
		const logits = await this.#timedChunk(chunk, logitRows, signal);
		this.#stats.recordPrefill(chunk.length);
		if (!isLast) {
			return { tokens: [], finishReason: undefined };
		}
		if (logitRows === 1) {
			// A copy, since the row is only valid until the next pass.
			this.#promptLogits = { after: prompt.length, row: logits.row(0).slice() };
		}
		return this.#firstTokens();
	}

	/** What it takes, or took until it was stopped, bounds the next ones. */
	async #timedChunk(
		chunk: readonly TokenId[],
		logitRows: number,
		signal: AbortSignal,
	): Promise<Logits> {
		const { clock, sizes } = this.#parts;
		const { prefillChunk } = sizes;
		const startMs = clock.now();
		let logits;
		try {
			logits = await this.#forward(chunk, logitRows, signal);
		} catch (error) {
			if (error instanceof PassStopped) {
				prefillChunk.recordStopped(chunk.length, clock.now() - startMs);
			}
			throw error;
		}
		prefillChunk.record(chunk.length, clock.now() - startMs);
		return logits;
	}

	async #decodeRound(signal: AbortSignal): Promise<PassResult> {
		const draft = await this.#draft();
		const last = this.#tokens.at(-1);
		assert(last !== undefined, "a prompt is not empty");
		const rows = draft.tokens.length + 1;
		const { clock, sizes } = this.#parts;
		const { draftLength } = sizes;
		const startMs = clock.now();
		const logits = await this.#forward([last, ...draft.tokens], rows, signal);
		draftLength.recordPass(rows, clock.now() - startMs);

		const verdict = verify(draft.tokens, (i) =>
			this.#choose(logits.row(i), logits.summary?.(i), draft.tokens.slice(0, i)),
		);
		this.#stats.recordDecodePass(draft.tokens.length, verdict.accepted);
		if (draft.tokens.length > 0 && this.#request.givenAnswer === undefined) {
			draftLength.recordVerdict(draft.strength, draft.tokens.length, verdict.accepted);
		}
		// Of the draft only the accepted tokens are part of the text.
		this.#kv.rewindTo(this.#tokens.length + verdict.accepted);
		const result = this.#commit(verdict.tokens);
		// The end may come before the last accepted token.
		this.#kv.rewindTo(Math.min(this.#kv.length, this.#tokens.length));
		return result;
	}

	async #draft(): Promise<Draft> {
		const { contextLength } = this.#parts.backend;
		const left = this.#request.maxNewTokens - this.#newTokens;
		const maxTokens = Math.min(
			this.#request.maxDraftTokens,
			// The pass yields one token more than it accepts.
			left - 1,
			contextLength - this.#tokens.length - 1,
		);
		if (this.#request.givenAnswer !== undefined) {
			return this.#nextGiven(this.#request.givenAnswer, maxTokens);
		}
		// Under the healing constraint each row would need the constraint after the row before it.
		if (maxTokens <= 0 || this.#allowed !== undefined || this.#prefersShortPasses()) {
			return noDraft;
		}
		const draft = await this.#drafter.propose(this.#tokens, maxTokens);
		const available = Math.min(draft.tokens.length, maxTokens);
		if (available === 0) {
			return noDraft;
		}
		const length = this.#parts.sizes.draftLength.choose(draft.strength, available);
		return { tokens: draft.tokens.slice(0, length), strength: draft.strength };
	}

	/** Of a known answer what a pass reads without keeping anybody waiting. */
	#nextGiven(answer: readonly TokenId[], maxTokens: number): Draft {
		const { tokensBesideTyping } = this.#parts.sizes.prefillChunk;
		const most = this.#prefersShortPasses() ? Math.min(maxTokens, tokensBesideTyping) : maxTokens;
		const start = this.#generatedTokens;
		return most <= 0 ? noDraft : { ...noDraft, tokens: answer.slice(start, start + most) };
	}

	/** Makes the tokens that the model chose final, up to the first that ends the generation. */
	#commit(choices: readonly Choice[]): PassResult {
		const tokens: GeneratedToken[] = [];
		let finishReason: FinishReason | undefined;
		for (const { id, probability, spread } of choices) {
			if (this.#stopTokens.has(id)) {
				finishReason = "stop";
				break;
			}
			const joint = this.#jointProbability * probability;
			const textProbabilities = spread === undefined ? undefined : this.#text.of(spread);
			const { begins, ends } = this.#likelihoodOf(joint, textProbabilities);
			const floor = this.#request.minJointProbability;
			if (begins < floor) {
				this.#stats.recordUnlikely(begins);
				finishReason = "unlikely";
				break;
			}
			this.#tokens.push(id);
			this.#jointProbability = joint;
			if (spread !== undefined) {
				this.#text.append(spread);
			}
			this.#healedTokens += this.#healing?.isOnlyHealed(id) === true ? 1 : 0;
			this.#constrain(this.#healing?.after(id));
			tokens.push({ id, probability, ...(textProbabilities && { textProbabilities }) });
			if (ends < floor) {
				this.#stats.recordUnlikely(ends);
				finishReason = "unlikely";
			} else {
				finishReason = this.#endAfterLast();
			}
			if (finishReason !== undefined) {
				break;
			}
		}
		if (tokens.length > 0) {
			this.#stats.recordTokens(tokens.length);
		}
		return { tokens, finishReason };
	}

	/** How likely the answer is with a further token's first byte that doesn't heal, and with all of it. */
	#likelihoodOf(
		joint: number,
		textProbabilities: readonly number[] | undefined,
	): { readonly begins: number; readonly ends: number } {
		const ends = textProbabilities?.at(-1);
		if (textProbabilities === undefined || ends === undefined) {
			return { begins: joint, ends: joint };
		}
		return { begins: textProbabilities[this.#text.bytesToHeal] ?? ends, ends };
	}

	#endAfterLast(): FinishReason | undefined {
		if (this.#allowed?.length === 0) {
			return "unhealable";
		}
		return this.#newTokens === this.#request.maxNewTokens ||
			this.#tokens.length === this.#parts.backend.contextLength
			? "length"
			: undefined;
	}

	#constrain(healing: HealingConstraint | undefined): void {
		this.#healing = healing;
		this.#allowed =
			healing === undefined || healing.isSatisfied ? undefined : healing.allowedTokens();
	}

	/** The choice for the token after the final ones and those `drafted` behind them, by its logits. */
	#choose(row: Float32Array, summary: RowSummary | undefined, drafted: readonly TokenId[]): Choice {
		const mixing = this.#mixing;
		const answer =
			mixing === undefined ? [] : [...this.#tokens.slice(this.#request.prompt.length), ...drafted];
		// The one place where the model's distribution is mixed: plain decoding, verification and the gate
		// all see what is chosen here.
		const mixed = mixing?.mix(row, answer, summary);
		const index = this.#generatedTokens + drafted.length;
		const { id, probability } = this.#sampler(row, index, this.#allowed, mixed, summary);
		mixing?.recordChoice(mixed, id);
		const weightOf =
			mixed === undefined
				? (other: TokenId) => Math.exp((row[other] ?? NaN) - (row[id] ?? NaN))
				: (other: TokenId) => mixed.probabilityOf(other);
		const { sampling, givenAnswer } = this.#request;
		const isGreedy = sampling.temperature === 0 && givenAnswer === undefined;
		const { vocabulary } = this.#parts;
		const spread = isGreedy
			? tokenSpread(vocabulary, id, probability, weightOf, this.#allowed)
			: undefined;
		return { id, probability, spread };
	}

	async #forward(
		tokens: readonly TokenId[],
		logitRows: number,
		signal: AbortSignal,
	): Promise<Logits> {
		const needed = this.#kv.length + tokens.length;
		if (needed > this.#kv.capacity) {
			this.#grow(needed);
		}
		return await this.#parts.backend.forward(this.#kv, tokens, logitRows, signal);
	}

	/** Those that count for `maxNewTokens`. */
	get #newTokens(): number {
		return this.#generatedTokens - this.#healedTokens;
	}

	get #generatedTokens(): number {
		return this.#tokens.length - this.#request.prompt.length;
	}
}
