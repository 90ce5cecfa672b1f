import { lexicalRulesOf } from "./lexicalRules.ts";
import { LexicalScanner } from "./lexicalScanner.ts";
import type { LineSlot } from "./lineSlot.ts";

export interface PieceInput {
	readonly linePrefix: string;
	readonly restOfLine: string;
	readonly languageId: string;
	/** What is put in between, of which a beginning may be taken. */
	readonly text: string;
	readonly slot: LineSlot;
}

/**
 * For which beginnings of a text, by their length, the line is as whole with them as it was: they close what they open and
 * nothing else, and what follows goes on from them. At the end of a line half a call is a good beginning; in front of
 * code it breaks what stands there. Reads the line and the text once, however many beginnings are asked about.
 */
export function wholePieces(input: PieceInput): (length: number) => boolean {
	const { linePrefix, restOfLine, text, slot } = input;
	if (slot.kind === "silent") {
		return () => false;
	}
	const { isWhole, isInString } = read(input);
	const isSpacedAfter = /^\s/.test(restOfLine);
	const behind = restOfLine.trim();
	return (length) => {
		if (isWhole[length] !== 1) {
			return false;
		}
		const head = text.slice(0, length);
		const ink = head.trimEnd();
		if (ink === "" || ink.trimStart() === behind) {
			// What stands there already is written again.
			return false;
		}
		const isSpaced = head.length > ink.length || isSpacedAfter;
		switch (slot.kind) {
			case "anything":
				return (
					(isInString || !isUnfinished(ink)) &&
					(head === ink || !tight.test(restOfLine)) &&
					!(wordAtEnd.test(head.slice(-2)) && wordAtStart.test(restOfLine))
				);
			case "item": {
				const item = ink.slice(0, -1);
				const hasSpaces = /\s$/.test(linePrefix) || /\s/.test(text.charAt(length));
				return (
					slot.separators.includes(ink.slice(-1)) &&
					!isUnfinished(item.trim()) &&
					(isSpaced || !hasSpaces)
				);
			}
			case "word":
				return isSpaced;
		}
	};
}

interface Reading {
	/** By length: 1 where as much is open as at the cursor, and has been all the time. */
	readonly isWhole: Uint8Array;
	/** Whether the cursor is in a string. */
	readonly isInString: boolean;
}

function read({ linePrefix, restOfLine, languageId, text }: PieceInput): Reading {
	const start = linePrefix.length;
	const end = start + text.length;
	const scanner = new LexicalScanner(linePrefix + text + restOfLine, lexicalRulesOf(languageId));
	while (scanner.offset < start) {
		scanner.step(start);
	}
	const floor = scanner.open.length;
	const innermost = scanner.open.at(-1)?.kind;
	const isWhole = new Uint8Array(text.length + 1);
	while (scanner.offset < end) {
		const at = scanner.offset;
		scanner.step(end);
		const isComment =
			scanner.inkEnd <= at && text.slice(at - start, scanner.offset - start).trim() !== "";
		if (scanner.open.length < floor || isComment) {
			break;
		}
		isWhole[scanner.offset - start] = scanner.open.length === floor ? 1 : 0;
	}
	return { isWhole, isInString: innermost === "string" || innermost === "prose" };
}

/** Whether something has to follow that the line doesn't have: it ends with an operator, or with a separator. */
function isUnfinished(ink: string): boolean {
	return ink === "" || (unfinished.test(ink) && !/(?:\+\+|--)$/.test(ink));
}

const unfinished = /(?:[,;.=+\-/|&*^%~:@\\#<([{]|[=-]>)$/;
/** White space isn't put in front of these. */
const tight = /^[)\],;.:"'`]/;

const wordAtEnd = /[\p{ID_Continue}$]$/u;
const wordAtStart = /^[\p{ID_Continue}$]/u;
