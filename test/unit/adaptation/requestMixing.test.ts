import { beforeEach, describe, expect, test } from "vitest";
import { LiveText } from "../../../src/adaptation/liveText.ts";
import { MixtureWeights } from "../../../src/adaptation/mixtureWeights.ts";
import { RequestMixing } from "../../../src/adaptation/requestMixing.ts";
import type { AdaptationRequest } from "../../../src/adaptation/learning.ts";
import { NaiveNgramCounts } from "../../support/naiveNgramCounts.ts";
import { tokens } from "../../support/engineRequests.ts";

const vocabularySize = 16;
/** What follows 1 is 2, both times. */
const before = tokens(1, 2, 3, 1, 2, 4, 1);
const flatRow = new Float32Array(vocabularySize);

function requestOf(ids: readonly number[], file = "a"): AdaptationRequest {
	return { file, before: tokens(...ids), after: [], repository: true };
}

describe("trust in the sources", () => {
	let weights: MixtureWeights;
	let mixing: RequestMixing;
	let atStart: readonly number[];

	beforeEach(() => {
		weights = new MixtureWeights();
		atStart = weights.trust;
		mixing = mixingOf(weights);
	});

	test.each([
		["nothing was typed", requestOf(before)],
		["only a token that may be half typed was", requestOf([...before, 2])],
		["something was deleted", requestOf(before.slice(0, -1))],
		["another file is at hand", requestOf([...before, 2, 5], "b")],
		["the text before the cursor is another", requestOf([1, 2, 3, 1, 2, 5, 1, 2, 5])],
	])("stays when %s", (_, next) => {
		mixing.mix(flatRow, []);
		mixing.learnFrom(next);
		expect(weights.trust).toBe(atStart);
	});

	test("stays when the model said nothing about the token", () => {
		mixing.learnFrom(requestOf([...before, 2, 5]));
		expect(weights.trust).toBe(atStart);
	});

	test("moves by a whole token that was typed: to the counts if they had it, to the model if not", () => {
		const modelAlone = 0;
		mixing.mix(flatRow, []);
		mixing.learnFrom(requestOf([...before, 2, 5]));
		expect(weights.trust[modelAlone]).toBeLessThan(atStart[modelAlone] ?? 0);

		const surprised = new MixtureWeights();
		const other = mixingOf(surprised);
		other.mix(flatRow, []);
		other.learnFrom(requestOf([...before, 7, 5]));
		expect(surprised.trust[modelAlone]).toBeGreaterThan(atStart[modelAlone] ?? 1);
	});

	test("moves once for one token, and not for those generated behind it", () => {
		mixing.mix(flatRow, []);
		mixing.mix(flatRow, tokens(2));
		mixing.learnFrom(requestOf([...before, 2, 5]));
		const learned = weights.trust;
		mixing.learnFrom(requestOf([...before, 2, 5, 6, 7]));
		expect(weights.trust).toBe(learned);

		const again = new MixtureWeights();
		const alone = mixingOf(again);
		alone.mix(flatRow, []);
		alone.learnFrom(requestOf([...before, 2, 5]));
		expect(again.trust).toEqual(learned);
	});
});

test("the context is the end of the file, then of the answer, and no more than sources look at", () => {
	const mixing = mixingOf(new MixtureWeights());
	expect(mixing.context([])).toEqual(before);
	expect(mixing.context(tokens(5, 6))).toEqual([2, 3, 1, 2, 4, 1, 5, 6]);
	const answer = tokens(1, 2, 3, 4, 5, 6, 7, 8, 9);
	expect(mixing.context(answer)).toEqual(answer.slice(1));
});

test("says how much of the answer came from counts", () => {
	const mixing = mixingOf(new MixtureWeights());
	expect(mixing.stats()).toEqual({ mixedTokens: 0, learnedShare: 0 });
	for (const token of tokens(2, 7)) {
		mixing.recordChoice(mixing.mix(flatRow, []), token);
	}
	const { mixedTokens, learnedShare } = mixing.stats();
	expect(mixedTokens).toBe(2);
	// One of the two tokens was never seen, and so came from the model whole.
	expect(learnedShare).toBeGreaterThan(0.3);
	expect(learnedShare).toBeLessThan(0.5);
	// The model's own choice is none of them.
	for (const token of tokens(2)) {
		mixing.recordChoice(undefined, token);
	}
	expect(mixing.stats().mixedTokens).toBe(2);
});

function mixingOf(weights: MixtureWeights): RequestMixing {
	const live = new LiveText(vocabularySize);
	live.update(before, []);
	return new RequestMixing({
		request: requestOf(before),
		weights,
		unmixed: [],
		repository: new NaiveNgramCounts(),
		live,
		take: () => undefined,
	});
}
