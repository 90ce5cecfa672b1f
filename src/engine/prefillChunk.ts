import { PassLine, type PassTime } from "./passLine.ts";

/**
 * What bounds a pass: as many tokens as run within `ms`, but not so few that what a pass costs beside its rows is more
 * than `maxBaseShare` of it. The second goes first. Where every pass costs a third of a second (experts that are
 * dequantised anew each time), small passes would not make anybody's wait short, only reading many times slower.
 */
interface ChunkAim {
	readonly ms: number;
	readonly maxBaseShare: number;
}

/** A pass that can't be stopped: a keystroke or an abort may have to wait for it; this much is not felt. */
const unstoppable: ChunkAim = { ms: 50, maxBaseShare: 1 / 4 };

/** One that can be: nobody waits, but what it has read is lost, and is to be less than people do between two thoughts. */
const stoppable: ChunkAim = { ms: 250, maxBaseShare: 1 / 4 };

/** While somebody types: a keystroke waits for one such pass at most, and this is not felt on top of its own work. */
const besideTyping: ChunkAim = { ms: 12.5, maxBaseShare: 1 / 2 };

/** Below, passes activate fewer experts and are on another curve; above, scratch memory grows and speed doesn't. */
const minTokens = 32;
const maxTokens = 512;
/** Sizes are multiples of it. */
const stepTokens = 32;

/** Taken before anything is known; harmless where passes can't be stopped. */
const firstTokens = 64;

/** A size is at most so many times the largest that was measured: further out the line is a guess. */
const maxGrowth = 2;

/**
 * Most prompt tokens in one forward pass, by what passes were measured to cost on this machine with this model. Every
 * so often one of another size runs, because passes of one size don't tell what a row costs. Lives as long as the
 * engine.
 */
export class PrefillChunk {
	readonly #fixedTokens: number | undefined;
	readonly #aim: ChunkAim;
	readonly #firstTokens: number;
	readonly #line = new PassLine();
	#isWarm = false;
	#wasFitted = false;
	#largestTokens = 0;

	/**
	 * @param stopsWithinPass Of the backend.
	 * @param fixedTokens A size that never changes.
	 */
	constructor(stopsWithinPass: boolean, fixedTokens?: number) {
		this.#fixedTokens = fixedTokens;
		this.#aim = stopsWithinPass ? stoppable : unstoppable;
		this.#firstTokens = stopsWithinPass ? maxTokens : firstTokens;
	}

	get tokens(): number {
		const meanTokens = this.#line.meanRows;
		if (this.#fixedTokens !== undefined) {
			return this.#fixedTokens;
		}
		if (meanTokens === undefined) {
			return this.#firstTokens;
		}
		const time = this.#line.fit();
		return time === undefined
			? inSteps(otherThan(meanTokens, !this.#wasFitted))
			: this.#largest(time, this.#aim);
	}

	/** Most prompt tokens in a pass that nobody waits for while somebody types. */
	get tokensBesideTyping(): number {
		if (this.#fixedTokens !== undefined) {
			return this.#fixedTokens;
		}
		const time = this.#line.fit();
		return time === undefined
			? otherThanShortest(this.#line.meanRows)
			: this.#largest(time, besideTyping);
	}

	/** A pass over `tokens` took `elapsedMs`. */
	record(tokens: number, elapsedMs: number): void {
		// The first pass reads the weights from the disk.
		if (this.#isWarm && tokens >= minTokens) {
			this.#line.record(tokens, elapsedMs);
			this.#wasFitted ||= this.#line.fit() !== undefined;
			this.#largestTokens = Math.max(this.#largestTokens, tokens);
		}
		this.#isWarm = true;
	}

	#largest({ baseMs, perRowMs }: PassTime, { ms, maxBaseShare }: ChunkAim): number {
		const perStepMs = Math.max(stepTokens * perRowMs, Number.EPSILON);
		const stepsWithinAim = Math.floor((ms - baseMs) / perStepMs);
		const stepsForShare = Math.ceil((baseMs / maxBaseShare - baseMs) / perStepMs);
		const tokens = stepTokens * Math.max(stepsWithinAim, stepsForShare);
		return inSteps(Math.min(tokens, maxGrowth * this.#largestTokens));
	}
}

/**
 * A size that differs enough from `tokens` to show the slope. A smaller one, so that nobody waits for a trial; but the
 * first time, when the sizes are those that this class began with, a larger one.
 */
function otherThan(tokens: number, isFirst: boolean): number {
	return tokens < 2 * minTokens || (isFirst && tokens < maxTokens / 2) ? 2 * tokens : tokens / 4;
}

/** The same, kept short. */
function otherThanShortest(meanTokens: number | undefined): number {
	return meanTokens !== undefined && meanTokens < 2 * minTokens ? 2 * minTokens : minTokens;
}

function inSteps(tokens: number): number {
	const steps = Math.floor(tokens / stepTokens) * stepTokens;
	return Math.min(Math.max(steps, minTokens), maxTokens);
}
