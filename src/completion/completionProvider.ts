/**
 * API boundary of src/completion: the whole inline-completion pipeline without an editor. Used by the
 * extension, the command line and the tests.
 */
export interface CompletionProvider {
	/** Never rejects: a fault is logged and becomes "engineUnavailable". */
	provide(
		request: CompletionRequest,
		config: CompletionConfig,
		signal: AbortSignal,
	): Promise<CompletionOutcome>;
	/**
	 * Somebody may type here soon: collects and reads what a completion would need, behind everything else that the
	 * engine has to do. Shows nothing and asks no server. Never rejects.
	 */
	prepare(
		where: Omit<CompletionRequest, "trigger">,
		config: CompletionConfig,
		signal: AbortSignal,
	): Promise<void>;
	/**
	 * Resolves when nothing is read in the background any more for a completion that was answered before all of its prompt was
	 * read. Never rejects.
	 */
	settled(): Promise<void>;
	/** The user took `completion`, wholly: what follows may be longer. */
	didAccept(completion: Completion): void;
	dispose(): void;
}

export interface CompletionRequest {
	/** Workspace-relative when there is a workspace, with forward slashes. Shown to the model. */
	readonly path: string;
	/** Known to hold credentials, whatever `path` and `text` say: a bare name tells less than where a file lies. */
	readonly isSecret?: boolean;
	/** VS Code's language id. */
	readonly languageId: string;
	readonly text: string;
	/**
	 * What stands before `text` where the document is a part of something: the earlier cells of a notebook. Read, and never changed.
	 * Ends with a line break, or is empty, as it is by default.
	 */
	readonly precedingText?: string;
	/** UTF-16 offset of the cursor in `text`. */
	readonly offset: number;
	readonly trigger: "automatic" | "invoked";
	/**
	 * How long ago the document changed, in milliseconds, when that was before the request: editors wait too before they ask. 0 by
	 * default.
	 */
	readonly keyAgeMs?: number;
	/** Text of the entry selected in the suggest widget, and what it replaces: ghost text has to extend it. */
	readonly selectedSuggestion?: {
		readonly text: string;
		readonly start: number;
		readonly end: number;
	};
}

export type CompletionOutcome =
	| { readonly kind: "completion"; readonly completion: Completion }
	| { readonly kind: "none"; readonly reason: NoCompletionReason };

export type NoCompletionReason =
	/** Switched off by the user or for this language. */
	| "disabled"
	/** Switched off for some minutes. */
	| "snoozed"
	/** The machine runs on its battery, and the user wants quiet then. */
	| "onBattery"
	/** Not a place in the document, or inside a comment or string where it is off. */
	| "unsuitablePosition"
	/** The cursor stands in a word. */
	| "insideWord"
	/** Code follows on the line that needs nothing in front of it, or that stands among words of a text. */
	| "insideLine"
	/** Code follows on a line that is longer than somebody writes. */
	| "lineTooLong"
	/** The document is too large or not text. */
	| "unsuitableDocument"
	/** The editor withdrew the request. */
	| "cancelled"
	/** A newer request took its place. */
	| "superseded"
	/** The model was not sure enough of its first token. */
	| "notConfident"
	/** The model wrote nothing but white space. */
	| "emptyResult"
	/** A filter rejected the text: repetition, duplicate of the next line, … */
	| "filteredOut"
	/** The engine is starting, failed, or is overloaded; the log has the cause. */
	| "engineUnavailable";

export interface Completion {
	readonly insertText: string;
	/** UTF-16 range of the document that `insertText` replaces. */
	readonly replace: { readonly start: number; readonly end: number };
	readonly origin: "model" | "cache" | "typingAsSuggested" | "inFlight";
}

/** Passed with every request and never stored. The extension fills it from settings. */
export interface CompletionConfig {
	/** Lower bound of the adaptive wait after a keystroke; 0 turns the wait off. */
	readonly debounceMs: number;
	/** Tokens for prompt and answer together are also bounded by the model. */
	readonly maxPromptTokens: number;
	readonly maxNewTokens: number;
	readonly multiline: "never" | "auto" | "always";
	/** The joint-probability gate in [0, 1]: 0 shows everything. */
	readonly minJointProbability: number;
	/** Whether decoding learns from this file and the repository; see `Learner`. */
	readonly adaptation: boolean;
	/** Whether pieces of related files go into the prompt, where the model takes them. */
	readonly repositoryContext: boolean;
	readonly inComments: boolean;
	readonly inStrings: boolean;
}
