import type { IndexedFile, IndexQueries } from "../index/repositoryIndex.ts";
import type { Unit } from "./unit.ts";

/** A context in two parts, so that a prompt stays the same from keystroke to keystroke. */
export interface ContextParts {
	/** First in the prompt; changes only when it pays. */
	readonly stable: readonly Unit[];
	/** Behind it: what the stable part lacks for the cursor's place. */
	readonly volatile: readonly Unit[];
}

/** Parts of an earlier answer. */
export interface PreviousParts extends ContextParts {
	/** The versions of the files that they were taken from. */
	readonly versions: ReadonlyMap<string, IndexedFile | undefined>;
}

/** The documents that somebody goes to and fro between. An answer of 128K tokens has a few thousand units. */
const maxAnswers = 8;

/** The parts of the latest answers, by number: a later question builds on one of them. */
export class RecentParts {
	readonly #index: IndexQueries;
	/** The oldest first. */
	readonly #answers = new Map<number, PreviousParts>();
	#last = 0;

	constructor(index: IndexQueries) {
		this.#index = index;
	}

	/** Returns the number of the answer. */
	add({ stable, volatile }: ContextParts): number {
		const paths = new Set([...stable, ...volatile].map(({ path }) => path));
		const versions = new Map([...paths].map((path) => [path, this.#index.file(path)]));
		const answer = ++this.#last;
		this.#answers.set(answer, { stable, volatile, versions });
		const [oldest] = this.#answers.keys();
		if (this.#answers.size > maxAnswers && oldest !== undefined) {
			this.#answers.delete(oldest);
		}
		return answer;
	}

	/** Undefined when the answer is forgotten. */
	get(answer: number): PreviousParts | undefined {
		return this.#answers.get(answer);
	}
}
