import { expect, test } from "vitest";
import { answerOf, someTokens } from "../../support/engineRequests.ts";
import { fakeEngine } from "../../support/fakeEngine.ts";

const whole = someTokens(300, 1);
const near = someTokens(40, 2);
const standIns = { prompts: [near], maxUnreadTokens: 50 };

test("while much of a prompt is still to be read, what stands in for it is answered; then the prompt itself", async () => {
	const { engine } = fakeEngine();
	const asked = { prompt: whole, standIns, maxNewTokens: 1 };
	const first = await answerOf(engine, asked);
	expect(first.stats).toMatchObject({
		isStandIn: true,
		promptTokens: 40,
		prefilledTokens: 40,
	});
	for (const [read, isStandIn] of [
		[249, true],
		[250, false],
	] as const) {
		const prompt = whole.slice(0, read);
		await answerOf(engine, { prompt, maxNewTokens: 0, priority: "background" });
		expect((await answerOf(engine, asked)).stats).toMatchObject({ isStandIn });
	}
});

test("of several that would all have to be read, the one with the fewest tokens left is answered", async () => {
	const { engine } = fakeEngine();
	const prompts = [someTokens(200, 3), someTokens(100, 4), someTokens(150, 5)];
	const { stats } = await answerOf(engine, {
		prompt: whole,
		standIns: { prompts, maxUnreadTokens: 50 },
	});
	expect(stats).toMatchObject({ isStandIn: true, promptTokens: 100 });
});

test("what is read in the background leaves alone what was answered meanwhile", async () => {
	const { engine } = fakeEngine();
	// Both begin with the same path.
	const beginning = someTokens(20, 6);
	const short = [...beginning, ...near];
	const asked = {
		prompt: whole,
		standIns: { prompts: [short], maxUnreadTokens: 50 },
		maxNewTokens: 1,
	};
	await answerOf(engine, asked);
	await answerOf(engine, {
		prompt: [...beginning, ...whole],
		maxNewTokens: 0,
		priority: "background",
	});
	const { stats } = await answerOf(engine, asked);
	expect(stats).toMatchObject({ isStandIn: true, prefilledTokens: 0 });
});

test("one that the model can't take is refused like any other prompt", async () => {
	const { engine } = fakeEngine({ contextLength: 100 });
	const asked = { prompt: near, standIns: { prompts: [whole], maxUnreadTokens: 50 } };
	await expect(answerOf(engine, asked)).rejects.toMatchObject({ code: "promptTooLong" });
});
