import { expect, test } from "vitest";
import { checkFirstTokenTime, timeFirstToken } from "../../../src/engine/firstTokenTime.ts";
import { nullLogger } from "../../../src/base/log.ts";
import { FakeBackend, type FakeBackendOptions } from "../../support/fakeBackend.ts";
import { FakeClock } from "../../support/fakeClock.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

/** A backend whose passes take as long as `passMs` says. */
function timedBackend(
	clock: FakeClock,
	passMs: (tokens: number, index: number) => number,
	options: FakeBackendOptions = {},
): FakeBackend {
	return new FakeBackend({
		...options,
		onPass: ({ tokens, index }) => clock.advance(passMs(tokens.length, index)),
	});
}

test("what is timed are two tokens behind a prompt of the default length, for a third of a second", async () => {
	const clock = new FakeClock();
	const backend = timedBackend(clock, (tokens) => (tokens === 2 ? 7 : 20));
	expect(await timeFirstToken(backend, clock)).toBe(7);
	const typed = backend.passes.filter(({ logitRows }) => logitRows === 1);
	expect(typed.map(({ past, tokens }) => [past, tokens.length])).toEqual(Array(40).fill([1024, 2]));
	expect(backend.passes).toHaveLength(1024 / 64 + 40);
	expect(backend.liveCaches).toBe(0);
});

test("passes that something disturbed don't count, as long as one was not", async () => {
	const clock = new FakeClock();
	const backend = timedBackend(clock, (tokens, index) =>
		tokens === 2 && index % 7 !== 0 ? 90 : 5,
	);
	expect(await timeFirstToken(backend, clock)).toBe(5);
});

test("a machine that reads slowly is timed behind what it has read in a second, and nine times", async () => {
	const clock = new FakeClock();
	const backend = timedBackend(clock, (tokens) => (tokens === 2 ? 60 : 400));
	expect(await timeFirstToken(backend, clock)).toBe(60);
	expect(backend.passes.at(-1)?.past).toBe(3 * 64);
	expect(backend.passes).toHaveLength(3 + 9);
});

test("a short context is no obstacle", async () => {
	const clock = new FakeClock();
	const backend = timedBackend(clock, () => 3, { contextLength: 100 });
	expect(await timeFirstToken(backend, clock)).toBe(3);
	expect(backend.passes.at(-1)?.past).toBe(98);
});

test("a pass that fails leaves no cache behind", async () => {
	const backend = new FakeBackend({
		onPass: () => {
			throw new Error("no");
		},
	});
	await expect(timeFirstToken(backend, new FakeClock())).rejects.toThrow("no");
	expect(backend.liveCaches).toBe(0);
});

const key = {
	processor: "A Processor",
	runtime: "mote 1, ONNX Runtime 1.30.0",
	threads: 2,
	weights: "0a".repeat(32),
};

/** Whether passes ran, and what was said; one start after the other, each on a machine that takes so long, with a limit. */
async function starts(
	cacheFolder: string | undefined,
	...each: (readonly [passMs: number, limitMs: number])[]
): Promise<readonly string[]> {
	const results: string[] = [];
	for (const [passMs, maxFirstTokenMs] of each) {
		const clock = new FakeClock();
		const backend = timedBackend(clock, () => passMs);
		const limit = { backend, key, modelName: "mote-base", maxFirstTokenMs, clock, cacheFolder };
		const outcome = await checkFirstTokenTime({ ...limit, logger: nullLogger }).then(
			() => "fast enough",
			(error: unknown) => String(error),
		);
		results.push(`${backend.passes.length === 0 ? "remembered" : "timed"}: ${outcome}`);
	}
	return results;
}

const tooSlow = (timeMs: string): string =>
	`UserError: mote-base takes ${timeMs} ms to the first token after a typed character on this machine, where 17.5 are allowed.`;

test("a model that is fast enough is timed at its first start on a machine", async () => {
	using folder = new TemporaryFolder();
	expect(await starts(folder.path, [5, 17.5], [90, 17.5])).toEqual([
		"timed: fast enough",
		"remembered: fast enough",
	]);
	expect(folder.list()).toEqual(["first-token-times.json"]);
});

test("one that is too slow is refused at once, and timed at three starts", async () => {
	using folder = new TemporaryFolder();
	expect(
		await starts(folder.path, [30, 17.5], [20, 17.5], [25, 17.5], [5, 17.5], [5, 17.5]),
	).toEqual([
		`timed: ${tooSlow("30.0")}`,
		`timed: ${tooSlow("20.0")}`,
		`timed: ${tooSlow("20.0")}`,
		`remembered: ${tooSlow("20.0")}`,
		`remembered: ${tooSlow("20.0")}`,
	]);
});

test("a machine that was busy at one start is fast enough at the next", async () => {
	using folder = new TemporaryFolder();
	expect(await starts(folder.path, [40, 17.5], [5, 17.5], [40, 17.5])).toEqual([
		`timed: ${tooSlow("40.0")}`,
		"timed: fast enough",
		"remembered: fast enough",
	]);
});

test("without a folder it is timed at every start", async () => {
	expect(await starts(undefined, [5, 17.5], [20, 17.5])).toEqual([
		"timed: fast enough",
		`timed: ${tooSlow("20.0")}`,
	]);
});

test("a damaged memory costs a time", async () => {
	using folder = new TemporaryFolder({ "first-token-times.json": "{" });
	expect(await starts(folder.path, [5, 17.5], [5, 17.5])).toEqual([
		"timed: fast enough",
		"remembered: fast enough",
	]);
});
