import type { Clock } from "../../base/clock.ts";

/**
 * The result of something that can't be stopped. Undefined when it takes longer than `limitMs`, the signal aborts or it
 * fails: a language that doesn't tell is one that tells nothing, and the rest goes on without.
 */
export async function inTime<Result>(
	asked: Thenable<Result>,
	limitMs: number,
	clock: Clock,
	signal: AbortSignal,
): Promise<Result | undefined> {
	const done = new AbortController();
	let answer: Result | undefined;
	const answered = Promise.resolve(asked).then(
		(result) => {
			answer = result;
			done.abort();
		},
		() => done.abort(),
	);
	await Promise.race([answered, clock.sleep(limitMs, AbortSignal.any([signal, done.signal]))]);
	return answer;
}
