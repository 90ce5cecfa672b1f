import { maxDocumentLength } from "../completion/completionPlace.ts";
import type { CompletionRequest } from "../completion/completionProvider.ts";
import { documentLanguage, type LanguageDocument } from "./documentLanguage.ts";

interface Position {
	readonly line: number;
	readonly character: number;
}

interface Range {
	readonly start: Position;
	readonly end: Position;
}

/** The parts of the editor's TextDocument that make a request. */
export interface RequestDocument extends LanguageDocument {
	readonly lineCount: number;
	getText(): string;
	lineAt(line: number): { readonly range: Range };
	offsetAt(position: Position): number;
}

/** The parts of the editor's InlineCompletionContext that make a request. */
export interface RequestContext {
	readonly invoked: boolean;
	/** Whether the document's name, wherever it lies, says that it may hold credentials. */
	readonly isSecret?: boolean;
	/** What stands before the document, as {@link CompletionRequest.precedingText}. */
	readonly precedingText?: string;
	/** How long ago the document changed, in milliseconds; undefined where nobody saw it change. */
	readonly keyAgeMs?: number | undefined;
	readonly selectedCompletionInfo: { readonly text: string; readonly range: Range } | undefined;
}

/**
 * The request for a completion at `position`, or undefined where the document is too long. Its length
 * comes from the line index that the editor keeps anyway; the text is only copied after that.
 */
export function documentRequest(
	document: RequestDocument,
	path: string,
	position: Position,
	context: RequestContext,
): CompletionRequest | undefined {
	const length = document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
	if (length > maxDocumentLength) {
		return undefined;
	}
	const selected = context.selectedCompletionInfo;
	return {
		path,
		...(context.isSecret === true ? { isSecret: true } : {}),
		languageId: documentLanguage(document),
		text: document.getText(),
		...(context.precedingText === undefined || context.precedingText === ""
			? {}
			: { precedingText: context.precedingText }),
		offset: document.offsetAt(position),
		trigger: context.invoked ? "invoked" : "automatic",
		...(context.keyAgeMs === undefined ? {} : { keyAgeMs: context.keyAgeMs }),
		...(selected === undefined
			? {}
			: {
					selectedSuggestion: {
						text: selected.text,
						start: document.offsetAt(selected.range.start),
						end: document.offsetAt(selected.range.end),
					},
				}),
	};
}
