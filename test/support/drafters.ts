import type { Draft, Drafter } from "../../src/engine/speculative/drafter.ts";
import { uniformAt } from "../../src/engine/sampling/random.ts";
import { tokens } from "./engineRequests.ts";

/** Proposes the longest draft allowed, of tokens that have nothing to do with the text. */
export class LyingDrafter implements Drafter {
	readonly #seed: number;
	readonly #vocabularySize: number;

	constructor(seed: number, vocabularySize = 32) {
		this.#seed = seed;
		this.#vocabularySize = vocabularySize;
	}

	propose(sequence: readonly unknown[], maxTokens: number): Promise<Draft> {
		const ids = Array.from({ length: maxTokens }, (_, i) =>
			Math.floor(uniformAt(this.#seed, 1000 * sequence.length + i) * this.#vocabularySize),
		);
		return Promise.resolve({ tokens: tokens(...ids), strength: "strong" });
	}
}

/** Knows the answer in advance, and lies about every `lieEvery`th token of it. */
export class KnowingDrafter implements Drafter {
	readonly #promptTokens: number;
	readonly #answer: readonly number[];
	readonly #lieEvery: number;

	constructor(promptTokens: number, answer: readonly number[], lieEvery: number) {
		this.#promptTokens = promptTokens;
		this.#answer = answer;
		this.#lieEvery = lieEvery;
	}

	propose(sequence: readonly unknown[], maxTokens: number): Promise<Draft> {
		const start = sequence.length - this.#promptTokens;
		const ids = this.#answer
			.slice(start, start + maxTokens)
			.map((id, i) => ((start + i) % this.#lieEvery === 0 ? (id + 1) % 32 : id));
		return Promise.resolve({ tokens: tokens(...ids), strength: "fair" });
	}
}
