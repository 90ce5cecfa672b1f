import type { DraftStrength } from "./drafter.ts";
import { PassCost } from "./passCost.ts";

/** Acceptance assumed before any was seen, for n-gram drafts over code. */
const assumedAcceptance: Readonly<Record<DraftStrength, number>> = {
	weak: 0.4,
	fair: 0.6,
	strong: 0.8,
};

/** Weight of one drafted token against what was seen before: about the last 50 decide. */
const learningRate = 0.02;

/** A length must promise this much more than a plain step; less is within the noise of the timings. */
const minGain = 1.05;

/** While drafting does not pay, every so many drafts one is tried anyway, to notice when it would again. */
const probeInterval = 16;
const probeTokens = 2;

/**
 * Decides how much of a draft to verify: as many tokens as promise the most tokens per unit of time, from
 * the acceptance rate so far and the measured cost of a pass of so many rows. Lives as long as the engine,
 * so that a short completion profits from the ones before it. Never changes which tokens come out.
 */
export class DraftLength {
	readonly #cost = new PassCost();
	readonly #acceptance: Record<DraftStrength, number> = { ...assumedAcceptance };
	readonly #declined: Record<DraftStrength, number> = { weak: 0, fair: 0, strong: 0 };

	/** How many of `available` draft tokens to verify. */
	choose(strength: DraftStrength, available: number): number {
		const best = this.#bestLength(strength, available);
		if (best > 0) {
			return best;
		}
		if (this.#declined[strength] >= probeInterval) {
			this.#declined[strength] = 0;
			return Math.min(probeTokens, available);
		}
		this.#declined[strength]++;
		return 0;
	}

	/** `accepted` of `drafted` tokens were accepted; those behind the first rejected one say nothing. */
	recordVerdict(strength: DraftStrength, drafted: number, accepted: number): void {
		for (let i = 0; i < Math.min(accepted + 1, drafted); i++) {
			const outcome = i < accepted ? 1 : 0;
			this.#acceptance[strength] += learningRate * (outcome - this.#acceptance[strength]);
		}
	}

	/** A decode pass over `rows` tokens took `elapsedMs`. */
	recordPass(rows: number, elapsedMs: number): void {
		this.#cost.record(rows, elapsedMs);
	}

	#bestLength(strength: DraftStrength, maxTokens: number): number {
		const acceptance = this.#acceptance[strength];
		let best = 0;
		let bestRate = minGain;
		// Tokens that a pass yields: the correction or bonus token, and each draft token if all before hold.
		let expectedTokens = 1;
		let allAccepted = 1;
		for (let length = 1; length <= maxTokens; length++) {
			allAccepted *= acceptance;
			expectedTokens += allAccepted;
			const rate = expectedTokens / this.#cost.relative(length + 1);
			if (rate > bestRate) {
				best = length;
				bestRate = rate;
			}
		}
		return best;
	}
}
