/** How well the logits of one runtime agree with another's over the same rows. */
export interface LogitAgreement {
	readonly rows: number;
	/** Of all logits: the largest distance. */
	readonly largestDelta: number;
	/** Rows where some logit differs by more than the tolerance. */
	readonly beyondTolerance: number;
	/** Rows where the largest logit is another token's. */
	readonly otherBest: number;
	/** Of those, rows where the expected two largest differ by more than the tolerance: there is no excuse for them. */
	readonly wrongBest: number;
}

export const noRows: LogitAgreement = {
	rows: 0,
	largestDelta: 0,
	beyondTolerance: 0,
	otherBest: 0,
	wrongBest: 0,
};

/** Row by row; NaN counts as an infinite distance. `tolerance` is by what two logits may differ without being different. */
export function logitAgreement(
	actual: readonly Float32Array[],
	expected: readonly Float32Array[],
	tolerance: number,
): LogitAgreement {
	return expected.reduce<LogitAgreement>((sum, row, i) => {
		const other = actual[i] ?? new Float32Array(0);
		const [best, lead] = bestAndLead(row);
		const delta = largestDelta(other, row);
		const isOther = bestAndLead(other)[0] !== best;
		return {
			rows: sum.rows + 1,
			largestDelta: Math.max(sum.largestDelta, delta),
			beyondTolerance: sum.beyondTolerance + (delta > tolerance ? 1 : 0),
			otherBest: sum.otherBest + (isOther ? 1 : 0),
			wrongBest: sum.wrongBest + (isOther && lead > tolerance ? 1 : 0),
		};
	}, noRows);
}

export function addAgreements(a: LogitAgreement, b: LogitAgreement): LogitAgreement {
	return {
		rows: a.rows + b.rows,
		largestDelta: Math.max(a.largestDelta, b.largestDelta),
		beyondTolerance: a.beyondTolerance + b.beyondTolerance,
		otherBest: a.otherBest + b.otherBest,
		wrongBest: a.wrongBest + b.wrongBest,
	};
}

function largestDelta(a: Float32Array, b: Float32Array): number {
	if (a.length !== b.length) {
		return Infinity;
	}
	let largest = 0;
	for (const [i, value] of b.entries()) {
		const delta = Math.abs((a[i] ?? NaN) - value);
		largest = Math.max(largest, Number.isNaN(delta) ? Infinity : delta);
	}
	return largest;
}

/** The token of the largest logit, and by how much it is larger than the next. */
function bestAndLead(row: Float32Array): readonly [best: number, lead: number] {
	let best = 0;
	let second = -Infinity;
	for (let id = 1; id < row.length; id++) {
		const value = row[id] ?? NaN;
		const largest = row[best] ?? NaN;
		if (value > largest) {
			second = largest;
			best = id;
		} else if (value > second) {
			second = value;
		}
	}
	return [best, (row[best] ?? NaN) - second];
}
