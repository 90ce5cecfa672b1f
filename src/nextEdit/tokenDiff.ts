import type { LineToken } from "./lineTokens.ts";

/** Tokens [oldFrom, oldTo) of one line that became [newFrom, newTo) of the other. */
export interface TokenChange {
	readonly oldFrom: number;
	readonly oldTo: number;
	readonly newFrom: number;
	readonly newTo: number;
}

/** Longer lines are compared at their ends only. */
const maxComparedTokens = 160;

/**
 * What was changed between two lines, in order: the longest common subsequence stays, where names weigh more than signs, so that
 * `a.should.equal(b)` and `equal(a, b)` share their names and not their dots.
 */
export function tokenChanges(
	old: readonly LineToken[],
	next: readonly LineToken[],
): readonly TokenChange[] {
	const shorter = Math.min(old.length, next.length);
	let head = 0;
	while (head < shorter && old[head]?.text === next[head]?.text) {
		head++;
	}
	let tail = 0;
	while (tail < shorter - head && old.at(-1 - tail)?.text === next.at(-1 - tail)?.text) {
		tail++;
	}
	const [oldEnd, newEnd] = [old.length - tail, next.length - tail];
	if (head === oldEnd && head === newEnd) {
		return [];
	}
	const [rows, columns] = [oldEnd - head, newEnd - head];
	if (rows === 0 || columns === 0 || rows > maxComparedTokens || columns > maxComparedTokens) {
		return [{ oldFrom: head, oldTo: oldEnd, newFrom: head, newTo: newEnd }];
	}
	const width = columns + 1;
	const best = new Float64Array((rows + 1) * width);
	const value = (row: number, column: number): number => best[row * width + column] ?? 0;
	for (let row = rows - 1; row >= 0; row--) {
		for (let column = columns - 1; column >= 0; column--) {
			const [a, b] = [old[head + row], next[head + column]];
			const skipped = Math.max(value(row + 1, column), value(row, column + 1));
			best[row * width + column] =
				a !== undefined && a.text === b?.text
					? Math.max(skipped, value(row + 1, column + 1) + weightOf(a))
					: skipped;
		}
	}
	const changes: TokenChange[] = [];
	let [row, column] = [0, 0];
	let [rowFrom, columnFrom] = [0, 0];
	const close = (): void => {
		if (row > rowFrom || column > columnFrom) {
			changes.push({
				oldFrom: head + rowFrom,
				oldTo: head + row,
				newFrom: head + columnFrom,
				newTo: head + column,
			});
		}
	};
	while (row < rows && column < columns) {
		const [a, b] = [old[head + row], next[head + column]];
		if (
			a !== undefined &&
			a.text === b?.text &&
			value(row, column) === value(row + 1, column + 1) + weightOf(a)
		) {
			close();
			row++;
			column++;
			[rowFrom, columnFrom] = [row, column];
		} else if (value(row + 1, column) >= value(row, column + 1)) {
			row++;
		} else {
			column++;
		}
	}
	[row, column] = [rows, columns];
	close();
	return changes;
}

/** Multiples of an eighth, so that sums of them are exact. */
function weightOf({ kind, text }: LineToken): number {
	switch (kind) {
		case "word":
			return 2 + Math.min(text.length, 8) / 4;
		case "number":
			return 2;
		case "sign":
			return 1;
		case "space":
			return 0.125;
	}
}
