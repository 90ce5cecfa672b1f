import { expect, test } from "vitest";
import { BatteryPause } from "../../../../src/extension/manners/batteryPause.ts";
import type { PowerSource } from "../../../../src/extension/manners/powerSource.ts";
import { FakeClock, settle } from "../../../support/fakeClock.ts";
import { recordingLogger } from "../../../support/recordingLogger.ts";

const holdsMs = 30_000;

function pauseWith({ isWanted = true, isInUse = true } = {}) {
	const clock = new FakeClock();
	const log: string[] = [];
	const machine = { source: "battery" as PowerSource | Error, reads: 0, isWanted, isInUse };
	const changes: boolean[] = [];
	const pause = new BatteryPause({
		read: () => {
			machine.reads++;
			const { source } = machine;
			return source instanceof Error ? Promise.reject(source) : Promise.resolve(source);
		},
		holdsMs,
		isWanted: () => machine.isWanted,
		isInUse: () => machine.isInUse,
		onDidChange: () => changes.push(pause.isPaused),
		clock,
		logger: recordingLogger(log),
	});
	pause.settingChanged();
	return { clock, log, machine, changes, pause };
}

test("who doesn't want it has nothing read, ever", async () => {
	const { clock, machine, pause } = pauseWith({ isWanted: false });
	pause.cameBack();
	await clock.advance(10 * holdsMs);
	expect([machine.reads, pause.isPaused, clock.sleepers]).toEqual([0, false, 0]);
});

test("it is quiet from when the machine is unplugged until it is plugged in", async () => {
	const { clock, machine, changes, pause } = pauseWith();
	await settle();
	expect(pause.isPaused).toBe(true);
	machine.source = "mains";
	await clock.advance(holdsMs);
	expect([pause.isPaused, changes]).toEqual([false, [true, false]]);
	pause.dispose();
	await clock.advance(holdsMs);
	expect([machine.reads, clock.sleepers]).toEqual([2, 0]);
});

test("a machine that doesn't tell is not on battery", async () => {
	const { machine, clock, pause } = pauseWith();
	machine.source = "unknown";
	await clock.advance(holdsMs);
	expect(pause.isPaused).toBe(false);
	pause.dispose();
});

test("turning it off ends the quiet at once and the looking with it, and turning it on looks at once", async () => {
	const { clock, machine, changes, pause } = pauseWith();
	await settle();
	machine.isWanted = false;
	pause.settingChanged();
	expect([pause.isPaused, changes]).toEqual([false, [true, false]]);
	await clock.advance(10 * holdsMs);
	expect(machine.reads).toBe(1);
	machine.isWanted = true;
	pause.settingChanged();
	await settle();
	expect([pause.isPaused, machine.reads]).toEqual([true, 2]);
	pause.dispose();
});

test("while nobody uses the window nothing is read, and coming back reads at once what is old", async () => {
	const { clock, machine, pause } = pauseWith();
	await settle();
	pause.cameBack();
	await settle();
	expect(machine.reads).toBe(1);
	machine.isInUse = false;
	await clock.advance(10 * holdsMs);
	expect(machine.reads).toBe(1);
	machine.isInUse = true;
	machine.source = "mains";
	pause.cameBack();
	await settle();
	expect([machine.reads, pause.isPaused]).toEqual([2, false]);
	pause.dispose();
});

test("a machine that can't be asked is said once, and completions go on", async () => {
	const { clock, log, machine, pause } = pauseWith();
	machine.source = new Error("spawn pmset ENOENT");
	await clock.advance(5 * holdsMs);
	expect(pause.isPaused).toBe(false);
	expect(log.filter((line) => line.includes("pmset"))).toHaveLength(1);
	pause.dispose();
});
