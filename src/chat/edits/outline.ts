import { commentText, type CodeLanguage } from "./codeLanguage.ts";
import { declarationKeyOf, type DeclarationKey } from "./declarationKey.ts";
import { columnsOf } from "./indentation.ts";
import { scanLines, type ScannedLine } from "./lineScan.ts";
import { literalLines } from "./literals.ts";
import type { LineKind } from "./standIns.ts";

/** Code with what was found in its lines. */
export interface Source {
	readonly lines: readonly string[];
	readonly language: CodeLanguage;
	readonly scanned: readonly ScannedLine[];
	readonly kinds: readonly LineKind[];
	/** Lines that begin inside of a literal, whose indentation is part of its value. */
	readonly literals: readonly boolean[];
}

/** A statement or declaration; lines up to but without each `…End`. */
export interface OutlineNode {
	/** With the comments and decorators above it. */
	readonly lead: number;
	readonly start: number;
	readonly end: number;
	/** Undefined for one without a name. */
	readonly key: DeclarationKey | undefined;
	/** `comment` stands alone; `standIn` stands for code. */
	readonly role: "code" | "comment" | "standIn";
	/** What lies between its head and its end, where it has just one such part. */
	readonly body: { readonly start: number; readonly end: number } | undefined;
}

export function sourceOf(
	lines: readonly string[],
	language: CodeLanguage,
	kinds: readonly LineKind[],
): Source {
	const scanned = scanLines(lines, language);
	return { lines, language, scanned, kinds, literals: literalLines(lines, scanned, language) };
}

/** The statements of lines [from, to), without those inside of them. */
export function outlineOf(source: Source, from: number, to: number): readonly OutlineNode[] {
	const nodes: OutlineNode[] = [];
	let lead: number | undefined;
	const endComment = (end: number): void => {
		if (lead !== undefined) {
			nodes.push(plainNode(lead, end, "comment"));
			lead = undefined;
		}
	};
	let hasDecorator = false;
	let at = from;
	while (at < to) {
		const line = source.lines[at] ?? "";
		if (line.trim() === "") {
			if (!hasDecorator) {
				endComment(at);
			}
			at++;
		} else if (source.kinds[at] === "standIn") {
			endComment(at);
			nodes.push(plainNode(at, at + 1, "standIn"));
			at++;
		} else if (commentEnd(source, at, to) > at) {
			lead ??= at;
			at = commentEnd(source, at, to);
		} else if (decoratorEnd(source, at, to) > at) {
			lead ??= at;
			hasDecorator = true;
			at = decoratorEnd(source, at, to);
		} else {
			const end = endOfStatement(source, at, to);
			nodes.push(codeNode(source, lead ?? at, at, end));
			lead = undefined;
			hasDecorator = false;
			at = end;
		}
	}
	endComment(to);
	return nodes;
}

function plainNode(start: number, end: number, role: "comment" | "standIn"): OutlineNode {
	return { lead: start, start, end, key: undefined, role, body: undefined };
}

function codeNode(source: Source, lead: number, start: number, end: number): OutlineNode {
	const body = bodyOf(source, start, end);
	const headEnd = Math.max(start + 1, Math.min(end, body?.start ?? end, start + 12));
	const head = source.lines
		.slice(start, headEnd)
		.map((line) => line.trim())
		.join(" ");
	return { lead, start, end, key: declarationKeyOf(head, source.language.id), role: "code", body };
}

/** Behind the comment that begins on the line; the line itself for what is none. */
function commentEnd({ lines, language }: Source, at: number, to: number): number {
	const plain = (lines[at] ?? "").trim();
	const marks = language.blockComments.find(([open]) => plain.startsWith(open));
	if (marks === undefined) {
		return commentText(plain, language) === undefined || isDirective(plain, language) ? at : at + 1;
	}
	const [open, close] = marks;
	let end = at;
	let from = open.length;
	while (end < to && !(lines[end] ?? "").trim().includes(close, from)) {
		end++;
		from = 0;
	}
	const isAlone = (lines[end] ?? "").trim().endsWith(close);
	return end < to && isAlone ? end + 1 : at;
}

