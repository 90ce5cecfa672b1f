import { groupBy } from "../base/groupBy.ts";
import { definesName } from "./rules/importLine.ts";
import { indentOf, scannedLine, type ScannedLine } from "./lineTokens.ts";

/** The lines of a document with what is asked about each of them more than once. */
export class LineTable {
	readonly lines: readonly string[];
	/** In lower case, with where each line begins in it. */
	#lower: { readonly text: string; readonly starts: readonly number[] } | undefined;
	#shapes: ReadonlyMap<string, readonly number[]> | undefined;
	readonly #indents: (number | undefined)[] = [];
	/** Ascending. */
	#lengths: Int32Array | undefined;
	readonly #skeletons: (string | undefined)[] = [];
	readonly #holding = new Map<string, readonly number[]>();
	readonly #linesWith = new Map<string, readonly number[]>();
	readonly #scanned: (ScannedLine | undefined)[] = [];

	constructor(lines: readonly string[]) {
		this.lines = lines;
	}

	/** The lines that hold a text in any case, in order; all of them hold nothing. */
	linesHolding(text: string): readonly number[] {
		const wanted = text.toLowerCase();
		let found = this.#holding.get(wanted);
		if (found === undefined) {
			found = wanted === "" ? [...this.lines.keys()] : this.#search(wanted);
			this.#holding.set(wanted, found);
		}
		return found;
	}

	/** The lines of this skeleton, in order. */
	linesShaped(shape: string): readonly number[] {
		this.#shapes ??= groupBy([...this.lines.keys()], (line) => this.skeletonOf(line));
		return this.#shapes.get(shape) ?? [];
	}

	/** Of a line, in UTF-16 units; Infinity where there is nothing, or only what closes and so belongs to what it closes. */
	indentUnitsAt(line: number): number {
		return (this.#indents[line] ??= indentUnits(this.lines[line] ?? ""));
	}

	/** How many lines have at least so many UTF-16 units. */
	linesAsLongAs(units: number): number {
		this.#lengths ??= Int32Array.from(this.lines, ({ length }) => length).sort();
		let [low, high] = [0, this.#lengths.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#lengths[middle] ?? 0) < units) {
				low = middle + 1;
			} else {
				high = middle;
			}
		}
		return this.#lengths.length - low;
	}

	#search(wanted: string): readonly number[] {
		const { text, starts } = (this.#lower ??= this.#lowerCase());
		const found: number[] = [];
		let line = 0;
		for (let at = text.indexOf(wanted); at >= 0;) {
			while ((starts[line + 1] ?? Infinity) <= at) {
				line++;
			}
			found.push(line);
			const nextStart = starts[line + 1];
			at = nextStart === undefined ? -1 : text.indexOf(wanted, nextStart);
		}
		return found;
	}

	#lowerCase(): { readonly text: string; readonly starts: readonly number[] } {
		const lower = this.lines.map((line) => line.toLowerCase());
		let at = 0;
		const starts = lower.map((line) => {
			const start = at;
			at += line.length + 1;
			return start;
		});
		return { text: lower.join("\n"), starts };
	}

	scannedAt(line: number): ScannedLine {
		return (this.#scanned[line] ??= scannedLine(this.lines[line] ?? "", this.lines[line + 1]));
	}

	/** The lines on which a name stands, and not as a part of a longer one. */
	linesWith(name: string): readonly number[] {
		let found = this.#linesWith.get(name);
		if (found === undefined) {
			found = this.linesHolding(name).filter((line) =>
				this.scannedAt(line).tokens.some(({ text }) => text === name),
			);
			this.#linesWith.set(name, found);
		}
		return found;
	}

	/** Whether a line defines or imports the name. */
	defines(name: string): boolean {
		return this.linesWith(name).some((line) => definesName(this.lines[line] ?? "", name));
	}

	skeletonOf(line: number): string {
		return (this.#skeletons[line] ??= skeleton(this.lines[line] ?? ""));
	}
}

/** What stays of a line without its names, numbers and indentation. */
export function skeleton(line: string): string {
	return line.trim().replaceAll(/[\p{L}\p{N}_$]+/gu, "a");
}

export function indentUnits(line: string): number {
	return /^\s*(?:[)\]}>][)\]}>,;]*\s*)?$/.test(line) ? Infinity : indentOf(line).length;
}
