import { isFollowedAlike, typedSince, type AnswerKey } from "./answerKey.ts";
import type { CompletionPlace } from "./completionPlace.ts";

interface CachedAnswer {
	readonly key: AnswerKey;
	readonly text: string;
	readonly isFitted: boolean;
}

export interface CacheHit {
	/** What is left of the answer after what was typed; not empty. */
	readonly text: string;
	readonly typed: string;
	/** See `Candidate`. */
	readonly isFitted: boolean;
}

/** About an hour of typing; a look-up goes through all of them in some tens of microseconds. */
const maxAnswers = 250;

/**
 * Answers of the model, found again at the place that they were given for, and further on along the way
 * that they suggested: typing what is shown, taking a part of it, and deleting back again need no engine.
 *
 * Holds what the model wrote before the filters that depend on the rest of the line, because the editor
 * changes that while one types (it closes brackets by itself).
 */
export class CompletionCache {
	/** Most recently used last. */
	readonly #answers: CachedAnswer[] = [];
	#minJointProbability: number | undefined;

	/** Forgets all when it isn't the one that answers were written with: whoever wants less ghost text wants it here too. */
	useGate(minJointProbability: number): void {
		if (minJointProbability !== this.#minJointProbability) {
			this.#minJointProbability = minJointProbability;
			this.#answers.length = 0;
		}
	}

	/** `isFitted` to the place of `key`: see `Candidate`. */
	store(key: AnswerKey, text: string, isFitted: boolean): void {
		this.#answers.push({ key, text, isFitted });
		if (this.#answers.length > maxAnswers) {
			this.#answers.shift();
		}
	}

	lookup(place: CompletionPlace): CacheHit | undefined {
		for (let index = this.#answers.length - 1; index >= 0; index--) {
			const answer = this.#answers[index];
			const typed = answer === undefined ? undefined : typedSince(answer.key, place);
			if (
				answer !== undefined &&
				typed !== undefined &&
				answer.text.length > typed.length &&
				answer.text.startsWith(typed)
			) {
				this.#answers.splice(index, 1);
				this.#answers.push(answer);
				return {
					text: answer.text.slice(typed.length),
					typed,
					// What the editor has closed since stands in the text once more.
					isFitted: answer.isFitted && isFollowedAlike(answer.key, place),
				};
			}
		}
		return undefined;
	}
}
