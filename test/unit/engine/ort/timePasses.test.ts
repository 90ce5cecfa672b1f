import { expect, test } from "vitest";
import { timePasses } from "../../../../src/engine/ort/timePasses.ts";
import { FakeBackend, type FakeBackendOptions } from "../../../support/fakeBackend.ts";
import { FakeClock } from "../../../support/fakeClock.ts";

/** A backend whose passes take as long as `passMs` says. */
function slowBackend(
	clock: FakeClock,
	passMs: (tokens: number) => number,
	options: FakeBackendOptions = {},
): FakeBackend {
	return new FakeBackend({
		...options,
		onPass: ({ tokens }) => clock.advance(passMs(tokens.length)),
	});
}

const passSizes = ({ passes }: FakeBackend): readonly number[] =>
	passes.map(({ tokens }) => tokens.length);

test("graphs are timed by turns, five times, after a pass that isn't counted", async () => {
	const clock = new FakeClock();
	const qmoe = slowBackend(clock, (tokens) => (tokens === 1 ? 2 : 30));
	const portable = slowBackend(clock, (tokens) => (tokens === 1 ? 3 : 20));
	const times = await timePasses({ qmoe, portable }, clock);
	expect(times).toEqual({
		qmoe: Array(5).fill({ decodeStepMs: 2, prefillChunkMs: 30 }),
		portable: Array(5).fill({ decodeStepMs: 3, prefillChunkMs: 20 }),
	});
	expect(passSizes(qmoe)).toEqual([1, 1, 64, 1, 64, 1, 64, 1, 64, 1, 64]);
	// Always behind an empty cache, with logits only where a token would be chosen.
	expect(qmoe.passes.every(({ past }) => past === 0)).toBe(true);
	expect(qmoe.passes.slice(1, 5).map(({ logitRows }) => logitRows)).toEqual([1, 0, 1, 0]);
	expect([qmoe.liveCaches, portable.liveCaches]).toEqual([0, 0]);
});

test("one round is enough where it takes long", async () => {
	const clock = new FakeClock();
	const qmoe = slowBackend(clock, (tokens) => (tokens === 1 ? 48 : 360));
	const portable = slowBackend(clock, (tokens) => (tokens === 1 ? 9 : 70));
	const times = await timePasses({ qmoe, portable }, clock);
	expect([times.qmoe.length, times.portable.length]).toEqual([1, 1]);
	expect(clock.now()).toBe(2 * (48 + 9) + 360 + 70);
});

test("the chunk fits into a short context", async () => {
	const clock = new FakeClock();
	const backends = {
		qmoe: slowBackend(clock, () => 1, { contextLength: 16 }),
		portable: slowBackend(clock, () => 1, { contextLength: 16 }),
	};
	await timePasses(backends, clock);
	expect(Math.max(...passSizes(backends.qmoe))).toBe(16);
});

test("a pass that fails ends the timing, and leaves no cache behind", async () => {
	const clock = new FakeClock();
	const qmoe = slowBackend(clock, () => 1);
	const portable = new FakeBackend({
		onPass: () => {
			throw new Error("out of memory");
		},
	});
	await expect(timePasses({ qmoe, portable }, clock)).rejects.toThrow("out of memory");
	expect([qmoe.liveCaches, portable.liveCaches]).toEqual([0, 0]);
});
