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

/**
 * While drafting does not pay, one of so many drafts is tried anyway, to notice when it would again; the more a trial
 * costs, the fewer, so that all of them together cost a fiftieth of the time.
 */
const minProbeInterval = 16;
const maxProbeShare = 0.02;

/** What verifying a draft of `length` tokens promises. */
interface DraftPromise {
	readonly length: number;
	/**
	 * That the pass yields, by expectation: the correction or bonus token, and each draft token if all before hold.
	 */
	readonly tokens: number;
	/** Of the pass, relative to a plain decode step, which yields one token. */
	readonly cost: number;
}

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
		if (this.#cost.lacksSingle) {
			return 0;
		}
		const { length, tokens, cost } = this.#bestLength(strength, available);
		if (tokens > minGain * cost) {
			return length;
		}
		if (this.#declined[strength]++ < Math.max(minProbeInterval, (cost - tokens) / maxProbeShare)) {
			return 0;
		}
		this.#declined[strength] = 0;
		return length;
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

	/** The length, at least 1, that promises the most tokens per unit of time. */
	#bestLength(strength: DraftStrength, maxTokens: number): DraftPromise {
		const acceptance = this.#acceptance[strength];
		let best: DraftPromise = { length: 1, tokens: 0, cost: 1 };
		let tokens = 1;
		let allAccepted = 1;
		for (let length = 1; length <= maxTokens; length++) {
			allAccepted *= acceptance;
			tokens += allAccepted;
			const cost = this.#cost.relative(length + 1);
			if (tokens * best.cost > best.tokens * cost) {
				best = { length, tokens, cost };
			}
		}
		return best;
	}
}
