import { expect, test } from "vitest";
import type { GenerateRequest } from "../../../../src/engine/engine.ts";
import type { LocalEngine } from "../../../../src/engine/localEngine.ts";
import { answerOf, request, someTokens, tokens } from "../../../support/engineRequests.ts";
import { FakeClock } from "../../../support/fakeClock.ts";
import { fakeEngine, type FakeEngine } from "../../../support/fakeEngine.ts";
import { FakeBackend } from "../../../support/fakeBackend.ts";
import { openSaved } from "../../../support/snapshotFolder.ts";
import { TemporaryFolder } from "../../../support/temporaryFolder.ts";

interface SavingEngine extends FakeEngine {
	readonly clock: FakeClock;
	readonly prefilled: (asked: Partial<GenerateRequest>) => Promise<number>;
}

/** An engine that keeps prefixes in a folder, as one process would have it. */
async function engineOver(folder: TemporaryFolder): Promise<SavingEngine> {
	const clock = new FakeClock();
	const saved = await openSaved(folder.path, new FakeBackend());
	const fake = fakeEngine({}, { clock, saved });
	const prefilled = async (asked: Partial<GenerateRequest>): Promise<number> =>
		(await answerOf(fake.engine, asked)).stats.prefilledTokens;
	return { ...fake, clock, prefilled };
}

const prompt = someTokens(200);
const asked = { prompt, mayPersist: true };

test("the engine after the next start reads what was typed since, and no more", async () => {
	using folder = new TemporaryFolder();
	const before = await engineOver(folder);
	expect(await before.prefilled(asked)).toBe(200);
	await before.engine.dispose();
	const after = await engineOver(folder);
	const typed = { ...asked, prompt: [...prompt, ...tokens(5, 6, 7)] };
	expect(await after.prefilled(typed)).toBe(3);
	expect((await answerOf(after.engine, typed)).ids).toEqual(
		(await answerOf(fakeEngine().engine, typed)).ids,
	);
	await after.engine.dispose();
});

test("at the same place it reads nothing", async () => {
	using folder = new TemporaryFolder();
	const before = await engineOver(folder);
	const expected = await answerOf(before.engine, asked);
	await before.engine.dispose();
	const after = await engineOver(folder);
	const answer = await answerOf(after.engine, asked);
	expect(answer.stats).toMatchObject({ prefilledTokens: 0, reusedTokens: 200 });
	expect(answer.tokens).toEqual(expected.tokens);
	await after.engine.dispose();
	expect(after.backend.liveCaches).toBe(0);
});

test("what was only prepared, and what an aborted request had read, is kept as well", async () => {
	using folder = new TemporaryFolder();
	const before = await engineOver(folder);
	await before.prefilled({ ...asked, maxNewTokens: 0, priority: "background" });
	const other = { ...asked, prompt: someTokens(300, 3) };
	const stream = before.engine.generate(request(other), new AbortController().signal);
	await stream.next();
	await stream.return({ finishReason: "aborted", stats: (await answerOf(before.engine)).stats });
	await before.engine.dispose();
	const after = await engineOver(folder);
	expect(await after.prefilled(asked)).toBe(1);
	expect(await after.prefilled(other)).toBe(0);
	await after.engine.dispose();
});

test("only what says that it may lies on the disk", async () => {
	using folder = new TemporaryFolder();
	const { engine } = await engineOver(folder);
	await answerOf(engine, { prompt, priority: "completion" });
	await answerOf(engine, { ...asked, prompt: someTokens(200, 5), mayPersist: false });
	await engine.dispose();
	expect(folder.list()).toEqual([]);
});

test("nothing is written while somebody works, and once when nobody does", async () => {
	using folder = new TemporaryFolder();
	const { engine, clock } = await engineOver(folder);
	for (let second = 0; second < 60; second += 20) {
		await answerOf(engine, asked);
		await clock.advance(20_000);
	}
	expect(folder.list()).toEqual([]);
	await clock.advance(10_000);
	await expect.poll(() => folder.list()).toEqual([expect.stringMatching(/\.kv$/)]);
	const written = folder.list();

	await answerOf(engine, asked);
	await clock.advance(300_000);
	await engine.dispose();
	expect(folder.list()).toEqual(written);
});

test("while the engine lives, writing happens every five minutes at most; the rest is written at its end", async () => {
	using folder = new TemporaryFolder();
	const { engine, clock } = await engineOver(folder);
	await answerOf(engine, asked);
	await clock.advance(30_000);
	await expect.poll(() => folder.list()).toEqual([expect.stringMatching(/\.kv$/)]);
	await answerOf(engine, { ...asked, prompt: someTokens(200, 5) });
	await clock.advance(200_000);
	// What follows the first writing may still be under way.
	await expect.poll(() => clock.sleepers).toBe(1);
	expect(folder.list()).toHaveLength(1);
	await engine.dispose();
	expect(folder.list()).toHaveLength(2);
	expect(clock.sleepers).toBe(0);
});

test("a prefix in memory that is nearly as long is not read from the disk", async () => {
	using folder = new TemporaryFolder();
	const before = await engineOver(folder);
	await before.prefilled(asked);
	await before.engine.dispose();
	const after = await engineOver(folder);
	const first = [...prompt.slice(0, 140), ...tokens(31)];
	expect(await after.prefilled({ prompt: first })).toBe(1);
	// 60 tokens less than the disk has.
	expect(await after.prefilled(asked)).toBe(60);
	await after.engine.dispose();
});

test("a prefix that makes passes fail is thrown away, on the disk too", async () => {
	using folder = new TemporaryFolder();
	const before = await engineOver(folder);
	await before.prefilled(asked);
	await before.engine.dispose();
	const clock = new FakeClock();
	const saved = await openSaved(folder.path, new FakeBackend());
	const failing: LocalEngine = fakeEngine(
		{ predict: (_, size) => new Float32Array(size).fill(NaN) },
		{ clock, saved },
	).engine;
	const typed = { ...asked, prompt: [...prompt, ...tokens(5)] };
	await expect(answerOf(failing, typed)).rejects.toMatchObject({ code: "runtimeFailed" });
	expect(folder.list()).toEqual([]);
	await failing.dispose();
});
