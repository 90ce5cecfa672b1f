import { yieldToEventLoop } from "../base/abort.ts";
import { systemClock, type Clock } from "../base/clock.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import { LiveText } from "./liveText.ts";
import type { NgramCounts } from "./ngramCounts.ts";
import { difference } from "./ngramIndexDelta.ts";
import { fileBytes, IndexedFiles, type FileVersion } from "./ngramIndexFiles.ts";
import { NgramIndexSegments, type Settled } from "./ngramIndexSegments.ts";
import type { NgramSegment } from "./ngramSegment.ts";
import { maxOrder } from "./ngramSegmentOrder.ts";
import {
	newFileTokens,
	segmentShape,
	symbolCount,
	checkedToken,
	type Piece,
	type SegmentShape,
} from "./ngramSegmentBuild.ts";
import { subtractSuccessors, successorsIn, type SortedSuccessors } from "./ngramIndexQuery.ts";

export interface NgramIndexOptions {
	/** Every token id is below it. */
	readonly vocabularySize: number;
	/** Memory that the index may take, work in progress included. */
	readonly maxBytes: number;
	readonly clock?: Pick<Clock, "now">;
}

/** What a saved index consists of: the versions counted, the least recently used first, and their counts. */
export interface NgramIndexContents {
	readonly files: readonly (readonly [string, FileVersion])[];
	readonly segments: readonly NgramSegment[];
}

export interface NgramIndexStatistics {
	/** Files that are counted or about to be. */
	readonly files: number;
	/** Tokens of those files. */
	readonly tokens: number;
	/** Files that had to go for lack of memory so far. When it grows, reading more drops as much. */
	readonly droppedFiles: number;
	/** Files whose newest version is not counted yet. */
	readonly pendingFiles: number;
	readonly segments: number;
	/** Memory in use, work in progress included; never more than `maxBytes`. */
	readonly bytes: number;
}

/**
 * What becomes of a file: counted at once, counted by and by ({@link NgramIndex.work}), or left out because
 * it alone would take more memory than there is.
 */
export type PutOutcome = "counted" | "pending" | "tooLarge";

/**
 * A change of up to so many n-grams is counted at once, well below a millisecond; a larger one by and by.
 */
const immediateNgrams = 1024;

/** Tokens whose counts are built in one go in the background. */
const batchTokens = 262_144;

/**
 * How many times as large a segment is as all smaller ones together. While a repository is read they grow
 * quickly, and merging more often would do the same work again and again; at rest few of them make queries fast.
 */
const ratioWhileReading = 0.5;
const ratioAtRest = 3;

/** Share of the memory that is kept for the counts of the one file which is left out of queries. */
const ownShare = 1 / 8;

/** How full the index is made again when its memory does not suffice to merge. */
const refillShare = 3 / 4;

/**
 * What followed what in the files of a repository, in tokens, in contexts of up to 8 tokens.
 *
 * Counts are sums of signed segments, as in a log-structured merge tree: a changed file adds a segment with
 * the n-grams that are new and, negative, those that are gone. Merging segments in the background drops what
 * cancels out. Nothing is rebuilt on a keystroke, and a file that is removed takes back exactly what it added.
 *
 * The memory bound drops whole files, the least recently put or touched first.
 */
export class NgramIndex implements NgramCounts {
	readonly #shape: SegmentShape;
	readonly #maxBytes: number;
	readonly #clock: Pick<Clock, "now">;
	readonly #files = new IndexedFiles();
	readonly #segments: NgramIndexSegments;
	/** Counts of the file that was left out of a query last, and of which version. */
	#own: { readonly version: FileVersion; readonly counts: LiveText } | undefined;

	/** From when everything is counted again until all of it is. */
	#isStartingAnew = false;
	#droppedFiles = 0;

	constructor(options: NgramIndexOptions, contents?: NgramIndexContents) {
		this.#shape = segmentShape(options.vocabularySize);
		this.#maxBytes = options.maxBytes;
		this.#clock = options.clock ?? systemClock;
		this.#segments = new NgramIndexSegments(this.#shape, contents?.segments ?? []);
		for (const [key, version] of contents?.files ?? []) {
			this.#files.want(key, version);
			this.#files.settle(key, version);
		}
		// The memory allowed may have been more when the index was saved.
		this.#evictDownTo(this.#capacity);
		this.#keepBound();
	}

