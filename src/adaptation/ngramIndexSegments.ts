import { assert } from "../base/assert.ts";
import type { FileVersion } from "./ngramIndexFiles.ts";
import type { NgramSegment } from "./ngramSegment.ts";
import { buildSegment, symbolCount, type Piece, type SegmentShape } from "./ngramSegmentBuild.ts";
import { maxIdsPerEntry, rangeBytesPerEntry } from "./ngramSegmentHistograms.ts";
import { sortingBytes } from "./ngramSegmentOrder.ts";
import { finish, type Slices } from "./ngramSlices.ts";
import { DenseTally } from "./ngramTally.ts";

/** Segments of at most so many entries are merged as they come; larger ones in the background. */
const smallEntries = 1024;

/** Bytes of a position and of an id with its count. */
const bytesPerEntry = 4;
const bytesPerId = 8;

/** Files that are settled when a job is done, with the versions that are counted then. */
export type Settled = readonly (readonly [string, FileVersion | undefined])[];

interface Job {
	readonly slices: Slices<NgramSegment>;
	readonly inputs: ReadonlySet<NgramSegment>;
	readonly settles: Settled;
	readonly workingBytes: number;
}

/** The segments of an index, and the one piece of background work that makes a new one of some. */
export class NgramIndexSegments {
	readonly #shape: SegmentShape;
	/** For work that is done at once, and for work in slices: they may meet. */
	readonly #tallyNow: DenseTally;
	readonly #tallyLater: DenseTally;
	#list: readonly NgramSegment[];
	#job: Job | undefined;

	constructor(shape: SegmentShape, list: readonly NgramSegment[]) {
		this.#shape = shape;
		this.#tallyNow = new DenseTally(shape.vocabularySize);
		this.#tallyLater = new DenseTally(shape.vocabularySize);
		this.#list = list;
	}

	/** The newest last. */
	get list(): readonly NgramSegment[] {
		return this.#list;
	}

	get busy(): boolean {
		return this.#job !== undefined;
	}

	/** Memory in use, that of the job included. */
	get bytes(): number {
		let bytes = this.#fixedBytes + (this.#job?.workingBytes ?? 0);
		for (const segment of this.#list) {
			bytes += segment.byteLength;
		}
		return bytes;
	}

	/** What so many symbols take at the worst moment: all in segments, which are being merged into one. */
	peakBytes(symbols: number): number {
		return this.#fixedBytes + symbols * this.#segmentBytesPerSymbol + this.workingBytes(symbols);
	}

	/** What a job over so many symbols takes, its result included, at most. */
	workingBytes(symbols: number): number {
		const sorting = this.#symbolBytes + sortingBytes(this.#symbolBytes);
		// Counting has the longest histograms beside the final ones, and marks where ranges end.
		const counting = this.#segmentBytesPerSymbol + 1 + maxIdsPerEntry * bytesPerId;
		return symbols * Math.max(sorting, counting) + 4 * (this.#shape.vocabularySize + 2) + 1024;
	}

	/** Whether the job settles the file: until it is done nobody knows what to add to its counts. */
	isBusyWith(key: string): boolean {
		return this.#job?.settles.some(([settled]) => settled === key) ?? false;
	}

	/** Counts a few pieces at once. */
	addNow(pieces: readonly Piece[]): void {
		if (pieces.length === 0) {
			return;
		}
		// As in a binary counter: what is added last is merged with segments up to its own size.
		const kept = [...this.#list];
		const merged: NgramSegment[] = [];
		let size = symbolCount(pieces, []);
		for (let last = kept.at(-1); last !== undefined; last = kept.at(-1)) {
			const isFree = this.#job?.inputs.has(last) !== true;
			if (!isFree || last.size > size || last.size + size > smallEntries) {
				break;
			}
			merged.push(last);
			size += last.size;
			kept.pop();
		}
		this.#list = kept;
		this.#append(finish(buildSegment(this.#shape, pieces, merged, this.#tallyNow)));
	}

	/** Starts to make one segment of `pieces` and `inputs`; nothing is visible before it is done. */
	start(pieces: readonly Piece[], inputs: readonly NgramSegment[], settles: Settled): void {
		assert(this.#job === undefined, "one job at a time");
		this.#job = {
			slices: buildSegment(this.#shape, pieces, inputs, this.#tallyLater),
			inputs: new Set(inputs),
			settles,
			workingBytes: this.workingBytes(symbolCount(pieces, inputs)),
		};
	}

	/** Runs the job up to its next pause. Returns what is settled: nothing before the job is done. */
	advance(): Settled {
		const job = this.#job;
		assert(job !== undefined, "there is no job to advance");
		const step = job.slices.next();
		if (step.done !== true) {
			return [];
		}
		this.#job = undefined;
		this.#list = this.#list.filter((segment) => !job.inputs.has(segment));
		this.#append(step.value);
		return job.settles;
	}

	/**
	 * The segments to merge next, so that each is at least `ratio` times as large as all smaller ones
	 * together; none when that is so. A query visits all segments, and what is taken back stays in memory
	 * until it meets what it takes back.
	 */
	unbalanced(ratio: number): readonly NgramSegment[] {
		const bySize = this.#list.toSorted((a, b) => b.size - a.size);
		let smaller = bySize.reduce((sum, { size }) => sum + size, 0);
		for (const [index, { size }] of bySize.entries()) {
			smaller -= size;
			if (size < ratio * smaller) {
				return bySize.slice(index);
			}
		}
		return [];
	}

	/** Counts nothing any more. */
	clear(): void {
		// A job that stops in the middle of a sum would leave its beginnings in the tally.
		if (this.#job !== undefined) {
			this.#tallyLater.drain();
			this.#job = undefined;
		}
		this.#list = [];
	}

	#append(segment: NgramSegment): void {
		if (segment.size > 0) {
			this.#list = [...this.#list, segment];
		}
	}

	get #symbolBytes(): number {
		return this.#shape.wide ? 4 : 2;
	}

	get #segmentBytesPerSymbol(): number {
		const histograms = maxIdsPerEntry * bytesPerId + rangeBytesPerEntry;
		return this.#symbolBytes + bytesPerEntry + histograms;
	}

	get #fixedBytes(): number {
		return this.#tallyNow.byteLength + this.#tallyLater.byteLength;
	}
}
