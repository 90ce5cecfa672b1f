import type { TaskCode, TaskPiece } from "./codeTask.ts";
import { commentStyleOf, type CommentStyle } from "./commentStyle.ts";
import { fill, parsesAsBefore, type InfillTools } from "./infilling.ts";

export interface DocCommentRequest {
	readonly code: TaskCode;
	readonly related: readonly TaskPiece[];
}

export type DocCommentOutcome =
	/** The document with the comment in it. */
	| { readonly kind: "written"; readonly text: string; readonly comment: string }
	/** One sentence that says why there is none. */
	| { readonly kind: "none"; readonly sentence: string };

const maxAnswerTokens = 120;

/** The likeliest answer, and others where it is no comment. */
const attempts = [
	{ temperature: 0, seed: 0 },
	{ temperature: 0.5, seed: 1 },
	{ temperature: 0.8, seed: 2 },
] as const;

/**
 * Documents the declaration around the code by having a comment filled in: what a model without conversation
 * can do. Nothing but the comment is new, and the document parses as it did. Rejects with a
 * LanguageModelError only.
 */
export async function writeDocComment(
	{ code, related }: DocCommentRequest,
	tools: InfillTools,
	signal: AbortSignal,
): Promise<DocCommentOutcome> {
	const style = commentStyleOf(code.languageId);
	if (style === undefined) {
		return none(`Mote doesn't know how comments are written in ${code.languageId}.`);
	}
	const slot = await commentSlot(code, style, tools, signal);
	if (slot.isTaken) {
		return none(
			"There is a comment already; without a chat model, Mote writes one where there is none.",
		);
	}
	const before = code.text.slice(0, slot.offset);
	const after = code.text.slice(slot.offset);
	for (const attempt of attempts) {
		const filled = await fill(
			tools.model,
			{
				path: code.path,
				languageId: code.languageId,
				prefix: `${before}${slot.indentation}${slot.opening}`,
				suffix: `${slot.closing}\n${after}`,
				pieces: related,
				maxAnswerTokens,
				stop: slot.stop,
				...attempt,
			},
			signal,
			slot.isComplete,
		);
		if (signal.aborted) {
			return none("Stopped.");
		}
		const lines = slot.linesOf(filled.text, filled.end === "length");
		if (!isProse(lines)) {
			continue;
		}
		const comment = slot.render(lines);
		const text = `${before}${comment}\n${after}`;
		const isComment = await standsAsComment(code, slot.offset, comment, text, tools, signal);
		if (isComment && (await parsesAsBefore(tools, code.languageId, code.text, text, signal))) {
			return { kind: "written", text, comment };
		}
	}
	return none(
		`${tools.model.description.name} wrote no comment that could stand there; a chat model may write a better one.`,
	);
}

interface CommentSlot {
	readonly offset: number;
	readonly indentation: string;
	/** Whether there is a comment at this place. */
	readonly isTaken: boolean;
	readonly opening: string;
	readonly closing: string;
	readonly stop: readonly string[];
	readonly isComplete: (text: string) => boolean;
	/** What the model wrote, as lines without marks. */
	readonly linesOf: (text: string, isCut: boolean) => readonly string[];
	readonly render: (lines: readonly string[]) => string;
}