/** What looks like a comment of its language and isn't one. */
function isDirective(plain: string, { id }: CodeLanguage): boolean {
	return id === "php"
		? plain.startsWith("#[")
		: id === "plaintext" &&
				/^(?:#\s*(?:include|define|if|endif|pragma|region)\b|#\[|--\w)/.test(plain);
}

const decorator = /^(?:@(?!interface\b)[\w.]+|#!?\[|\[[A-Z][\w.]*(?:[(\],]))|^template\s*</;

/** Languages in which a line that begins so is a statement. */
const withAtStatements = new Set([
	"css",
	"scss",
	"less",
	"objective-c",
	"m",
	"mm",
	"vue",
	"svelte",
]);

/** Behind a decorator or attribute that stands on lines of its own. */
function decoratorEnd({ lines, scanned, language }: Source, at: number, to: number): number {
	const plain = (lines[at] ?? "").trim();
	if (!decorator.test(plain) || withAtStatements.has(language.id)) {
		return at;
	}
	const base = scanned[at]?.depthBefore ?? 0;
	let end = at;
	while (end < to - 1 && (scanned[end]?.depthAfter ?? 0) > base) {
		end++;
	}
	const last = (lines[end] ?? "").trim();
	const isWhole =
		end > at
			? /^[)\]}]+\s*$/.test(last)
			: /^@[\w.]+(?:\(.*\))?$|^#!?\[.*\]$|^\[.*\]$|^template\s*<.*>$/.test(plain);
	return isWhole ? end + 1 : at;
}

/** Goes on with what an earlier line began, though it is indented alike. */
const continuation =
	/^(?:[)\]}>]|\{|<\/|\/>|(?:else|elif|elsif|elseif|except|catch|finally|rescue|ensure|end|endif|fi|done|esac|then|do|until|in|when|where|with)\b(?!\s*[=(:.]?=)|&&|\|\||\|>|\?\??[\s.]|\.[\w$]+\s*\()/;

const isItem = (line: string): boolean => /^\s*-(?:\s|$)/.test(line);

function endOfStatement(
	{ lines, scanned, kinds, language }: Source,
	start: number,
	to: number,
): number {
	const base = scanned[start]?.depthBefore ?? 0;
	const own = columnsOf(lines[start] ?? "");
	const isList = language.id === "yaml" || language.isProse;
	let end = start + 1;
	for (let at = start + 1; at < to; at++) {
		const line = lines[at] ?? "";
		const state = scanned[at];
		if (state?.isInside === true || (state?.depthBefore ?? 0) > base) {
			end = at + 1;
			continue;
		}
		if (line.trim() === "") {
			continue;
		}
		const columns = columnsOf(line);
		const isContinued =
			columns === own && !isList && kinds[at] !== "standIn" && continuation.test(line.trim());
		// The items of a key's list may stand below its first letter.
		const isItemOfKey =
			columns === own && language.id === "yaml" && isItem(line) && !isItem(lines[start] ?? "");
		if (columns <= own && !isContinued && !isItemOfKey) {
			break;
		}
		end = at + 1;
	}
	return end;
}

/** Between the bracket that the last line closes, or the end of the head, and the end. */
function bodyOf(
	{ lines, scanned, language }: Source,
	start: number,
	end: number,
): OutlineNode["body"] {
	const last = end - 1;
	if (last <= start) {
		return undefined;
	}
	const base = scanned[start]?.depthBefore ?? 0;
	const own = columnsOf(lines[start] ?? "");
	const plain = (lines[last] ?? "").trim();
	const opener = scanned[last]?.opener;
	let bodyStart: number;
	let bodyEnd = last;
	if (/^[)\]}]/.test(plain) && opener !== undefined) {
		bodyStart = opener + 1;
	} else {
		bodyStart = start + 1;
		while (bodyStart < end && (scanned[bodyStart - 1]?.depthAfter ?? 0) > base) {
			bodyStart++;
		}
		const isClosed = columnsOf(lines[last] ?? "") === own && continuation.test(plain);
		if (!isClosed && !language.endsByIndentation && language.id !== "plaintext") {
			return undefined;
		}
		bodyEnd = isClosed ? last : end;
	}
	// Another part in between, such as an `else`, makes two bodies of it.
	for (let at = start + 1; at < end - 1; at++) {
		const isHead = at < bodyStart;
		const line = (lines[at] ?? "").trim();
		const isLevel = columnsOf(lines[at] ?? "") <= own && scanned[at]?.isInside !== true;
		if (line !== "" && isLevel && !isHead && (scanned[at]?.depthBefore ?? 0) <= base) {
			return undefined;
		}
		if (isHead && line.startsWith("}")) {
			return undefined;
		}
	}
	return bodyStart <= bodyEnd ? { start: bodyStart, end: bodyEnd } : undefined;
}
