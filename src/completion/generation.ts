import { abortReason, yieldToEventLoop } from "../base/abort.ts";
import type { GenerateStats } from "../engine/engine.ts";
import type { AnswerEnd, InfillText } from "../languageModel/languageModel.ts";
import type { AnswerText } from "./answerSource.ts";
import { AnswerCleaner } from "./cleaning/answerCleaner.ts";
import { typedSince, type AnswerKey } from "./answerKey.ts";
import type { CompletionPlace } from "./completionPlace.ts";
import { Deferred } from "./deferred.ts";
import type { StopRule } from "./stopRule.ts";

/** Up to `end`, in UTF-16 units, a written text is right with this probability; undefined where the model doesn't tell. */
export interface Mark {
	readonly end: number;
	readonly probability: number | undefined;
}

export interface WrittenAnswer {
	/** Clean, and after the stop rule. */
	readonly text: string;
	/** Ascending, one for each piece in which the model wrote it; the last ones may be beyond the end of `text`. */
	readonly marks: readonly Mark[];
	/** The stop rule, or why the model stopped. */
	readonly stoppedBy: "stopRule" | Exclude<AnswerEnd, StoppedReason>;
}

export type GenerationEnd =
	| (WrittenAnswer & { readonly kind: "answer" })
	| { readonly kind: "stopped"; readonly reason: StoppedReason }
	| { readonly kind: "failed"; readonly error: unknown };

type StoppedReason = "cancelled" | "superseded";

interface GenerationOptions {
	readonly write: (signal: AbortSignal) => AnswerText;
	readonly stopRule: StopRule;
	readonly key: AnswerKey;
	/** Where it is written for: what it may not write again is known there. */
	readonly place: CompletionPlace;
}

/** Longer than anything that is shown, in UTF-16 units: who writes more than this doesn't keep to what was asked. */
const maxWrittenUnits = 16_384;

/** Each costs some tens of microseconds. */
const piecesPerTurn = 8;

/**
 * One answer while it is written. Outlives the request that started it: when the user types
 * on as it says, the next request joins it.
 */
export class Generation {
	/** Resolves as soon as the answer is known. Never rejects. */
	readonly end: Promise<GenerationEnd>;
	/**
	 * Resolves when the engine has stopped, up to one forward pass after the answer is known; undefined
	 * when it failed or had no part in the answer. Never rejects.
	 */
	readonly stats: Promise<GenerateStats | undefined>;
	readonly key: AnswerKey;
	readonly #controller = new AbortController();
	readonly #cleaner: AnswerCleaner;
	readonly #marks: Mark[] = [];
	/** Of all that was written; undefined once the model hasn't told. */
	#logProbability: number | undefined = 0;
	#writtenUnits = 0;
	#waiting = 0;
	#changed = new Deferred<undefined>();

	constructor(options: GenerationOptions) {
		this.key = options.key;
		this.#cleaner = new AnswerCleaner(options.place);
		const end = new Deferred<GenerationEnd>();
		this.end = end.promise;
		const pieces = options.write(this.#controller.signal);
		this.stats = this.#run(pieces, options.stopRule, end).catch(async (error: unknown) => {
			end.resolve({ kind: "failed", error });
			// Where the fault isn't the writer's own, it is still writing, and holds what it writes with until it has ended.
			this.abort();
			await goneThrough(pieces);
			return undefined;
		});
		void this.end.then(() => this.#changed.resolve(undefined));
	}

	/** How many requests wait for it. */
	get waiting(): number {
		return this.#waiting;
	}

	/** Stops the writing. Whoever still waits is told that it was cancelled. */
	abort(): void {
		this.#controller.abort(abortReason);
	}

