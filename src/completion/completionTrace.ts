import type { SyntaxPosition } from "../context/syntax/syntaxService.ts";
import type { ContextPiece } from "../context/source.ts";
import type { AnswerFigures } from "./answerFigures.ts";
import type { CallResult } from "./callResult.ts";
import type { CompletionConfig, CompletionRequest } from "./completionProvider.ts";
import type { FilterName } from "./filters/index.ts";
import type { Worth } from "./worthShowing.ts";

/**
 * How far one call of the pipeline came, in figures: what a person wants to know who sees no ghost text. Holds no text of
 * the document. What is undefined was not reached.
 */
export interface CompletionTrace {
	readonly trigger: CompletionRequest["trigger"];
	readonly languageId: string;
	/** UTF-16 units. */
	readonly documentLength: number;
	/** The suggest widget was open, and ghost text had to extend its selected entry. */
	readonly extendsSelection: boolean;
	/** Most tokens of a prompt, and whether completions in comments and strings are wanted: the settings in force. */
	readonly config: CompletionConfig;
	/** What was written before still held here. */
	readonly wasKnown: boolean;
	/** An answer that was being written for an earlier key. */
	readonly wasJoined: boolean;
	/** A model was asked for this call, or was to be. */
	readonly wasAsked: boolean;
	/** After the key, before anybody was asked. */
	readonly waitMs: number | undefined;
	readonly position: SyntaxPosition["kind"] | undefined;
	/** Of other files. */
	readonly pieces: { readonly count: number; readonly tokens: number } | undefined;
	readonly worth: Worth | undefined;
	/** Of an answer that nothing was shown of. */
	readonly answer: AnswerFigures | undefined;
	readonly rejectedBy: FilterName | undefined;
	/** Why the engine or the server failed, in a sentence, which may name files. */
	readonly fault: string | undefined;
	/** From the call to its outcome. */
	readonly elapsedMs: number;
}

/** What a call fills in on its way. */
export interface CallNotes {
	wasKnown: boolean;
	wasJoined: boolean;
	wasAsked: boolean;
	waitMs: number | undefined;
	position: SyntaxPosition["kind"] | undefined;
	pieces: CompletionTrace["pieces"];
	worth: Worth | undefined;
}

export function newNotes(): CallNotes {
	return {
		wasKnown: false,
		wasJoined: false,
		wasAsked: false,
		waitMs: undefined,
		position: undefined,
		pieces: undefined,
		worth: undefined,
	};
}

export function traceOf(
	{ trigger, languageId, text, selectedSuggestion }: CompletionRequest,
	config: CompletionConfig,
	notes: CallNotes,
	{ answer, rejectedBy, fault }: Pick<CallResult, "answer" | "rejectedBy" | "fault">,
	elapsedMs: number,
): CompletionTrace {
	return {
		...{ trigger, languageId, documentLength: text.length, config },
		extendsSelection: selectedSuggestion !== undefined,
		...notes,
		...{ answer, rejectedBy, fault, elapsedMs },
	};
}

export function piecesFigures(pieces: readonly ContextPiece[]): CompletionTrace["pieces"] {
	return {
		count: pieces.length,
		tokens: pieces.reduce((sum, { tokens }) => sum + tokens, 0),
	};
}
