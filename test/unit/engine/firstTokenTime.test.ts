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

test("what is timed are two tokens behind a prompt of the default length, nine times", async () => {
	const clock = new FakeClock();
	const backend = timedBackend(clock, (tokens) => (tokens === 2 ? 7 : 20));
	expect(await timeFirstToken(backend, clock)).toBe(7);
	const typed = backend.passes.filter(({ logitRows }) => logitRows === 1);
	expect(typed.map(({ past, tokens }) => [past, tokens.length])).toEqual(Array(9).fill([1024, 2]));
	expect(backend.passes).toHaveLength(1024 / 64 + 9);
	expect(backend.liveCaches).toBe(0);
});

test("passes that something disturbed don't count, as long as they are fewer than half", async () => {
	const clock = new FakeClock();
	const backend = timedBackend(clock, (tokens, index) =>
		tokens === 2 && index % 3 === 0 ? 90 : 5,
	);
	expect(await timeFirstToken(backend, clock)).toBe(5);
});

test("a machine that reads slowly is timed behind what it has read in a second", async () => {
	const clock = new FakeClock();
	const backend = timedBackend(clock, (tokens) => (tokens === 2 ? 60 : 400));
	expect(await timeFirstToken(backend, clock)).toBe(60);
	expect(backend.passes.at(-1)?.past).toBe(3 * 64);
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

/** How often passes ran, and what was said; one start after the other for each of `limitsMs`. */
async function starts(
	cacheFolder: string | undefined,
	...limitsMs: number[]
): Promise<readonly (readonly [passes: number, refusal: string | undefined])[]> {
	const results: (readonly [number, string | undefined])[] = [];
	for (const maxFirstTokenMs of limitsMs) {
		const clock = new FakeClock();
		const backend = timedBackend(clock, () => 20);
		const limit = { backend, key, modelName: "mote-base", maxFirstTokenMs, clock, cacheFolder };
		const refusal = await checkFirstTokenTime({ ...limit, logger: nullLogger }).then(
			() => undefined,
			(error: unknown) => String(error),
		);
		results.push([backend.passes.length, refusal]);
	}
	return results;
}

const refusal =
	"UserError: mote-base takes 20.0 ms to the first token after a typed character on this machine, where 17.5 are allowed.";

test("a model is timed at its first start on a machine, and refused at each where it is too slow", async () => {
	using folder = new TemporaryFolder();
	expect(await starts(folder.path, 17.5, 17.5, 20)).toEqual([
		[25, refusal],
		[0, refusal],
		[0, undefined],
	]);
	expect(folder.list()).toEqual(["first-token-times.json"]);
});

test("without a folder it is timed at every start", async () => {
	expect(await starts(undefined, 20, 17.5)).toEqual([
		[25, undefined],
		[25, refusal],
	]);
});

test("a damaged memory costs a time", async () => {
	using folder = new TemporaryFolder({ "first-token-times.json": "{" });
	expect(await starts(folder.path, 20, 20)).toEqual([
		[25, undefined],
		[0, undefined],
	]);
});
