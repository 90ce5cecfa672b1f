import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { AdaptationRequest, AdaptationStats } from "../adaptation/learning.ts";

/**
 * API boundary of src/engine. Tokens in, tokens out: the engine never sees text, files or editor types.
 * Implemented by LocalEngine in this process and by EngineClient over the process boundary; both pass
 * the same contract tests.
 */
export interface Engine {
	/**
	 * Yields tokens as they become final. Ends by returning why, and throws only an EngineError.
	 * Leaving the loop early (break, return, throw) stops the generation, just as aborting `signal` does.
	 * `onPrefill` hears how far the prompt is read; it must not throw.
	 */
	generate(
		request: GenerateRequest,
		signal: AbortSignal,
		onPrefill?: PrefillListener,
	): AsyncGenerator<readonly GeneratedToken[], GenerateResult, void>;
	dispose(): Promise<void>;
}

export interface GeneratedToken {
	readonly id: TokenId;
	/**
	 * Its probability in (0, 1], at temperature 1 and before top-k and top-p: the model's own, or with
	 * {@link GenerateRequest.adaptation} that of the mixture. Under {@link GenerateRequest.healBytes} it is
	 * relative to the tokens that the constraint allows.
	 */
	readonly probability: number;
	/**
	 * Of greedy answers only: for each byte of the token the probability, in [0, 1], that the answer's text goes on so far, in
	 * whatever tokens. Never rises from byte to byte within an answer; 1 for bytes that heal.
	 */
	readonly textProbabilities?: readonly number[];
}

/** How far a prompt is read, for people who wait: a long one takes minutes. */
export interface PrefillProgress {
	readonly promptTokens: number;
	/** Prompt tokens in the KV cache, reused ones included. Never falls; equal to `promptTokens` at the end. */
	readonly readTokens: number;
}

/** Called once when the request starts to run, and after each forward pass of its prefill. */
export type PrefillListener = (progress: PrefillProgress) => void;

export type RequestPriority = "completion" | "chat" | "background";

export interface GenerateRequest {
	/** Not empty. */
	readonly prompt: readonly TokenId[];
	/**
	 * Without those that only write {@link healBytes} again. 0 only prefills: the prompt's KV cache is kept for the
	 * next request.
	 */
	readonly maxNewTokens: number;
	/** Generation ends before any of these; they are never yielded. */
	readonly stopTokens: readonly TokenId[];
	readonly sampling: SamplingParams;
	/** A waiting completion is served before a running chat turn continues. */
	readonly priority: RequestPriority;
	/** A newer request with the same key replaces an older one that hasn't finished. */
	readonly supersedeKey?: string;
	/**
	 * Token healing: UTF-8 bytes with which the answer has to begin. The text at the cursor that was cut
	 * off the prompt because a longer token may start there; every token's bytes must agree with it.
	 */
	readonly healBytes?: Uint8Array;
	/**
	 * Ends the generation where the answer's text becomes less likely than this floor, in [0, 1]: after a token that begins above
	 * it and before one that doesn't. Text that goes on can only become less likely, so what was yielded never has to be taken
	 * back. Of answers that aren't greedy the product of the tokens' probabilities counts, and no token is yielded that puts
	 * it below. 0 never ends it.
	 */
	readonly minJointProbability: number;
	/** Most tokens drafted for one forward pass; 0 turns speculative decoding off. */
	readonly maxDraftTokens: number;
	/** What may be answered in place of `prompt` while much of that is still to be read. */
	readonly standIns?: StandIns;
	/**
	 * The prompt's KV cache, and so its text in another form, may lie on this machine's disk until the next start
	 * of the engine. Never for what is secret.
	 */
	readonly mayPersist?: boolean;
	/**
	 * The answer is known and its probabilities are wanted: these `maxNewTokens` tokens are yielded, whatever the model would have chosen, in
	 * as few passes as `maxDraftTokens` allows. Not together with `healBytes`.
	 */
	readonly givenAnswer?: readonly TokenId[];
	/** Mixes in what was learned of the repository and the file at hand; without it the model is alone. */
	readonly adaptation?: AdaptationRequest;
}

/**
 * Prompts for the same place that take less reading: a short window around the cursor, or what was read before. Which prompt is
 * answered depends on what the KV caches hold; what is answered to it doesn't.
 */
export interface StandIns {
	/** The best first. None is empty, and `healBytes` of the request are what each of them was cut by. */
	readonly prompts: readonly (readonly TokenId[])[];
	/**
	 * Of the request's prompt and then of these, the first is answered of which no more tokens than this are in no KV cache;
	 * without one, that of which the fewest are in none.
	 */
	readonly maxUnreadTokens: number;
}

export interface SamplingParams {
	/** 0 means greedy. */
	readonly temperature: number;
	/** Keep only the k most likely tokens; 0 keeps all. */
	readonly topK: number;
	/** Keep the smallest set whose probabilities sum to at least this, in (0, 1]. */
	readonly topP: number;
	readonly seed: number;
}

export const greedySampling: SamplingParams = { temperature: 0, topK: 0, topP: 1, seed: 0 };

export type FinishReason =
	/** A stop token was reached. */
	| "stop"
	/** `maxNewTokens` were generated, or the context is full. */
	| "length"
	/** What comes next is less likely than `minJointProbability`. */
	| "unlikely"
	/** No token continues `healBytes` (the bytes are not reachable in this vocabulary). */
	| "unhealable"
	| "aborted"
	| "superseded";

export interface GenerateResult {
	readonly finishReason: FinishReason;
	readonly stats: GenerateStats;
}

export interface GenerateStats {
	/** Of the prompt that was answered. */
	readonly promptTokens: number;
	/** Whether one of {@link GenerateRequest.standIns} was answered. */
	readonly isStandIn: boolean;
	/** Prompt tokens whose KV cache was reused, and so weren't prefilled. */
	readonly reusedTokens: number;
	/** Prompt tokens that ran through the model: promptTokens − reusedTokens when prefill finished. */
	readonly prefilledTokens: number;
	readonly generatedTokens: number;
	readonly draftedTokens: number;
	readonly acceptedTokens: number;
	/** Forward passes after prefill. */
	readonly decodePasses: number;
	/** From the call of `generate` to the first forward pass. */
	readonly queuedMs: number;
	/** From the call of `generate` to the first token, or undefined when there was none. */
	readonly firstTokenMs: number | undefined;
	readonly totalMs: number;
	/** Undefined for a request without {@link GenerateRequest.adaptation}. */
	readonly adaptation: AdaptationStats | undefined;
	/**
	 * Of an answer that ended because it became "unlikely": how likely its text would have been with the next token's first
	 * byte, or with all of its last token; below {@link GenerateRequest.minJointProbability}.
	 */
	readonly unlikelyProbability?: number | undefined;
}