	/** Tokens are in [0, vocabularySize). `stamp` is kept with the file: see {@link stampOf}. */
	putFile(key: string, tokens: ArrayLike<number>, stamp = ""): PutOutcome {
		const needed = this.#bytesOf(key, stamp, tokens.length);
		if (needed > this.#capacity) {
			this.removeFile(key);
			return "tooLarge";
		}
		const version = { tokens: this.#copy(tokens), stamp };
		this.#files.want(key, version);
		this.#count(key);
		this.#evictDownTo(this.#capacity, key);
		this.#keepBound();
		return this.#files.pending.has(key) ? "pending" : "counted";
	}

	/** Takes back what the file added; a large file is counted until {@link work} comes to it. */
	removeFile(key: string): void {
		if (this.#files.wanted(key) !== undefined || this.#files.counted(key) !== undefined) {
			this.#files.want(key, undefined);
			this.#count(key);
			this.#keepBound();
		}
	}

	/** Keeps the file in memory rather than those used earlier. */
	touch(key: string): void {
		this.#files.touch(key);
	}

	/** The stamp of the newest version put, or undefined when the file isn't there, or no more. */
	stampOf(key: string): string | undefined {
		return this.#files.wanted(key)?.stamp;
	}

	successors(context: readonly TokenId[]): readonly SortedSuccessors[] {
		return successorsIn(this.#segments.list, context);
	}

	/** The same counts without those of one file, as if it had never been put. */
	without(key: string): NgramCounts {
		return {
			successors: (context) => {
				const all = this.successors(context);
				const version = this.#files.counted(key);
				return version === undefined
					? all
					: subtractSuccessors(all, this.#countsOf(version).successors(context));
			},
		};
	}

	/**
	 * Counts pending files and merges segments for about `budgetMs`: it stops at the first pause after, and
	 * from one pause to the next it takes 2 ms at most. Returns whether there is more to do. Queries may come
	 * in between; they see each file in its old version or in its new one.
	 */
	work(budgetMs: number): boolean {
		const end = this.#clock.now() + budgetMs;
		while (this.#advance()) {
			if (this.#clock.now() >= end) {
				return true;
			}
		}
		return false;
	}

	/** Works until nothing is left to do or `signal` aborts, `sliceMs` at a time; I/O is polled in between. */
	async settle(sliceMs: number, signal?: AbortSignal): Promise<void> {
		while (signal?.aborted !== true && this.work(sliceMs)) {
			await yieldToEventLoop();
		}
	}

	statistics(): NgramIndexStatistics {
		return {
			files: this.#files.wantedFiles,
			tokens: this.#files.wantedTokens,
			droppedFiles: this.#droppedFiles,
			pendingFiles: this.#files.pending.size,
			segments: this.#segments.list.length,
			bytes: this.#bytes,
		};
	}

	/** What is counted now, for saving. The arrays are shared and don't change. */
	contents(): NgramIndexContents {
		return { files: [...this.#files.allCounted()], segments: this.#segments.list };
	}

	get vocabularySize(): number {
		return this.#shape.vocabularySize;
	}

	get #bytes(): number {
		return this.#files.bytes + this.#segments.bytes + (this.#own?.counts.byteLength ?? 0);
	}

	/** Most that the wanted files may take once they are counted, at the worst moment of a merge. */
	get #capacity(): number {
		return this.#maxBytes * (1 - ownShare);
	}

	get #wantedBytes(): number {
		const { wantedTokens, wantedFiles, wantedBytes } = this.#files;
		return this.#segments.peakBytes(wantedTokens + wantedFiles * maxOrder) + wantedBytes;
	}

	/** What one file takes if it is alone. */
	#bytesOf(key: string, stamp: string, length: number): number {
		const width = this.#shape.wide ? 4 : 2;
		return this.#segments.peakBytes(length + maxOrder) + fileBytes(key, stamp, length * width);
	}

	#copy(tokens: ArrayLike<number>): FileVersion["tokens"] {
		const copy = newFileTokens(this.#shape, tokens.length);
		for (let i = 0; i < tokens.length; i++) {
			copy[i] = checkedToken(tokens[i], this.#shape.vocabularySize);
		}
		return copy;
	}

	/** Counts the wanted version of a file at once if that is quick; otherwise it stays pending. */
	#count(key: string): void {
		if (this.#segments.isBusyWith(key)) {
			return;
		}
		const counted = this.#files.counted(key);
		const wanted = this.#files.wanted(key);
		if (counted === undefined && wanted !== undefined && this.#files.pending.size > 1) {
			// A repository is being read: many files together are counted faster than one by one.
			return;
		}
		const pieces = difference(counted?.tokens, wanted?.tokens);
		if (ngrams(pieces) <= immediateNgrams) {
			this.#segments.addNow(pieces);
			this.#files.settle(key, wanted);
		}
	}

	/** Does one slice of what there is to do. False when there is nothing. */
	#advance(): boolean {
		if (!this.#segments.busy) {
			return this.#start();
		}
		for (const [key, version] of this.#segments.advance()) {
			this.#files.settle(key, version);
		}
		return true;
	}