async function commentSlot(
	code: TaskCode,
	style: CommentStyle,
	tools: InfillTools,
	signal: AbortSignal,
): Promise<CommentSlot> {
	const { text, languageId, start, end } = code;
	const structure = await tools.syntax?.structureAt({ languageId, text, start, end }, signal);
	const declaration = structure?.declaration;
	const bodyStart = declaration?.bodyStart;
	if (style.kind === "docstring" && bodyStart !== undefined) {
		const lineStart = startOfLine(text, bodyStart);
		if (text.slice(lineStart, bodyStart).trim() === "") {
			const indentation = text.slice(lineStart, bodyStart);
			const isTaken = /^[rbu]{0,2}["']/i.test(text.slice(bodyStart, bodyStart + 4));
			return betweenMarks(lineStart, indentation, isTaken, {
				open: style.quote,
				line: "",
				close: style.quote,
			});
		}
	}
	const place = startOfLine(text, declaration?.start ?? firstCode(text, start, end));
	const indentation = /^[ \t]*/.exec(text.slice(place, place + 200))?.[0] ?? "";
	const isTaken = hasCommentAbove(text, place);
	return style.kind === "block"
		? betweenMarks(place, indentation, isTaken, style)
		: markedLines(place, indentation, isTaken, style.marker);
}

function betweenMarks(
	offset: number,
	indentation: string,
	isTaken: boolean,
	{ open, line, close }: { readonly open: string; readonly line: string; readonly close: string },
): CommentSlot {
	const space = line === "" ? "" : " ";
	return {
		offset,
		indentation,
		isTaken,
		opening: open + space,
		closing: space + close,
		stop: [close, "\n\n"],
		isComplete: (text) => text.includes(close),
		linesOf: (text, isCut) =>
			cleaned(
				text
					.split(close, 1)[0]
					?.split("\n")
					.map((part) => part.replace(/^\s*\*? ?/, "")) ?? [],
				isCut,
			),
		render: (lines) =>
			lines.length === 1
				? `${indentation}${open}${space}${lines[0] ?? ""}${space}${close}`
				: [
						line === "" ? open + (lines[0] ?? "") : open,
						...lines.slice(line === "" ? 1 : 0).map((part) => `${line}${space}${part}`.trimEnd()),
						`${space}${close}`,
					]
						.map((part) => (part === "" ? part : indentation + part))
						.join("\n"),
	};
}

function markedLines(
	offset: number,
	indentation: string,
	isTaken: boolean,
	marker: string,
): CommentSlot {
	const isMarked = (line: string): boolean => line.trimStart().startsWith(marker);
	return {
		offset,
		indentation,
		isTaken,
		opening: `${marker} `,
		closing: "",
		stop: ["\n\n"],
		// A line that is begun and can't become a marked one belongs to the code.
		isComplete: (text) =>
			text
				.split("\n")
				.slice(1)
				.some((line) => line.trim() !== "" && !isMarked(line) && !marker.startsWith(line.trim())),
		linesOf: (text, isCut) => {
			const [first = "", ...rest] = text.split("\n");
			const end = rest.findIndex((line) => !isMarked(line));
			const marked = (end < 0 ? rest : rest.slice(0, end)).map((line) =>
				line.trimStart().slice(marker.length).replace(/^ /, ""),
			);
			return cleaned([first, ...marked], isCut);
		},
		render: (lines) => lines.map((line) => `${indentation}${marker} ${line}`.trimEnd()).join("\n"),
	};
}

/** A longer comment is a model that doesn't find its end. */
const maxLines = 12;
const maxLineLength = 300;

/** Without blank lines at the ends; a text that was cut ends with its last whole sentence. */
function cleaned(lines: readonly string[], isCut: boolean): readonly string[] {
	const kept = lines.slice(0, maxLines).map((line) => line.trimEnd().slice(0, maxLineLength));
	if (isCut || lines.length > maxLines) {
		while (kept.length > 0 && !/[.!?]$/.test(kept.at(-1) ?? "")) {
			const line = kept.pop() ?? "";
			const sentenceEnd = /^.*[.!?](?=\s)/.exec(line)?.[0];
			if (sentenceEnd !== undefined) {
				kept.push(sentenceEnd);
			}
		}
	}
	const first = kept.findIndex((line) => line.trim() !== "");
	const last = kept.findLastIndex((line) => line.trim() !== "");
	return first < 0
		? []
		: kept.slice(first, last + 1).map((line, index) => (index === 0 ? line.trimStart() : line));
}

/** Two words at least: marks and empty tags say nothing. */
function isProse(lines: readonly string[]): boolean {
	return (lines.join(" ").match(/\p{L}{2,}/gu) ?? []).length >= 2;
}

async function standsAsComment(
	{ languageId }: TaskCode,
	offset: number,
	comment: string,
	text: string,
	tools: InfillTools,
	signal: AbortSignal,
): Promise<boolean> {
	// Inside the first mark, and before the last one: what is between can't have ended then begun again.
	const first = offset + comment.search(/\S/) + 3;
	const last = offset + comment.trimEnd().length - 1;
	for (const place of [first, last]) {
		const position = await tools.syntax?.positionAt({ languageId, text, offset: place }, signal);
		if (position?.kind === "code") {
			return false;
		}
	}
	return true;
}

function hasCommentAbove(text: string, lineStart: number): boolean {
	const above = text.slice(startOfLine(text, Math.max(0, lineStart - 1)), lineStart).trim();
	return (
		lineStart > 0 && (above.endsWith("*/") || /^(?:\/\/|#(?!include|define|\[)|--)/.test(above))
	);
}

function firstCode(text: string, start: number, end: number): number {
	const offset = text.slice(start, end).search(/\S/);
	return offset < 0 ? start : start + offset;
}

function startOfLine(text: string, offset: number): number {
	return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

function none(sentence: string): DocCommentOutcome {
	return { kind: "none", sentence };
}