	/**
	 * Waits for the end on behalf of a request at `place`. Undefined as soon as the answer is seen to be no
	 * use to it, and when `signal` aborts.
	 */
	async endFor(place: CompletionPlace, signal: AbortSignal): Promise<GenerationEnd | undefined> {
		const typed = typedSince(this.key, place);
		const aborted = new Deferred<undefined>();
		const onAbort = (): void => aborted.resolve(undefined);
		signal.addEventListener("abort", onAbort, { once: true });
		this.#waiting++;
		let end: GenerationEnd | undefined;
		const ended = this.end.then((value) => {
			end = value;
		});
		try {
			while (typed !== undefined && !signal.aborted && this.#agreesWith(typed)) {
				if (end !== undefined) {
					return end;
				}
				await Promise.race([ended, this.#changed.promise, aborted.promise]);
			}
			return undefined;
		} finally {
			this.#waiting--;
			signal.removeEventListener("abort", onAbort);
		}
	}

	#agreesWith(typed: string): boolean {
		const { text } = this.#cleaner;
		return text.startsWith(typed) || typed.startsWith(text);
	}

	async #run(
		pieces: AnswerText,
		stopRule: StopRule,
		answer: Deferred<GenerationEnd>,
	): Promise<GenerateStats | undefined> {
		const { signal } = this.#controller;
		// Not a for-await loop, because that throws away what the writer says in the end.
		let step = await pieces.next();
		let pieceCount = 0;
		while (step.done !== true) {
			if (!signal.aborted) {
				this.#write(step.value);
				if (++pieceCount % piecesPerTurn === 0) {
					// A server may send all of its answer at once; keys are to be heard in between.
					await yieldToEventLoop();
				}
				this.#announce();
				await this.#applyStopRule(stopRule, answer);
			}
			step = await pieces.next();
		}
		this.#cleaner.end();
		this.#mark();
		const end = this.#endOf(step.value.end);
		if (end.kind === "answer") {
			await this.#applyStopRule(stopRule, answer);
		}
		// After the stop rule has ended it this changes nothing.
		answer.resolve(end);
		return step.value.stats;
	}

	/** Aborting, unlike leaving the loop, lets the writer say what it did. The answer doesn't wait for that. */
	async #applyStopRule(stopRule: StopRule, answer: Deferred<GenerationEnd>): Promise<void> {
		const { signal } = this.#controller;
		const { text } = this.#cleaner;
		const isOver = this.#cleaner.isOver || this.#writtenUnits > maxWrittenUnits;
		const end = (await stopRule.endOf(text, signal)) ?? (isOver ? text.length : undefined);
		// An abort in the meantime may have cut the syntax service short too, and its answer is no answer.
		if (end !== undefined && !signal.aborted) {
			const marks = [...this.#marks];
			answer.resolve({ kind: "answer", text: text.slice(0, end), marks, stoppedBy: "stopRule" });
			this.abort();
		}
	}

	#announce(): void {
		const changed = this.#changed;
		this.#changed = new Deferred<undefined>();
		changed.resolve(undefined);
	}

	#write({ text, logProbability }: InfillText): void {
		this.#cleaner.push(text);
		this.#writtenUnits += text.length;
		this.#logProbability =
			this.#logProbability === undefined || logProbability === undefined
				? undefined
				: this.#logProbability + logProbability;
		this.#mark();
	}

	/** What the cleaner holds back is as likely as what it comes out with. */
	#mark(): void {
		const logProbability = this.#logProbability;
		const probability = logProbability === undefined ? undefined : Math.exp(logProbability);
		this.#marks.push({ end: this.#cleaner.text.length, probability });
	}

	#endOf(end: AnswerEnd): GenerationEnd {
		return end === "cancelled" || end === "superseded"
			? { kind: "stopped", reason: end }
			: { kind: "answer", text: this.#cleaner.text, marks: this.#marks, stoppedBy: end };
	}
}

/** Resolves when nothing more comes. Never rejects: what went wrong before is what counts. */
async function goneThrough(pieces: AnswerText): Promise<void> {
	try {
		while ((await pieces.next()).done !== true) {
			// Nobody wants it.
		}
	} catch {
		// It has ended.
	}
}
