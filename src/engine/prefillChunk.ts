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

/**
 * One that can be: nobody waits, but what it has read is lost. While somebody types each keystroke stops the pass that
 * runs, so a pass has to end between two of them, or a new prompt would never be read: 95 % are further apart than
 * this. Short passes cost little there: with the addon's operators a token costs 5 to 8 % more in passes of 128 than
 * in passes of 512. The base may be a third, not a quarter: where a row takes 2 ms and the base as long as 11 rows,
 * passes then have 32 rows and 90 ms instead of 64 rows and 150 ms.
 */
const stoppable: ChunkAim = { ms: 60, maxBaseShare: 1 / 3 };

/** While somebody types: a keystroke waits for one such pass at most, and this is not felt on top of its own work. */
const besideTyping: ChunkAim = { ms: 12.5, maxBaseShare: 1 / 2 };

/** Below, passes activate fewer experts and are on another curve; above, scratch memory grows and speed doesn't. */
const minTokens = 32;
const maxTokens = 512;
/** Sizes are multiples of it. */
const stepTokens = 32;

/** Taken before anything is known: harmless where passes can't be stopped, and soon done where they can. */
const firstTokens = { unstoppable: 64, stoppable: 128 };

/** A size is at most so many times the largest that was measured: further out the line is a guess. */
const maxGrowth = 2;

/**
 * A pass that was stopped although it had run for longer than the aim says nothing of how long it would have taken.
 * The next have at most half its tokens, and after each that comes to its end so many times as many: on a machine for
 * which even those are too many, one of five is lost.
 */
const regrowth = 1.25;

/**
 * Most prompt tokens in one forward pass, by what passes were measured to cost on this machine with this model. Every
 * so often one of another size runs, because passes of one size don't tell what a row costs. Lives as long as the
 * engine.
 */
export class PrefillChunk {
	readonly #fixedTokens: number | undefined;
	readonly #aim: ChunkAim;
	readonly #stopsWithinPass: boolean;
	readonly #line = new PassLine();
	#isWarm = false;
	#wasFitted = false;
	#largestTokens = 0;
	/** What passes that were stopped leave to the next. */
	#mostTokens = Infinity;

	/**
	 * @param stopsWithinPass Of the backend.
	 * @param fixedTokens A size that never changes.
	 */
	constructor(stopsWithinPass: boolean, fixedTokens?: number) {
		this.#fixedTokens = fixedTokens;
		this.#aim = stopsWithinPass ? stoppable : unstoppable;
		this.#stopsWithinPass = stopsWithinPass;
	}

	get tokens(): number {
		return this.#fixedTokens ?? inSteps(Math.min(this.#wanted(), this.#mostTokens));
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
		this.#mostTokens *= regrowth;
		// The first pass reads the weights from the disk.
		if (this.#isWarm && tokens >= minTokens) {
			this.#line.record(tokens, elapsedMs);
			this.#wasFitted ||= this.#line.fit() !== undefined;
			this.#largestTokens = Math.max(this.#largestTokens, tokens);
		}
		this.#isWarm = true;
	}

	/** A pass over `tokens` was stopped when it had run for `elapsedMs`. */
	recordStopped(tokens: number, elapsedMs: number): void {
		if (elapsedMs > this.#aim.ms) {
			this.#mostTokens = Math.max(tokens / 2, minTokens);
		}
	}

	#wanted(): number {
		const meanTokens = this.#line.meanRows;
		if (meanTokens === undefined) {
			return this.#stopsWithinPass ? firstTokens.stoppable : firstTokens.unstoppable;
		}
		const time = this.#line.fit();
		return time === undefined
			? otherThan(meanTokens, !this.#stopsWithinPass && !this.#wasFitted)
			: this.#largest(time, this.#aim);
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
 * A size that differs enough from `tokens` to show the slope. A smaller one, so that nobody waits for a trial, and a
 * keystroke doesn't stop it; but a larger one where passes can't be stopped and the sizes are those that this class
 * began with.
 */
function otherThan(tokens: number, isLarger: boolean): number {
	return tokens < 2 * minTokens || (isLarger && tokens < maxTokens / 2) ? 2 * tokens : tokens / 4;
}

/** The same, kept short. */
function otherThanShortest(meanTokens: number | undefined): number {
	return meanTokens !== undefined && meanTokens < 2 * minTokens ? 2 * minTokens : minTokens;
}

function inSteps(tokens: number): number {
	const steps = Math.floor(tokens / stepTokens) * stepTokens;
	return Math.min(Math.max(steps, minTokens), maxTokens);
}
