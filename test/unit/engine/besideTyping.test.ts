import { expect, test } from "vitest";
import type { GenerateRequest } from "../../../src/engine/engine.ts";
import { answerOf, someTokens, tokens } from "../../support/engineRequests.ts";
import { countingLogits, type Pass } from "../../support/fakeBackend.ts";
import { FakeClock } from "../../support/fakeClock.ts";
import { fakeEngine } from "../../support/fakeEngine.ts";

const completion: Partial<GenerateRequest> = { prompt: tokens(1, 2, 3), maxNewTokens: 1 };
/** Repeats itself, so that it can be drafted. */
const counted = Array.from({ length: 96 }, (_, i) => i % 32);

async function passesOf(
	priority: GenerateRequest["priority"],
	idleMs: number,
): Promise<{ readonly prefill: readonly number[]; readonly drafted: number }> {
	const clock = new FakeClock();
	// A machine on which 96 tokens are read within 50 ms.
	const onPass = ({ tokens: run }: Pass): Promise<void> => clock.advance(8 + 0.35 * run.length);
	const { engine, backend } = fakeEngine({ predict: countingLogits, onPass }, { clock });
	for (const seed of [1, 2]) {
		await answerOf(engine, { prompt: someTokens(300, seed), maxNewTokens: 0 });
	}
	await answerOf(engine, completion);
	await clock.advance(idleMs);
	const before = backend.passes.length;
	await answerOf(engine, { prompt: someTokens(256, 3), priority, maxNewTokens: 0 });
	const prefill = backend.passes.slice(before).map(({ tokens: run }) => run.length);
	const { stats } = await answerOf(engine, {
		prompt: tokens(...counted),
		priority,
		maxNewTokens: 12,
		maxDraftTokens: 4,
	});
	await engine.dispose();
	return { prefill, drafted: stats.draftedTokens };
}

test("while somebody types, a chat reads its prompt in short passes and drafts nothing", async () => {
	const { prefill, drafted } = await passesOf("chat", 1000);
	expect(prefill).toEqual(Array(8).fill(32));
	expect(drafted).toBe(0);
});

test("some seconds after the last completion it takes long ones again", async () => {
	const { prefill, drafted } = await passesOf("chat", 11_000);
	expect(Math.max(...prefill)).toBeGreaterThan(32);
	expect(drafted).toBeGreaterThan(0);
});

test("completions themselves are never slowed down", async () => {
	const { prefill, drafted } = await passesOf("completion", 0);
	expect(Math.max(...prefill)).toBeGreaterThan(32);
	expect(drafted).toBeGreaterThan(0);
});
