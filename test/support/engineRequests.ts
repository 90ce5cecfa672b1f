import {
	greedySampling,
	type Engine,
	type GeneratedToken,
	type GenerateRequest,
	type GenerateResult,
	type PrefillListener,
} from "../../src/engine/engine.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";

export function tokens(...ids: number[]): TokenId[] {
	return ids as TokenId[];
}

/** `count` tokens that differ from those of another seed from the first on. */
export function someTokens(count: number, seed = 0, vocabularySize = 32): TokenId[] {
	// Not as arguments: a long prompt has more tokens than a call may have arguments.
	return Array.from(
		{ length: count },
		(_, i) => (seed * 7 + i * i * 3 + i) % vocabularySize,
	) as TokenId[];
}

export function request(overrides: Partial<GenerateRequest> = {}): GenerateRequest {
	return {
		prompt: tokens(1, 2, 3),
		maxNewTokens: 8,
		stopTokens: [],
		sampling: greedySampling,
		priority: "completion",
		minJointProbability: 0,
		maxDraftTokens: 0,
		...overrides,
	};
}

export interface Answer extends GenerateResult {
	readonly tokens: readonly GeneratedToken[];
	readonly ids: readonly number[];
}

/** Runs a request to its end. */
export async function answerOf(
	engine: Engine,
	partial: Partial<GenerateRequest> = {},
	signal: AbortSignal = new AbortController().signal,
	onPrefill?: PrefillListener,
): Promise<Answer> {
	const generated: GeneratedToken[] = [];
	const stream = engine.generate(request(partial), signal, onPrefill);
	let next = await stream.next();
	while (next.done !== true) {
		generated.push(...next.value);
		next = await stream.next();
	}
	return { ...next.value, tokens: generated, ids: generated.map(({ id }) => id) };
}
