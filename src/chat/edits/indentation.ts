/** Columns that a tab takes where it is compared with spaces. */
const tabColumns = 4;

/** The widest unit that people indent by, in spaces. */
const maxUnit = 8;

export function indentationOf(line: string): string {
	return /^[ \t]*/.exec(line)?.[0] ?? "";
}

/** How far a line is indented. */
export function columnsOf(line: string): number {
	let columns = 0;
	for (const character of indentationOf(line)) {
		columns += character === "\t" ? tabColumns - (columns % tabColumns) : 1;
	}
	return columns;
}

/** What one level is indented by, as most lines show it; undefined where no line does. */
export function indentationUnit(lines: readonly string[]): string | undefined {
	const counts = new Map<string, number>();
	let before = "";
	for (const line of lines) {
		const plain = line.trim();
		// Continued comments are indented by one more column, which says nothing.
		if (plain === "" || plain.startsWith("*")) {
			continue;
		}
		const own = indentationOf(line);
		const added = own.startsWith(before) ? own.slice(before.length) : "";
		before = own;
		const unit = added.startsWith("\t") ? "\t" : added;
		if (unit === "\t" || (/^ +$/.test(unit) && unit.length > 1 && unit.length <= maxUnit)) {
			counts.set(unit, (counts.get(unit) ?? 0) + 1);
		}
	}
	if (counts.size === 0) {
		// Nothing goes a level deeper: all lines stand on one.
		const widths = lines.filter((line) => line.trim() !== "").map(indentationOf);
		return widths.length > 0 && widths.every((width) => /^\t+$/.test(width)) ? "\t" : undefined;
	}
	const [best] = [...counts].sort(
		([a, countA], [b, countB]) => countB - countA || a.length - b.length,
	);
	return best?.[0];
}

/** How a fragment is to be indented, and how it is. */
export interface Indenting {
	/** One level of the fragment and of the file; undefined where nothing shows it. */
	readonly fragmentUnit: string | undefined;
	readonly fileUnit: string | undefined;
	/** Lines behind a bullet align with its text. */
	readonly hasBullets?: boolean;
}

interface Level {
	readonly columns: number;
	readonly written: string;
}

/** A block of text in YAML, in which spaces count: what stands above it, and its first line. */
interface Scalar {
	readonly columns: number;
	readonly first: Level | undefined;
}

/**
 * The lines of a fragment in the unit of the file, the first of them indented as `target` is; lines inside of a literal
 * stay as they are. Models write four spaces where the file has tabs, and leave out what all lines have in common.
 */
export function reindent(
	fragment: readonly string[],
	target: string,
	{ fragmentUnit, fileUnit, hasBullets = false }: Indenting,
	isLiteral: (line: number) => boolean = () => false,
): readonly string[] {
	const lines = withFirstLineLikeLast(fragment);
	const first = lines.find((line) => line.trim() !== "");
	if (first === undefined) {
		return fragment;
	}
	const from = unitColumns(fragmentUnit);
	const to = fileUnit ?? fragmentUnit;
	const base = columnsOf(first);
	if (from === undefined || to === undefined || (fragmentUnit === to && !hasTabsMixed(lines, to))) {
		return shifted(lines, indentationOf(first), target).map((line, at) =>
			isLiteral(at) ? (fragment[at] ?? line) : line,
		);
	}
	let levels: Level[] = [{ columns: base, written: target }];
	let isAligned = false;
	let scalar: Scalar | undefined;
	return lines.map((line, at) => {
		const plain = line.trimStart();
		if (isLiteral(at)) {
			return line;
		}
		if (plain === "") {
			return "";
		}
		const columns = columnsOf(line);
		if (scalar?.first !== undefined && columns > scalar.columns) {
			return `${scalar.first.written}${" ".repeat(Math.max(0, columns - scalar.first.columns))}${plain}`;
		}
		levels = levels.filter((level) => level.columns <= columns);
		const above = levels.at(-1);
		let written: string;
		if (above === undefined) {
			const missing = Math.round((base - columns) / from);
			const width = to === "\t" ? 1 : to.length;
			written = target.slice(0, Math.max(0, target.length - missing * width));
		} else if (above.columns === columns) {
			({ written } = above);
		} else {
			const added = columns - above.columns;
			const isUnit = added % from === 0 && !isAligned;
			written = above.written + (isUnit ? to.repeat(added / from) : " ".repeat(added));
		}
		levels.push({ columns, written });
		if (hasBullets && plain.startsWith("- ")) {
			levels.push({ columns: columns + 2, written: `${written}  ` });
		}
		isAligned = opensAligned(plain);
		const isContent = scalar !== undefined && columns > scalar.columns;
		if (isContent) {
			scalar = scalar === undefined ? undefined : { ...scalar, first: { columns, written } };
		} else {
			scalar =
				hasBullets && /(?::|^-) [|>][-+\d]{0,2}(?: +#.*)?$/.test(plain.trimEnd())
					? { columns: columns + (/^-\s+\S+.*:\s/.test(plain) ? 2 : 0), first: undefined }
					: undefined;
		}
		return written + plain;
	});
}

/** Whether the next line stands below what follows a bracket, and not a level deeper. */
function opensAligned(plain: string): boolean {
	const opened = /[([]([^()[\]{}]*)$/.exec(plain)?.[1];
	return opened !== undefined && opened.trim() !== "" && !/^\s*(?:\/\/|#)/.test(opened);
}

function unitColumns(unit: string | undefined): number | undefined {
	return unit === "\t" ? tabColumns : unit?.length;
}

function hasTabsMixed(lines: readonly string[], unit: string): boolean {
	const foreign = unit === "\t" ? / {2}/ : /\t/;
	return lines.some((line) => foreign.test(indentationOf(line)));
}

/** The first line without the indentation that the others have: it was cut off with the text before it. */
function withFirstLineLikeLast(lines: readonly string[]): readonly string[] {
	const first = lines.findIndex((line) => line.trim() !== "");
	const last = lines.findLastIndex((line) => line.trim() !== "");
	const closing = lines[last] ?? "";
	const isCut =
		last > first &&
		indentationOf(lines[first] ?? "") === "" &&
		indentationOf(closing) !== "" &&
		/^\s*(?:[)\]}]|end\b)/.test(closing) &&
		lines
			.slice(first + 1)
			.every((line) => line.trim() === "" || columnsOf(line) >= columnsOf(closing));
	return isCut
		? lines.map((line, at) => (at === first ? indentationOf(closing) + line : line))
		: lines;
}

/** All lines moved alike; those that can't be stay as they are. */
function shifted(lines: readonly string[], present: string, wanted: string): readonly string[] {
	if (wanted === present) {
		return lines;
	}
	const hasText = (line: string): boolean => line.trim() !== "";
	if (lines.every((line) => !hasText(line) || line.startsWith(present))) {
		return lines.map((line) => (hasText(line) ? wanted + line.slice(present.length) : line));
	}
	if (wanted.endsWith(present)) {
		const added = wanted.slice(0, wanted.length - present.length);
		return lines.map((line) => (hasText(line) ? added + line : line));
	}
	const removed = present.endsWith(wanted) ? present.slice(wanted.length) : undefined;
	const isShared = lines.every((line) => !hasText(line) || line.startsWith(removed ?? "\0"));
	return removed !== undefined && isShared
		? lines.map((line) => (hasText(line) ? line.slice(removed.length) : line))
		: lines;
}