	#start(): boolean {
		const isReading = this.#files.pending.size > 0;
		const inputs = this.#segments.unbalanced(isReading ? ratioWhileReading : ratioAtRest);
		const batch = inputs.length === 0 && isReading ? this.#nextBatch() : [];
		if (inputs.length === 0 && batch.length === 0) {
			this.#isStartingAnew = false;
			return false;
		}
		const pieces = batch.flatMap(([key, version]) =>
			difference(this.#files.counted(key)?.tokens, version?.tokens),
		);
		const needed = this.#segments.workingBytes(symbolCount(pieces, inputs));
		if (this.#bytes + needed > this.#maxBytes) {
			this.#startAnew();
		} else {
			this.#segments.start(pieces, inputs, batch);
		}
		return true;
	}

	#nextBatch(): Settled {
		const batch: (readonly [string, FileVersion | undefined])[] = [];
		let tokens = 0;
		for (const key of this.#files.pending) {
			const version = this.#files.wanted(key);
			batch.push([key, version]);
			tokens += version?.tokens.length ?? 0;
			tokens += this.#files.counted(key)?.tokens.length ?? 0;
			if (tokens >= batchTokens) {
				break;
			}
		}
		return batch;
	}

	/** The least recently used files go first, `except` never. */
	#evictDownTo(bytes: number, except?: string): void {
		while (this.#wantedBytes > bytes) {
			const key = this.#files.leastRecentlyUsed(except);
			if (key === undefined) {
				break;
			}
			this.#droppedFiles++;
			this.#files.want(key, undefined);
			this.#count(key);
		}
	}

	/** Where work in progress takes too much memory, it is finished, here and now. */
	#keepBound(): void {
		if (this.#bytes > this.#maxBytes) {
			this.#own = undefined;
		}
		while (this.#bytes > this.#maxBytes) {
			if (this.#advance()) {
				continue;
			}
			if (this.#files.wantedFiles === 0 && this.#segments.list.length === 0) {
				// Only the fixed part is left: every file is refused as too large.
				return;
			}
			this.#startAnew();
		}
	}

	/**
	 * Counts everything again: what was taken back but not merged yet leaves no room to merge it. All files
	 * fit by themselves; should it happen again before all are counted, some go, so that it comes to an end.
	 */
	#startAnew(): void {
		this.#own = undefined;
		this.#segments.clear();
		this.#files.forgetCounted();
		if (this.#isStartingAnew) {
			this.#evictDownTo(Math.min(this.#capacity, this.#wantedBytes) * refillShare);
		}
		this.#isStartingAnew = true;
	}

	/** The counts of one version. Kept for the next query, unless they are too large to keep. */
	#countsOf(version: FileVersion): LiveText {
		if (this.#own?.version === version) {
			return this.#own.counts;
		}
		const counts = this.#own?.counts ?? new LiveText(this.#shape.vocabularySize);
		counts.update(version.tokens, []);
		const fits = this.#bytes + counts.byteLength <= this.#maxBytes;
		this.#own = fits ? { version, counts } : undefined;
		return counts;
	}
}

function ngrams(pieces: readonly Piece[]): number {
	return pieces.reduce((sum, { from, to }) => sum + to - from, 0);
}
