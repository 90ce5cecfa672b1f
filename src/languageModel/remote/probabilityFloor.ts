import type { AnswerChunk } from "./answerChunks.ts";

export interface Admitted {
	readonly text: string;
	/** Of `text`; undefined where the server doesn't tell. */
	readonly logProbability: number | undefined;
	/** What follows `text` in the chunk would be too unlikely. */
	readonly hasEnded: boolean;
}

/** Ends an answer before its joint probability falls below a floor, as the local engine does. */
export class ProbabilityFloor {
	readonly #floor: number;
	#sum = 0;

	/** `minJointProbability` in [0, 1]; 0 never ends it. */
	constructor(minJointProbability: number) {
		this.#floor = Math.log(minJointProbability);
	}

	admit({ text, tokens }: Pick<AnswerChunk, "text" | "tokens">): Admitted {
		if (tokens === undefined) {
			return { text, logProbability: undefined, hasEnded: false };
		}
		let kept = "";
		let logProbability = 0;
		for (const token of tokens) {
			if (this.#sum + token.logProbability < this.#floor) {
				// Tokens that are parts of characters, or not shown, don't add up to the text.
				const isSpelledOut = tokens.map((each) => each.text).join("") === text;
				return isSpelledOut
					? { text: kept, logProbability, hasEnded: true }
					: { text: "", logProbability: 0, hasEnded: true };
			}
			this.#sum += token.logProbability;
			logProbability += token.logProbability;
			kept += token.text;
		}
		return { text, logProbability, hasEnded: false };
	}
}
