/** The parts of a notebook's cell that make context. */
export interface NotebookCellText {
	readonly languageId: string;
	readonly getText: () => string;
}

/** Eight prompts of the bundled model's length. In UTF-16 units. */
const maxUnits = 65_536;

/** A cell with this at its start is of another language than its notebook says: `%%bash`, `%%html`. */
function beginsWithMagic(text: string): boolean {
	return text.trimStart().startsWith("%%");
}

/**
 * What a notebook says before the cell at `index`, as a script would: the earlier cells of the same language in their order,
 * each followed by an empty line. Where they are too long the nearest stay, and of the first of these whole lines.
 */
export function textOfEarlierCells(cells: readonly NotebookCellText[], index: number): string {
	const cell = cells[index];
	if (cell === undefined || beginsWithMagic(cell.getText())) {
		return "";
	}
	let text = "";
	for (const earlier of cells.slice(0, index).reverse()) {
		const content = earlier.languageId === cell.languageId ? earlier.getText().trimEnd() : "";
		if (content !== "" && !beginsWithMagic(content)) {
			const longer = `${content}\n\n${text}`;
			if (longer.length > maxUnits) {
				return nearestLines(longer, maxUnits);
			}
			text = longer;
		}
	}
	return text;
}

/** Whole lines from the end of `text`, which is longer and ends with a line break. */
function nearestLines(text: string, units: number): string {
	return text.slice(text.indexOf("\n", text.length - units - 1) + 1);
}
