import type { GenerateRequest } from "../../src/engine/engine.ts";
import type { LocalEngine, LocalEngineOptions } from "../../src/engine/localEngine.ts";
import { answerOf, type Answer } from "./engineRequests.ts";
import type { FakeBackendOptions } from "./fakeBackend.ts";
import { fakeEngine, type FakeEngine } from "./fakeEngine.ts";

/** A request that comes while the engine serves others. */
export interface TimedRequest {
	readonly asked: GenerateRequest;
	/** How many passes have begun when it comes. */
	readonly afterPass: number;
}

export interface InterleavedAnswers extends FakeEngine {
	/** In the order of the requests. */
	readonly answers: readonly Answer[];
}

/**
 * The answers of one engine to requests that come in the midst of each other. The engine is given to
 * `prepare` first, which has no passes run.
 */
export async function interleavedAnswers(
	batch: readonly TimedRequest[],
	options: Partial<LocalEngineOptions>,
	prepare: (engine: LocalEngine) => Promise<void> = () => Promise.resolve(),
	backendOptions: Pick<FakeBackendOptions, "stopsWithinPass"> = {},
): Promise<InterleavedAnswers> {
	const answers: Promise<Answer>[] = [];
	// Told apart from `answers`: an idle engine runs its first pass, which asks again, before the call of
	// answerOf returns.
	const started = new Set<number>();
	const ask = (passes: number): void => {
		for (const [at, { asked, afterPass }] of batch.entries()) {
			if (afterPass <= passes && !started.has(at)) {
				started.add(at);
				answers[at] = answerOf(fake.engine, asked);
			}
		}
	};
	const fake = fakeEngine({ ...backendOptions, onPass: ({ index }) => ask(index + 1) }, options);
	await prepare(fake.engine);
	ask(0);
	// Requests that no pass has called for come when the engine is idle.
	await Promise.all(answers);
	ask(Infinity);
	return { ...fake, answers: await Promise.all(answers) };
}
