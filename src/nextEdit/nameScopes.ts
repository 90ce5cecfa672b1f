import type { LineEdit } from "./lineEdit.ts";
import type { LineTable } from "./lineTable.ts";
import { indentOf, maxLineUnits, tokensOfLine } from "./lineTokens.ts";

/** Further lines are far enough to be somewhere else. */
const maxLinesBetween = 2000;

/** The smallest indentation on the way from an edit that was made to lines elsewhere, in units; Infinity where nothing lies between. */
export function indentBetween(table: LineTable, made: LineEdit, to: LineEdit): number {
	const madeEnd = made.line + made.next.length;
	const [from, until] =
		madeEnd <= to.line ? [madeEnd, to.line] : [to.line + to.old.length, made.line];
	if (until - from > maxLinesBetween) {
		return 0;
	}
	let least = Infinity;
	for (let at = from; at < until && least > 0; at++) {
		least = Math.min(least, table.indentUnitsAt(at));
	}
	return least;
}

/** The names that stand in the one text and not in the other. */
export function namesGained(old: readonly string[], next: readonly string[]): ReadonlySet<string> {
	const before = namesOf(old);
	return new Set([...namesOf(next)].filter((name) => !before.has(name)));
}

function namesOf(lines: readonly string[]): ReadonlySet<string> {
	return new Set(
		lines.flatMap((line) =>
			tokensOfLine(line).flatMap(({ kind, text }) => (kind === "word" ? [text] : [])),
		),
	);
}

/**
 * How a line brings a name that is known around it only: in the block where it stands, or in the one that it begins. Undefined where it
 * doesn't, or where everybody knows it. What assigns counts as well, since in many languages that is how names begin.
 */
export function localDefinition(line: string, name: string): "block" | "body" | undefined {
	if (indentOf(line) !== "" && assignedNames(line).has(name)) {
		return "block";
	}
	const [, parameters] = parametersPattern.exec(line.slice(0, maxLineUnits)) ?? [];
	return parameters !== undefined && namesOf([parameters]).has(name) ? "body" : undefined;
}

const assignmentPattern =
	/^\s+(?:(?:export\s+)?(?:const|let|var|val|auto)\s(?:mut\s)?)?([\p{L}\p{N}_$\s,:{}[\]]{1,200}?):?=(?![=>])/u;
const parametersPattern = /\b(?:function|def|func|fn)\b[^(]{0,80}\((.*)$/;

function assignedNames(line: string): ReadonlySet<string> {
	const [, names] = assignmentPattern.exec(line.slice(0, maxLineUnits)) ?? [];
	return namesOf(names === undefined ? [] : [names]);
}

/** Words that mean the same everywhere, so that putting one in place of another in one line says little about the next. */
const plainWords: ReadonlySet<string> = new Set(
	(
		"null undefined true false None True False nil self this super let const var public private protected static async " +
		"await return string number boolean any unknown never void int str float bool dict list object pass not and or in is if else"
	).split(" "),
);

export function isPlainWord(name: string): boolean {
	return plainWords.has(name);
}
