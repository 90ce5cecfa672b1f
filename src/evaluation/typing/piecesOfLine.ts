import { lexicalRulesOf } from "../../completion/lexical/lexicalRules.ts";
import { LexicalScanner } from "../../completion/lexical/lexicalScanner.ts";
import type { Span } from "../codePlaces.ts";

/**
 * Pieces of a line that somebody may have left out and types later, in front of what stands to the right, as offsets in the
 * line:
 * - an element of a list (an argument, a parameter, a key) alone, with the comma behind it, and with the one before it;
 * - what stands between two operators with spaces around them, or behind a colon: operands, types, values;
 * - an attribute of a tag, with the white space before it.
 */
export function piecesOfLine(line: string, languageId: string): readonly Span[] {
	return [...piecesBetweenSigns(line, languageId), ...attributes(line)].filter(({ start, end }) =>
		/[\p{L}\p{N}]/u.test(line.slice(start, end)),
	);
}

/** Where the element and the operand at hand begin, in one pair of brackets. */
interface Group {
	itemStart: number;
	/** Where the comma before the element stands; undefined for the first one. */
	comma: number | undefined;
	operandStart: number;
	/** Whether an operator stands before the operand. */
	hasOperator: boolean;
}

const operator = /^(?: (?:[-=+*/%&|^<>?:!]{1,3}|as|in|of|and|or|is|if|else) |: )/;

function piecesBetweenSigns(line: string, languageId: string): readonly Span[] {
	const scanner = new LexicalScanner(line, lexicalRulesOf(languageId));
	const spans: Span[] = [];
	const groupAt = (start: number): Group => ({
		itemStart: start,
		comma: undefined,
		operandStart: start,
		hasOperator: false,
	});
	const groups = [groupAt(0)];
	while (scanner.offset < line.length) {
		const at = scanner.offset;
		const group = groups.at(-1);
		const top = scanner.open.at(-1)?.kind;
		const isCode = top !== "string" && top !== "prose";
		const found = isCode ? operator.exec(line.slice(at, at + 8)) : null;
		const depth = scanner.open.length;
		scanner.step(line.length);
		const isComment = scanner.inkEnd <= at && line.slice(at, scanner.offset).trim() !== "";
		if (group === undefined || isComment) {
			break;
		}
		const sign = line.charAt(at);
		if (scanner.open.length > depth) {
			groups.push(groupAt(scanner.offset));
		} else if (scanner.open.length < depth) {
			groups.length = Math.max(1, scanner.open.length + 1);
			endItem(group, at, line, spans);
		} else if (isCode && (sign === "," || sign === ";")) {
			endItem(group, at, line, spans);
			Object.assign(group, groupAt(at + 1), { comma: sign === "," ? at : undefined });
		} else if (found !== null && at >= group.operandStart) {
			spans.push(trimmed(line, group.operandStart, at));
			group.operandStart = at + found[0].length;
			group.hasOperator = true;
		}
	}
	return spans;
}

function endItem(group: Group, end: number, line: string, spans: Span[]): void {
	if (group.hasOperator) {
		spans.push(trimmed(line, group.operandStart, end));
	}
	const item = trimmed(line, group.itemStart, end);
	spans.push(item);
	if (group.comma !== undefined) {
		spans.push({ start: group.comma, end: item.end });
	}
	const next = /^,\s*(?=\S)/.exec(line.slice(end));
	if (next !== null) {
		spans.push({ start: item.start, end: end + next[0].length });
	}
}

function trimmed(line: string, start: number, end: number): Span {
	const text = line.slice(start, end);
	const from = start + (text.length - text.trimStart().length);
	return { start: from, end: Math.max(from, start + text.trimEnd().length) };
}

function attributes(line: string): readonly Span[] {
	return /<\w/.test(line)
		? [...line.matchAll(/\s[\w:@.-]{1,40}=(?:"[^"]*"|\{[^{}]*\})(?=[\s/>])/g)].map((found) => ({
				start: found.index,
				end: found.index + found[0].length,
			}))
		: [];
}
