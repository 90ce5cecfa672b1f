/** What passes took: one token, and a chunk of {@link timedChunkTokens} without logits. */
export interface PassTimes {
	readonly decodeStepMs: number;
	readonly prefillChunkMs: number;
}

/** A prompt that grew by a few lines. */
export const timedChunkTokens = 64;

/** A line of code. */
const completionTokens = 16;

/** What a completion takes, by the medians of several rounds. */
export function completionMs(rounds: readonly PassTimes[]): number {
	const { prefillChunkMs, decodeStepMs } = medianTimes(rounds);
	return prefillChunkMs + completionTokens * decodeStepMs;
}

export const medianTimes = (rounds: readonly PassTimes[]): PassTimes => ({
	decodeStepMs: median(rounds.map(({ decodeStepMs }) => decodeStepMs)),
	prefillChunkMs: median(rounds.map(({ prefillChunkMs }) => prefillChunkMs)),
});

/** The lower one of two in the middle: what disturbs a pass makes it longer. */
function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
}
