/** How the lines of a file are indented. */
export type FileIndentation =
	{ readonly kind: "tabs" } | { readonly kind: "spaces"; readonly width: number };

/** Of a text around the cursor: enough lines to see it, and quickly read. */
const sampledUnits = 10_000;

/** Widths that people choose. */
const widths: readonly number[] = [2, 4, 3, 8];

/** In a file whose lines are indented more, nothing is to be learned of it. */
const maxIndentationUnits = 1000;

/** How wide a tab counts where it stands beside spaces. */
const tabColumns = 4;

/**
 * What the indented lines around `offset` show, and where they show nothing, the white space before the cursor.
 * Undefined for a text without indentation, or with as much of the one kind as of the other.
 */
export function fileIndentationAt(
	text: string,
	offset: number,
	linePrefix: string,
): FileIndentation | undefined {
	const sample = text.slice(Math.max(0, offset - sampledUnits), offset + sampledUnits);
	let tabs = 0;
	let spaces = 0;
	let previous = 0;
	const steps = new Map<number, number>();
	for (const line of sample.split("\n").slice(offset > sampledUnits ? 1 : 0)) {
		const indentation = indentationOf(line);
		if (indentation.length < line.length) {
			tabs += indentation.startsWith("\t") ? 1 : 0;
			// One space aligns the lines of a comment.
			spaces += indentation.startsWith("  ") ? 1 : 0;
			const step = Math.abs(indentation.length - previous);
			steps.set(step, (steps.get(step) ?? 0) + 1);
			previous = indentation.length;
		}
	}
	const atCursor = indentationOf(linePrefix);
	if (tabs === 0 && spaces === 0) {
		return shownBy(atCursor);
	}
	// Text within text, such as a template, is indented as it is and not as the file.
	const isOther = atCursor !== "" && atCursor.startsWith("\t") !== tabs > spaces;
	if (tabs === spaces || isOther) {
		return undefined;
	}
	if (tabs > spaces) {
		return { kind: "tabs" };
	}
	const commonest = widths.reduce((best, width) =>
		(steps.get(width) ?? 0) > (steps.get(best) ?? 0) ? width : best,
	);
	return { kind: "spaces", width: (steps.get(commonest) ?? 0) > 0 ? commonest : tabColumns };
}

function shownBy(indentation: string): FileIndentation | undefined {
	if (indentation.startsWith("\t")) {
		return { kind: "tabs" };
	}
	return widths.includes(indentation.length)
		? { kind: "spaces", width: indentation.length }
		: undefined;
}

/** What stands in front of a line's text; of a line that begins with more than anybody's indentation, none. */
export function indentationOf(line: string): string {
	let end = 0;
	while (end <= maxIndentationUnits && (line.charAt(end) === " " || line.charAt(end) === "\t")) {
		end++;
	}
	return end > maxIndentationUnits ? "" : line.slice(0, end);
}

export function columnsOf(indentation: string): number {
	let columns = 0;
	for (const char of indentation) {
		columns += char === "\t" ? tabColumns : 1;
	}
	return columns;
}

/** Whether the line after this one is indented more. */
export function opensBlock(line: string): boolean {
	return /[{([:]$|=>$|->$/.test(line.slice(-200).trimEnd());
}

/** The line that a text goes on after, and how its file is indented. */
export interface IndentationBase {
	readonly file: FileIndentation | undefined;
	readonly line: string;
}

/**
 * Turns the indentation of a text's lines into that of the file. What the text's own unit is shows in its first
 * indented line, since what was written once isn't taken back.
 */
export class IndentationUnit {
	readonly #base: IndentationBase;
	#own: OwnUnit | undefined;

	constructor(base: IndentationBase) {
		this.#base = base;
	}

	/** The indentation of a line in the file's unit. `lineAbove` is the text's line before it, if it has one. */
	inFile(indentation: string, lineAbove: string | undefined): string {
		const { file } = this.#base;
		if (file === undefined || indentation === "") {
			return indentation;
		}
		if (indentation.includes("\t")) {
			this.#own ??= { from: 0, width: undefined };
			return file.kind === "tabs"
				? indentation
				: indentation.replaceAll("\t", " ".repeat(file.width));
		}
		this.#own ??= ownUnit(this.#base, file, indentation.length, lineAbove);
		return converted(indentation.length, file, this.#own);
	}
}

interface OwnUnit {
	/** Columns that are the file's, and not counted in the text's own unit. */
	readonly from: number;
	/** Spaces for a level; undefined where the text is indented as the file is. */
	readonly width: number | undefined;
}

function ownUnit(
	{ line }: IndentationBase,
	file: FileIndentation,
	columns: number,
	lineAbove: string | undefined,
): OwnUnit {
	const above = lineAbove ?? line;
	const indentation = indentationOf(line);
	if (file.kind === "tabs") {
		const level = indentation.split("\t").length - 1;
		const expected = opensBlock(above) ? level + 1 : level;
		const levels = [expected, level + 1, level, level - 1].filter((each) => each > 0);
		const fitting = levels.map((each) => columns / each).find((width) => widths.includes(width));
		return { from: 0, width: fitting ?? tabColumns };
	}
	const { width: fileWidth } = file;
	// What stands a step deeper than a line that opens a block shows the unit; other lines are aligned to something.
	if (!/[{:]$/.test(above.slice(-200).trimEnd())) {
		return { from: 0, width: undefined };
	}
	const base = columnsOf(indentationOf(above));
	const step = columns - base;
	if (step === fileWidth) {
		return { from: 0, width: undefined };
	}
	if (step > 0 && step <= 4 && widths.includes(step)) {
		return { from: base, width: step };
	}
	const absolute = columns / (base / fileWidth + 1);
	return { from: 0, width: widths.includes(absolute) ? absolute : undefined };
}

function converted(columns: number, file: FileIndentation, own: OwnUnit): string {
	if (own.width === undefined || columns < own.from) {
		return " ".repeat(columns);
	}
	const levels = Math.floor((columns - own.from) / own.width);
	const remainder = " ".repeat((columns - own.from) % own.width);
	return file.kind === "tabs"
		? "\t".repeat(levels) + remainder
		: " ".repeat(own.from + levels * file.width) + remainder;
}
