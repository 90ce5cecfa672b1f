import * as fc from "fast-check";
import type { GenerateRequest } from "../../src/engine/engine.ts";
import type { LocalEngineOptions } from "../../src/engine/localEngine.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";
import { KnowingDrafter, LyingDrafter } from "./drafters.ts";
import { tokens, type Answer } from "./engineRequests.ts";

const vocabularySize = 32;

export const arbitraryTokens = (
	minLength: number,
	maxLength: number,
): fc.Arbitrary<readonly TokenId[]> =>
	fc
		.array(fc.nat({ max: vocabularySize - 1 }), { minLength, maxLength })
		.map((ids) => tokens(...ids));

const arbitrarySampling = fc.oneof(
	fc.constant({ temperature: 0, topK: 0, topP: 1, seed: 0 }),
	fc.record({
		temperature: fc.constantFrom(0.3, 1, 2),
		topK: fc.constantFrom(0, 1, 5),
		topP: fc.constantFrom(0.5, 0.9, 1),
		seed: fc.integer(),
	}),
);

/** Of all kinds, for an engine over `FakeBackend`. */
export const arbitraryRequest = fc.record({
	prompt: arbitraryTokens(1, 40),
	maxNewTokens: fc.nat({ max: 30 }),
	stopTokens: arbitraryTokens(0, 1),
	sampling: arbitrarySampling,
	priority: fc.constantFrom("completion", "chat", "background"),
	minJointProbability: fc.constantFrom(0, 0.001, 0.05),
	maxDraftTokens: fc.constantFrom(0, 1, 3, 8),
	healBytes: fc.constantFrom(new Uint8Array(0), new TextEncoder().encode("ab"), Uint8Array.of(98)),
}) satisfies fc.Arbitrary<GenerateRequest>;

/** How far back the fake model looks: with 1 or 2 the text soon repeats itself. */
export const arbitraryOrder = fc.constantFrom(1, 2, Infinity);

/**
 * Options of an engine whose drafter may be any: its own, one that knows nothing, or one that knows the plain
 * answer to the request and lies now and then.
 */
export const arbitraryDrafter: fc.Arbitrary<
	(asked: GenerateRequest, plain: Answer) => Pick<LocalEngineOptions, "createDrafter">
> = fc.oneof(
	fc.constant(() => ({})),
	fc.integer().map((seed) => () => ({ createDrafter: () => new LyingDrafter(seed) })),
	fc.integer({ min: 1, max: 9 }).map((lieEvery) => (asked: GenerateRequest, plain: Answer) => ({
		createDrafter: () => new KnowingDrafter(asked.prompt.length, plain.ids, lieEvery),
	})),
);

/** What a caller can see of an answer, timings and counts apart. */
export function visible({ tokens: generated, finishReason }: Answer): unknown {
	return { generated, finishReason };
}
