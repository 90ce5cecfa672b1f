import { expect, test } from "vitest";
import { RestartPolicy } from "../../../src/engineProcess/restartPolicy.ts";

const minuteMs = 60_000;

test("restarts at once, then later and later, and gives up at the fifth crash in three minutes", () => {
	const policy = new RestartPolicy();
	const decisions = [0, 1, 2, 2.5, 2.9].map((minute) => policy.recordCrash(minute * minuteMs));
	expect(decisions).toEqual([
		{ kind: "restart", delayMs: 0 },
		{ kind: "restart", delayMs: 250 },
		{ kind: "restart", delayMs: 500 },
		{ kind: "restart", delayMs: 1000 },
		{ kind: "giveUp" },
	]);
});

test("crashes far apart never add up", () => {
	const policy = new RestartPolicy();
	for (let minute = 0; minute < 100; minute += 3) {
		expect(policy.recordCrash(minute * minuteMs)).toEqual({ kind: "restart", delayMs: 0 });
	}
});

test("forgets everything when told to", () => {
	const policy = new RestartPolicy();
	for (let crash = 0; crash < 5; crash++) {
		policy.recordCrash(0);
	}
	policy.reset();
	expect(policy.recordCrash(0)).toEqual({ kind: "restart", delayMs: 0 });
});
