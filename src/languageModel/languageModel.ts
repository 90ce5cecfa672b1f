/** Where a model runs: the user is always told. */
export type ModelPlace = "local" | "remote";

/** What people are told about a model. */
export interface ModelDescription {
	/** Stable from start to start: `local/…` or `remote/…`. */
	readonly id: string;
	readonly name: string;
	readonly place: ModelPlace;
	/** The server's origin for a remote model; undefined for a local one. */
	readonly server: string | undefined;
	/** Most tokens of prompt and answer together. */
	readonly contextTokens: number;
}

/** Why a model stopped writing, where it didn't fail. */
export type AnswerEnd =
	/** It said so itself, or wrote a stop string. */
	| "stop"
	/** As many tokens as were allowed. */
	| "length"
	/** The caller's signal. */
	| "cancelled"
	/** A newer request took its place. */
	| "superseded"
	/** What it was about to write was too unlikely. */
	| "unlikely";

/** What an answer cost. A remote server tells what it likes: undefined is "not told". */
export interface AnswerUsage {
	readonly promptTokens: number | undefined;
	/** Of the prompt, those that were not read again. */
	readonly cachedTokens: number | undefined;
	readonly answerTokens: number | undefined;
	readonly firstTextMs: number | undefined;
	readonly totalMs: number;
}

/** Of an answer that nobody counted. */
export const uncountedUsage: AnswerUsage = {
	promptTokens: undefined,
	cachedTokens: undefined,
	answerTokens: undefined,
	firstTextMs: undefined,
	totalMs: 0,
};

export interface AnswerResult {
	readonly end: AnswerEnd;
	readonly usage: AnswerUsage;
}

export type ChatRole = "system" | "user" | "assistant";

export interface ChatMessage {
	readonly role: ChatRole;
	readonly content: string;
}

export interface ChatRequest {
	/** Not empty; a system message only as the first; ends with one of the user. */
	readonly messages: readonly ChatMessage[];
	readonly maxAnswerTokens: number;
	/** 0 is greedy. */
	readonly temperature: number;
}

/**
 * A model that answers a conversation. API boundary: one implementation runs on this machine's engine, one
 * talks to a server; both pass the same contract tests.
 */
export interface ChatModel {
	readonly description: ModelDescription;
	/**
	 * Yields the answer's text as it becomes final, never half a character. Ends by returning why; throws only
	 * a {@link import("./errors.ts").LanguageModelError}. Leaving the loop early stops it, as the signal does.
	 */
	answer(request: ChatRequest, signal: AbortSignal): AsyncGenerator<string, AnswerResult, void>;
	/** Tokens of `text`: exact for a local model, an upper estimate for a remote one. */
	countTokens(text: string): number;
	/** Tokens that each message takes beside its content. */
	readonly tokensPerMessage: number;
}

/** A piece of another file, whole lines with "\n" breaks. */
export interface InfillPiece {
	readonly path: string;
	readonly text: string;
}

export interface InfillRequest {
	/** Relative to the repository's root, with forward slashes. */
	readonly path: string;
	readonly languageId: string;
	/** All text before and after the hole, "\n" line breaks; the model takes what fits of it. */
	readonly prefix: string;
	readonly suffix: string;
	/** The most relevant last. */
	readonly pieces: readonly InfillPiece[];
	readonly maxPromptTokens: number;
	readonly maxAnswerTokens: number;
	/** At most four, which is what servers take. Never part of the answer. */
	readonly stop: readonly string[];
	readonly temperature: number;
	readonly seed: number;
	/**
	 * Ends the answer where it becomes less likely than this, where the model tells: with a piece that does, or before it. 0
	 * never does.
	 */
	readonly minJointProbability: number;
	readonly priority: "completion" | "chat";
	/** A newer request with the same key replaces an older one. */
	readonly supersedeKey?: string;
}

/** A model that fills a hole in a file. The same two implementations and rules as {@link ChatModel}. */
export interface InfillModel {
	readonly description: ModelDescription;
	infill(
		request: InfillRequest,
		signal: AbortSignal,
	): AsyncGenerator<InfillText, AnswerResult, void>;
}

export interface InfillText {
	/** Not empty. */
	readonly text: string;
	/** Natural logarithm of the probability of what was yielded here; undefined where the model doesn't tell. */
	readonly logProbability: number | undefined;
}
