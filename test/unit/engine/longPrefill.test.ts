import { expect, test } from "vitest";
import type { PrefillProgress } from "../../../src/engine/engine.ts";
import { answerOf, someTokens } from "../../support/engineRequests.ts";
import { FakeClock } from "../../support/fakeClock.ts";
import { fakeEngine } from "../../support/fakeEngine.ts";

const promptTokens = 131_072;
const chunk = 512;
const prompt = someTokens(promptTokens, 1);

test("a prefill of 131,072 tokens that is aborted ends after the pass that runs, and goes on there", async () => {
	const controller = new AbortController();
	const { engine, backend } = fakeEngine(
		{
			contextLength: promptTokens,
			onPass: ({ index }) => {
				if (index === 84) {
					controller.abort();
				}
			},
		},
		{ prefillChunkTokens: chunk },
	);
	const aborted = await answerOf(engine, { prompt, maxNewTokens: 0 }, controller.signal);
	expect([aborted.finishReason, backend.passes.length]).toEqual(["aborted", 85]);
	expect(aborted.stats).toMatchObject({ reusedTokens: 0, prefilledTokens: 85 * chunk });

	const resumed = await answerOf(engine, { prompt, maxNewTokens: 0 });
	expect(resumed.stats).toMatchObject({
		reusedTokens: 85 * chunk,
		prefilledTokens: promptTokens - 85 * chunk,
	});
	// No token ran twice, and none was left out.
	expect(backend.passes.map(({ past }) => past)).toEqual(
		Array.from({ length: promptTokens / chunk }, (_, i) => i * chunk),
	);

	const again = await answerOf(engine, { prompt, maxNewTokens: 0 });
	expect(again.stats).toMatchObject({ reusedTokens: promptTokens, prefilledTokens: 0 });
});

test("a completion that arrives while a long prompt is read runs between two of its passes", async () => {
	const completion = someTokens(40, 2);
	const { engine, backend } = fakeEngine(
		{
			contextLength: promptTokens,
			onPass: ({ index }) => {
				if (index === 100) {
					answers.push(answerOf(engine, { prompt: completion, maxNewTokens: 3 }));
				}
			},
		},
		{ prefillChunkTokens: chunk },
	);
	const answers = [answerOf(engine, { prompt, maxNewTokens: 0, priority: "background" })];
	const long = await answers[0];
	const short = await answers[1];
	expect(short?.ids).toHaveLength(3);
	expect(long?.stats).toMatchObject({ reusedTokens: 0, prefilledTokens: promptTokens });
	// The pass that ran, then the completion's prefill and two decode steps, then the long prompt again.
	expect(backend.passes.slice(100, 105).map(({ past, tokens }) => [past, tokens.length])).toEqual([
		[100 * chunk, chunk],
		[0, 40],
		[40, 1],
		[41, 1],
		[101 * chunk, chunk],
	]);
	expect(backend.passes).toHaveLength(promptTokens / chunk + 3);
});

test("where a pass can be stopped, the completion stops it, and those after it come to their end", async () => {
	const clock = new FakeClock();
	const { engine, backend } = fakeEngine(
		{
			contextLength: promptTokens,
			stopsWithinPass: true,
			onPass: ({ index }) => {
				if (index === 3 || index === 5) {
					answers.push(answerOf(engine, { prompt: someTokens(40, index), maxNewTokens: 1 }));
				}
			},
		},
		{ clock, prefillChunkTokens: chunk },
	);
	await clock.advance(60_000);
	const answers = [
		answerOf(engine, { prompt: prompt.slice(0, 8 * chunk), maxNewTokens: 0, priority: "chat" }),
	];
	const long = await answers[0];
	await Promise.all(answers);
	expect(long?.stats).toMatchObject({ reusedTokens: 0, prefilledTokens: 8 * chunk });
	// The second completion comes while somebody types.
	expect(backend.stoppedPasses).toEqual([3]);
	expect(backend.passes.slice(2, 8).map(({ past, tokens }) => [past, tokens.length])).toEqual([
		[2 * chunk, chunk],
		[3 * chunk, chunk],
		[0, 40],
		[3 * chunk, chunk],
		[0, 40],
		[4 * chunk, chunk],
	]);
});

test("progress begins with what is reused and tells of every pass until the prompt is read", async () => {
	const { engine } = fakeEngine({ contextLength: 4096 }, { prefillChunkTokens: 1000 });
	const reports: PrefillProgress[] = [];
	const ask = async (tokens: number): Promise<readonly number[]> => {
		reports.length = 0;
		const asked = { prompt: prompt.slice(0, tokens), maxNewTokens: 1 };
		await answerOf(engine, asked, undefined, (progress) => reports.push(progress));
		expect(reports.every(({ promptTokens }) => promptTokens === tokens)).toBe(true);
		return reports.map(({ readTokens }) => readTokens);
	};
	expect(await ask(2500)).toEqual([0, 1000, 2000, 2500]);
	expect(await ask(3000)).toEqual([2500, 3000]);
	expect(await ask(3000)).toEqual([3000]);
});
