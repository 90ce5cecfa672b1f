/** Lines of a table for people: the first column to the left, the others to the right. */
export function textTable(rows: readonly (readonly string[])[]): string[] {
	const widths = (rows[0] ?? []).map((_, column) =>
		Math.max(...rows.map((row) => row[column]?.length ?? 0)),
	);
	return rows.map((row) =>
		row
			.map((cell, column) =>
				column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
			)
			.join("  "),
	);
}

export function decimals(value: number | undefined, digits = 3): string {
	return value === undefined || Number.isNaN(value) ? "–" : value.toFixed(digits);
}

export function percent(value: number | undefined): string {
	return value === undefined || Number.isNaN(value) ? "–" : `${(100 * value).toFixed(1)} %`;
}

/** JSON with four decimals: the next ones say nothing with samples of the size that evaluations have. */
export function figuresJson(figures: unknown): string {
	const rounded = (_key: string, value: unknown): unknown =>
		typeof value === "number" ? Math.round(value * 1e4) / 1e4 : value;
	return `${JSON.stringify(figures, rounded, 2)}\n`;
}
