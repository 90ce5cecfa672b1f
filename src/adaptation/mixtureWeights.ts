import { assert } from "../base/assert.ts";
import { weightings } from "./mixtureWeightings.ts";

/**
 * Share of the trust that is handed back with every token. It bounds the loss after a change (the trust in a
 * weighting never falls below 0.005 × its prior) and costs at most log₂ 1/(1 − 0.005) = 0.007 bits a token. Of
 * 0.001, 0.005 and 0.02 it had the fewest bits on validation packages.
 */
const shareRate = 0.005;

/**
 * How much each of the weightings is trusted, learned from the log loss on tokens that are known: Bayes' rule and
 * then fixed share (Herbster and Warmuth, "Tracking the best expert", 1998). Over any T tokens the mixture's bits
 * exceed those of weighting j by at most log₂ 1/prior(j) + T · log₂ 1/(1 − shareRate); the model alone and the
 * n-grams alone are two of the weightings. With a strong model trust moves to it, with a weak one to the n-grams.
 *
 * Lives as long as the engine. Tokens that were generated must not be learned from: what is learned would depend
 * on what was drafted, and the mixture would come to agree with itself.
 */
export class MixtureWeights {
	#trust: readonly number[];

	/** @param trust What {@link trust} gave before; anything that doesn't fit is not used. */
	constructor(trust?: readonly number[]) {
		this.#trust =
			trust !== undefined && isDistribution(trust) ? trust : weightings.map(({ prior }) => prior);
	}

	/** One for each of the weightings; they sum to 1. A new array after each update: it may be kept. */
	get trust(): readonly number[] {
		return this.#trust;
	}

	/** @param probabilities What each of the weightings gave the token that came. */
	learn(probabilities: readonly number[]): void {
		assert(probabilities.length === weightings.length, "there is a probability for each weighting");
		const posterior = this.#trust.map((trust, i) => trust * (probabilities[i] ?? 0));
		const evidence = posterior.reduce((sum, share) => sum + share, 0);
		// A token that all hold impossible, or that is beyond what a double can hold, says nothing.
		if (!(evidence > 0 && Number.isFinite(evidence))) {
			return;
		}
		this.#trust = weightings.map(
			({ prior }, i) => (1 - shareRate) * ((posterior[i] ?? 0) / evidence) + shareRate * prior,
		);
	}
}

/** What was stored may be of another version, or damaged. */
function isDistribution(trust: readonly number[]): boolean {
	const sum = trust.reduce((all, share) => all + share, 0);
	return (
		trust.length === weightings.length &&
		trust.every((share) => share > 0) &&
		Math.abs(sum - 1) < 1e-6
	);
}
