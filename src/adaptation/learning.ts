import { UserError } from "../base/userError.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";

/**
 * API boundary of src/adaptation: the tokens of the repository, from which decoding learns its names and
 * habits. As in the engine there are tokens only; a file is known by an opaque name. An engine that learns
 * implements it too, beside `Engine`.
 */
export interface Learner {
	/**
	 * Changes are made in the order of the calls, while no request runs. One that comes before the report may
	 * still be answered without the change. Rejects with a {@link LearningError} only; an engine, whose changes
	 * may fail for more reasons, with an EngineError only.
	 */
	learn(change: LearnChange): Promise<LearnReport>;
}

export type LearnChange =
	/**
	 * Goes on with what was saved at this path, in place of all that was learned. A file that isn't there or
	 * can't be used (damaged, of another tokenizer) means to begin anew.
	 */
	| { readonly kind: "open"; readonly path: string }
	/** The text of a file, in place of its earlier one. */
	| {
			readonly kind: "put";
			readonly file: string;
			/** Identifies the content, so that after "open" only what has changed is read again. */
			readonly fingerprint: string;
			readonly tokens: ArrayLike<TokenId>;
	  }
	| { readonly kind: "remove"; readonly file: string }
	/** Writes what was learned to the path of the last "open"; nothing without one. */
	| { readonly kind: "save" };

export interface LearnReport {
	/** After "open": the files that are known already, with their fingerprints. Empty otherwise. */
	readonly known: ReadonlyMap<string, string>;
	readonly files: number;
	readonly tokens: number;
	/** Of memory. */
	readonly bytes: number;
}

export type LearningErrorCode =
	/** What was learned of the repository could not be written. */
	| "storageFailed"
	/** The tokens of a file are of another vocabulary: whoever sent them runs another model. */
	| "runtimeFailed";

export class LearningError extends UserError<LearningErrorCode> {}

/** Mixes the model's distribution with what was learned; see {@link Learner}. */
export interface AdaptationRequest {
	/** The file at hand, whose text counts as it stands here and not as it was learned. */
	readonly file: string;
	/**
	 * Its tokens before the place that the model is to fill, without what token healing took back, and those
	 * after it. Ends of the file that are far away may be missing.
	 */
	readonly before: ArrayLike<TokenId>;
	readonly after: ArrayLike<TokenId>;
	/** Whether other files count too. */
	readonly repository: boolean;
}

/** What adaptation did for one request. */
export interface AdaptationStats {
	/** Tokens of the answer that were chosen from a mixed distribution. */
	readonly mixedTokens: number;
	/** Mean share, in [0, 1], of the probability of these tokens that came from counts and not from the model. */
	readonly learnedShare: number;
}
