import type { Engine, GenerateRequest, GenerateStats } from "../engine/engine.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";

export interface WrittenOut {
	/** All that was written, what was over `isEnough` too. */
	readonly text: string;
	/** Of the tokens up to `isEnough`, in (0, 1]. */
	readonly jointProbability: number;
	readonly stats: GenerateStats;
}

/** Has the engine answer `request` until it ends by itself or `isEnough` of the text so far. */
export async function writeOut(
	engine: Engine,
	tokenizer: Tokenizer,
	request: GenerateRequest,
	isEnough: (text: string) => boolean,
): Promise<WrittenOut> {
	const decoder = tokenizer.createStreamDecoder(request.healBytes?.length ?? 0);
	const ended = new AbortController();
	const generation = engine.generate(request, ended.signal);
	let text = "";
	let jointProbability = 1;
	// Not a for-await loop, because that throws away what the engine says in the end.
	let step = await generation.next();
	while (step.done !== true) {
		for (const { id, probability } of step.value) {
			jointProbability *= isEnough(text) ? 1 : probability;
			text += decoder.push([id]);
		}
		if (isEnough(text)) {
			ended.abort();
		}
		step = await generation.next();
	}
	return { text, jointProbability, stats: step.value.stats };
}
