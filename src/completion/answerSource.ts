import type { ContextPiece } from "../context/source.ts";
import type { GenerateStats } from "../engine/engine.ts";
import type { AnswerEnd, InfillText } from "../languageModel/languageModel.ts";
import type { CompletionPlace } from "./completionPlace.ts";
import type { CompletionConfig } from "./completionProvider.ts";

/** Writes what may stand at a place: the engine of this machine, or a server. */
export interface AnswerSource {
	/** Most tokens that pieces of other files may take in a prompt; 0 for a model that takes none. */
	maxPiecesTokens(place: CompletionPlace, config: CompletionConfig): number;
	/** Reads the question without answering it, where that costs nobody else anything. */
	prepare(question: AnswerQuestion, signal: AbortSignal): Promise<void>;
	/** Begins nothing before the first `next`. Its generator stops early when `signal` aborts. */
	answer(question: AnswerQuestion, signal: AbortSignal): AnswerText;
}

export interface AnswerQuestion {
	readonly place: CompletionPlace;
	/** The most relevant last. */
	readonly pieces: readonly ContextPiece[];
	readonly config: CompletionConfig;
	/** Somebody has asked for it and waits: what is best counts, not what is soonest. */
	readonly isAwaited: boolean;
}

/** The text after the cursor, in pieces that only ever add to it. Throws UserErrors only. */
export type AnswerText = AsyncGenerator<InfillText, AnswerWritten, void>;

export interface AnswerWritten {
	readonly end: AnswerEnd;
	/** Undefined for an answer that this machine's engine had no part in. */
	readonly stats: GenerateStats | undefined;
}
