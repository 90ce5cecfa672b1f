import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultCompletionConfig } from "../../../../src/completion/defaultConfig.ts";
import type { GenerateStats } from "../../../../src/engine/engine.ts";
import {
	MachineLoad,
	nextLoadLevel,
	PassTimes,
	type LoadLevel,
	type LoadSigns,
} from "../../../../src/extension/manners/machineLoad.ts";
import { FakeClock } from "../../../support/fakeClock.ts";

const signs = (perCore: number, slowdown?: number): LoadSigns => ({ perCore, slowdown });

test.each<[LoadLevel, LoadSigns, LoadLevel]>([
	["calm", signs(0), "calm"],
	["calm", signs(1.2), "calm"],
	["calm", signs(1.25), "busy"],
	["busy", signs(1), "busy"],
	["busy", signs(0.8), "calm"],
	["calm", signs(2.5), "crowded"],
	["crowded", signs(1.8), "crowded"],
	["crowded", signs(1.7), "busy"],
	["crowded", signs(0.1), "calm"],
	["calm", signs(0, 3.9), "calm"],
	["calm", signs(0, 4), "busy"],
	["busy", signs(0, 2.7), "calm"],
	["calm", signs(0, 9), "crowded"],
	["busy", signs(0.1, 3), "busy"],
])("after %s, %o is %s", (level, given, expected) => {
	expect(nextLoadLevel(level, given)).toBe(expected);
});

test("more load never makes a machine calmer", () => {
	const order: readonly LoadLevel[] = ["calm", "busy", "crowded"];
	const figure = fc.double({ min: 0, max: 20, noNaN: true });
	fc.assert(
		fc.property(fc.constantFrom(...order), figure, figure, figure, (level, a, more, slowdown) => {
			const less = nextLoadLevel(level, signs(a, slowdown));
			const grown = nextLoadLevel(level, signs(a + more, slowdown));
			expect(order.indexOf(grown)).toBeGreaterThanOrEqual(order.indexOf(less));
		}),
	);
});

/** Of an answer of so many passes, each of so many milliseconds. */
function answer(passMs: number, decodePasses = 4, draftedTokens = 0): GenerateStats {
	return {
		promptTokens: 100,
		isStandIn: false,
		reusedTokens: 90,
		prefilledTokens: 10,
		generatedTokens: decodePasses + 1,
		draftedTokens,
		acceptedTokens: 0,
		decodePasses,
		queuedMs: 0,
		firstTokenMs: 10,
		totalMs: 10 + passMs * (decodePasses + draftedTokens / 2),
		adaptation: undefined,
	};
}

test("passes are held against the best of them, once enough were seen", () => {
	const times = new PassTimes();
	for (let at = 0; at < 9; at++) {
		times.note(answer(2));
	}
	expect(times.slowdown).toBeUndefined();
	times.note(answer(2, 4, 6));
	expect(times.slowdown).toBeCloseTo(1, 1);
	for (let at = 0; at < 20; at++) {
		times.note(answer(12));
	}
	expect(times.slowdown).toBeGreaterThan(4);
	for (let at = 0; at < 40; at++) {
		times.note(answer(2));
	}
	expect(times.slowdown).toBeLessThan(1.5);
});

test("what a machine always takes becomes usual", () => {
	const times = new PassTimes();
	for (let at = 0; at < 10; at++) {
		times.note(answer(1));
	}
	for (let at = 0; at < 400; at++) {
		times.note(answer(10));
	}
	expect(times.slowdown).toBeLessThan(1.1);
});

test("an answer without passes behind the first tells nothing", () => {
	const times = new PassTimes();
	for (let at = 0; at < 20; at++) {
		times.note(answer(1, 0));
		times.note({ ...answer(1), firstTokenMs: undefined });
	}
	expect(times.slowdown).toBeUndefined();
});

function loadOn(perCore: number, isWanted = true) {
	const clock = new FakeClock();
	const machine = { perCore, reads: 0, isWanted };
	const load = new MachineLoad({
		isWanted: () => machine.isWanted,
		perCore: () => {
			machine.reads++;
			return machine.perCore;
		},
		clock,
	});
	return { clock, machine, load };
}

test("the machine is looked at behind answers and before idle work, every five seconds at most", async () => {
	const { clock, machine, load } = loadOn(3);
	expect([load.level, load.paced(defaultCompletionConfig).debounceMs, machine.reads]).toEqual([
		"calm",
		20,
		0,
	]);
	load.noteAnswer(undefined);
	load.noteAnswer(answer(1));
	expect([load.level, load.measure(), machine.reads]).toEqual(["crowded", "crowded", 1]);
	machine.perCore = 0;
	await clock.advance(5000);
	expect([load.level, load.measure(), machine.reads]).toEqual(["crowded", "calm", 2]);
});

test.each([
	["calm", 0.5, 20, 20],
	["busy", 1.5, 20, 20],
	["crowded", 3, 20, 120],
	["crowded, with a longer wait of the user's", 3, 300, 300],
	["crowded, with the wait turned off", 3, 0, 0],
])("the wait after a key on a machine that is %s", (_what, perCore, debounceMs, expected) => {
	const { load } = loadOn(perCore);
	load.measure();
	expect(load.paced({ ...defaultCompletionConfig, debounceMs }).debounceMs).toBe(expected);
});

test("what it means is said in a sentence, with the figure where there is one", () => {
	const noticeAt = (perCore: number): string | undefined => {
		const { load } = loadOn(perCore);
		load.measure();
		return load.notice;
	};
	expect([noticeAt(0.5), noticeAt(1.5), noticeAt(3.25)]).toEqual([
		undefined,
		"This machine is busy (1.5 programs for each core, in the mean of a minute): nothing is read before somebody types (mote.yieldWhenBusy).",
		"This machine is very busy (3.3 programs for each core, in the mean of a minute): nothing is read before somebody types, and the wait after a key is longer (mote.yieldWhenBusy).",
	]);
});

test("who doesn't want it is never yielded", () => {
	const { load } = loadOn(9, false);
	expect([load.measure(), load.level, load.notice]).toEqual(["calm", "calm", undefined]);
});

test("another engine has other times", () => {
	const { load, clock } = loadOn(0);
	for (let at = 0; at < 10; at++) {
		load.noteAnswer(answer(1));
	}
	load.engineStarted();
	for (let at = 0; at < 20; at++) {
		load.noteAnswer(answer(9));
	}
	return clock.advance(5000).then(() => expect(load.measure()).toBe("calm"));
});
