import { expect, test } from "vitest";
import { Snooze } from "../../../src/extension/snooze.ts";
import { FakeClock } from "../../support/fakeClock.ts";

class Bench {
	readonly clock = new FakeClock();
	epochMs = Date.UTC(2026, 10, 27, 12);
	changes = 0;
	readonly snooze = new Snooze({
		clock: this.clock,
		epochMs: () => this.epochMs,
		onDidChange: () => this.changes++,
	});

	/** Both clocks go on, as they do on a machine that runs. */
	async pass(ms: number): Promise<void> {
		this.epochMs += ms;
		await this.clock.advance(ms);
	}
}

const minute = 60_000;

test("a snooze says when it ends, and ends by itself", async () => {
	const bench = new Bench();
	expect(bench.snooze.untilMs).toBeUndefined();
	bench.snooze.start(5);
	expect(bench.snooze.untilMs).toBe(bench.epochMs + 5 * minute);
	await bench.pass(5 * minute - 1);
	expect([bench.snooze.untilMs !== undefined, bench.changes]).toEqual([true, 1]);
	await bench.pass(1);
	expect([bench.snooze.untilMs, bench.changes]).toEqual([undefined, 2]);
});

test("a snooze ends by hand, once, and leaves no timer behind", async () => {
	const bench = new Bench();
	bench.snooze.start(30);
	bench.snooze.end();
	bench.snooze.end();
	await bench.pass(30 * minute);
	expect([bench.snooze.untilMs, bench.changes, bench.clock.sleepers]).toEqual([undefined, 2, 0]);
});

test("a new snooze takes the place of the one before", async () => {
	const bench = new Bench();
	bench.snooze.start(5);
	await bench.pass(4 * minute);
	bench.snooze.start(30);
	await bench.pass(10 * minute);
	expect(bench.snooze.untilMs).toBe(bench.epochMs + 20 * minute);
});

test("a machine that was suspended wakes up after the end", () => {
	const bench = new Bench();
	bench.snooze.start(30);
	bench.epochMs += 31 * minute;
	expect(bench.snooze.untilMs).toBeUndefined();
});

test("after a suspended machine has woken up, everybody hears within half a minute that it is over", async () => {
	const bench = new Bench();
	bench.snooze.start(30);
	await bench.pass(5 * minute);
	bench.epochMs += 120 * minute;
	await bench.pass(minute / 2);
	expect([bench.snooze.isOn, bench.changes, bench.clock.sleepers]).toEqual([false, 2, 0]);
});

test("a calendar that is set back makes it no longer", async () => {
	const bench = new Bench();
	bench.snooze.start(5);
	bench.epochMs -= 24 * 60 * minute;
	await bench.clock.advance(5 * minute);
	expect(bench.snooze.untilMs).toBeUndefined();
});

test("who asks whether it is quiet, and until which time of day, hears the same", async () => {
	const bench = new Bench();
	expect([bench.snooze.isOn, bench.snooze.untilTime]).toEqual([false, undefined]);
	bench.snooze.start(5);
	const end = new Date(bench.epochMs + 5 * minute);
	const time = end.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
	expect([bench.snooze.isOn, bench.snooze.untilTime]).toEqual([true, time]);
	await bench.pass(5 * minute);
	expect([bench.snooze.isOn, bench.snooze.untilTime]).toEqual([false, undefined]);
});
