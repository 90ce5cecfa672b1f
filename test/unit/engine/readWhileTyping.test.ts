import { expect, test } from "vitest";
import { uniformAt } from "../../../src/engine/sampling/random.ts";
import { answerOf, someTokens } from "../../support/engineRequests.ts";
import { FakeClock } from "../../support/fakeClock.ts";
import { fakeEngine } from "../../support/fakeEngine.ts";

const promptTokens = 1500;
const maxKeys = 200;

interface Typing {
	/** Keys until one was answered before the next. */
	readonly keys: number;
	/** Of the time that passes ran, the share of those that were stopped. */
	readonly lostShare: number;
}

/** Somebody types; the prompt is new, each key makes it longer by a token, and supersedes the request before it. */
async function type(
	passMs: (tokens: number) => number,
	gapMs: (key: number) => number,
): Promise<Typing> {
	const clock = new FakeClock();
	let readMs = 0;
	let lostMs = 0;
	const { engine } = fakeEngine(
		{
			stopsWithinPass: true,
			onPass: async ({ tokens }, stop) => {
				const startMs = clock.now();
				await clock.sleep(passMs(tokens.length), stop);
				const ms = clock.now() - startMs;
				readMs += ms;
				lostMs += stop?.aborted === true ? ms : 0;
			},
		},
		{ clock },
	);
	const text = someTokens(promptTokens + maxKeys);
	const endings: string[] = [];
	let keys = 0;
	for (; !endings.includes("length") && keys < maxKeys; keys++) {
		const prompt = text.slice(0, promptTokens + keys);
		void answerOf(engine, { prompt, maxNewTokens: 1, supersedeKey: "editor" }).then(
			({ finishReason }) => endings.push(finishReason),
		);
		await clock.advance(gapMs(keys));
	}
	expect(endings).toEqual([...Array<string>(keys - 1).fill("superseded"), "length"]);
	await engine.dispose();
	return { keys, lostShare: lostMs / readMs };
}

const everyTenthOfASecond = (): number => 100;
/** From 70 to 130 ms. */
const unevenly = (key: number): number => 70 + 60 * uniformAt(3, key);

test.each([
	["evenly, no base", (tokens: number) => 0.5 * tokens, everyTenthOfASecond],
	["unevenly, no base", (tokens: number) => 0.5 * tokens, unevenly],
	["unevenly, a base of 11 rows", (tokens: number) => 0.5 * (11 + tokens), unevenly],
])(
	"a new prompt of 1,500 tokens is read while somebody types ten keys a second (%s), and a third at most twice",
	async (_, passMs, gapMs) => {
		const { keys, lostShare } = await type(passMs, gapMs);
		expect(lostShare).toBeLessThan(1 / 3);
		expect(keys).toBeLessThan((1.5 * passMs(promptTokens)) / 100 + 3);
	},
);

test("even on a machine on which no pass but the shortest fits between two keys", async () => {
	const { keys, lostShare } = await type((tokens) => 2 * (11 + tokens), everyTenthOfASecond);
	expect(keys).toBeLessThan(maxKeys);
	expect(lostShare).toBeLessThan(1 / 2);
});
