import type { SyntaxService } from "../../context/syntax/syntaxService.ts";
import type { TaskCode, TaskKind } from "./codeTask.ts";
import { codeLanguageOf } from "../edits/codeLanguage.ts";
import { commentStyleOf } from "./commentStyle.ts";

const verbs: Readonly<Record<TaskKind, string>> = {
	explain: "explain",
	fix: "fix",
	tests: "test",
	doc: "document",
	refactor: "change",
};

/** Lines of a longer selection that are looked at: one with code is enough. */
const maxLines = 200;

/**
 * Why there is nothing to do at a place, in a sentence that says what to do about it; undefined where there is
 * something. Blank lines are nothing, and with `needsCode` neither are comments and brackets alone.
 */
export async function missingSubject(
	kind: TaskKind,
	{ needsCode, ...code }: TaskCode & { readonly needsCode: boolean },
	syntax: SyntaxService | undefined,
	signal: AbortSignal,
): Promise<string | undefined> {
	const isThere = needsCode
		? await hasCode(code, syntax, signal)
		: code.text.slice(code.start, code.end).trim() !== "";
	return isThere
		? undefined
		: `There is no code at the cursor to ${verbs[kind]}: put it into a declaration, or select some.`;
}

async function hasCode(
	{ languageId, text, start, end }: TaskCode,
	syntax: SyntaxService | undefined,
	signal: AbortSignal,
): Promise<boolean> {
	let offset = start;
	for (const line of text.slice(start, end).split("\n").slice(0, maxLines)) {
		const word = line.search(/[\p{L}\p{N}_$]/u);
		if (word >= 0) {
			const position = await syntax?.positionAt(
				{ languageId, text, offset: offset + word },
				signal,
			);
			const isComment =
				position === undefined || position.kind === "unknown"
					? looksLikeComment(line, languageId)
					: position.kind === "comment";
			if (!isComment) {
				return true;
			}
		}
		offset += line.length + 1;
	}
	return false;
}

/** For languages that nothing here can parse. */
function looksLikeComment(line: string, languageId: string): boolean {
	const style = commentStyleOf(languageId);
	const { id, lineComments, blockComments } = codeLanguageOf("", languageId);
	const marks = [
		...(style?.kind === "block" ? ["//", "/*", "*"] : style === undefined ? [] : [style.marker]),
		// Of a language that isn't known there are all marks that any has.
		...(id === "plaintext" ? [] : [...lineComments, ...blockComments.map(([open]) => open)]),
	];
	return marks.some((mark) => line.trimStart().startsWith(mark));
}
