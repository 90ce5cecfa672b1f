import type { ContextQuery } from "../../context/source.ts";
import { maxBudgetTokens, minBudgetTokens } from "../../context/source.ts";

/** Where a person is while they ask. */
export interface QuestionPlace {
	readonly path: string;
	readonly languageId: string;
	readonly text: string;
	readonly offset: number;
}

/**
 * What to ask the repository for a question in words: it weighs the names around a place of a document, so
 * the question is put into the document there, on lines of its own.
 */
export function relatedToQuestion(
	question: string,
	place: QuestionPlace | undefined,
	budgetTokens: number,
	openFiles: readonly string[],
): ContextQuery {
	const { path, languageId, text, offset } = place ?? {
		path: "question.md",
		languageId: "markdown",
		text: "",
		offset: 0,
	};
	const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
	const words = `${question.replaceAll(/\r\n?/g, "\n")}\n`;
	return {
		path,
		languageId,
		text: text.slice(0, lineStart) + words + text.slice(lineStart),
		offset: lineStart + words.length,
		recentEdits: [],
		openFiles,
		budgetTokens: Math.min(Math.max(budgetTokens, minBudgetTokens), maxBudgetTokens),
	};
}
