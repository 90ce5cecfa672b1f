/**
 * What another row costs in a forward pass as long as nothing is measured: about a quarter of a pass of one row, as
 * int4 models on a CPU were measured to do between 2 and 16 rows. Rather too little than too much: what is tried is
 * measured, and what is not tried stays unknown.
 */
const assumedRowShare = 0.25;

/** Up to here each number of rows is a class by itself; behind, they reach to the next power of two. */
const maxSingleRows = 8;

/** Passes of one class that count; the median of nine is not moved by three that something held up. */
const maxSamples = 9;
/** Fewer than this have no median that means anything: the shortest of them counts. */
const minSamplesForMedian = 3;
/** After so many passes of any class a sample is forgotten, so that what once was dear is tried again. */
const maxAgePasses = 200;

/**
 * How much of what a pass took more, or less, than those of its class before it is put down to the machine: its load,
 * its clock rate, the depth of the KV cache. That changes all classes alike, also those that did not run lately.
 */
const paceShare = 1 / 3;
/** At most so much more or less of one pass, which may only have been held up. */
const maxSurprise = 2;

/** No pass takes less; a clock may not have moved in one. */
const minMs = 1e-3;

interface Sample {
	/** The number of the pass. */
	readonly pass: number;
	readonly rows: number;
	/** Its time, divided by the pace of its moment. */
	readonly time: number;
}

interface Point {
	readonly rows: number;
	readonly time: number;
}

/**
 * Time of a forward pass over its number of rows: medians of what was measured for each, and straight between them. No
 * line, for with experts the curve is steep at first, where each row activates others, and flat behind; and on most
 * processors it has steps, where a kernel's rows are full.
 */
export class PassCost {
	/** By class. Newest last. */
	readonly #samples: Sample[][] = [];
	/** What is known, by ascending rows. */
	#points: readonly Point[] = [];
	#passes = 0;
	/** Time of a pass now, relative to one of the same rows when measuring began. */
	#pace = 1;

	record(rows: number, elapsedMs: number): void {
		this.#passes++;
		const ms = Math.max(elapsedMs, minMs);
		const samples = (this.#samples[classOf(rows)] ??= []);
		if (samples.length >= minSamplesForMedian) {
			const surprise = ms / (this.#pace * pointOf(samples).time);
			this.#pace *= Math.min(Math.max(surprise, 1 / maxSurprise), maxSurprise) ** paceShare;
		}
		samples.push({ pass: this.#passes, rows, time: ms / this.#pace });
		if (samples.length > maxSamples) {
			samples.shift();
		}
		this.#points = this.#recentPoints();
	}

	/** Whether passes of other sizes were measured of late, but none of one row, to which they are compared. */
	get lacksSingle(): boolean {
		const [first] = this.#points;
		return first !== undefined && first.rows > 1;
	}

	/** Time of a pass of `rows` relative to one of a single row; at least 1. */
	relative(rows: number): number {
		return Math.max(1, timeAt(this.#points, rows) / timeAt(this.#points, 1));
	}

	#recentPoints(): Point[] {
		const oldest = this.#passes - maxAgePasses;
		return this.#samples.flatMap((samples) => {
			const recent = samples.filter(({ pass }) => pass > oldest);
			return recent.length === 0 ? [] : [pointOf(recent)];
		});
	}
}

function classOf(rows: number): number {
	return rows <= maxSingleRows ? rows : maxSingleRows + Math.ceil(Math.log2(rows / maxSingleRows));
}

function pointOf(samples: readonly Sample[]): Point {
	const times = samples.map(({ time }) => time).sort((a, b) => a - b);
	const middle = times.length < minSamplesForMedian ? 0 : Math.floor(times.length / 2);
	return {
		rows: samples.reduce((sum, { rows }) => sum + rows, 0) / samples.length,
		time: times[middle] ?? 0,
	};
}

function timeAt(points: readonly Point[], rows: number): number {
	const above = points.find((point) => point.rows >= rows);
	const below = points.findLast((point) => point.rows < rows);
	if (above?.rows === rows) {
		return above.time;
	}
	if (below === undefined) {
		return above === undefined ? assumed(rows) : (above.time * assumed(rows)) / assumed(above.rows);
	}
	if (above !== undefined && classOf(above.rows) - classOf(below.rows) <= 1) {
		const share = (rows - below.rows) / (above.rows - below.rows);
		return below.time + share * (above.time - below.time);
	}
	// Nothing is known between classes that are no neighbours, nor beyond the last one.
	const perRow = (assumedRowShare * below.time) / assumed(below.rows);
	return Math.min(below.time + perRow * (rows - below.rows), above?.time ?? Infinity);
}

/** Relative to one row. */
function assumed(rows: number): number {
	return 1 + assumedRowShare * (rows - 1);
}
