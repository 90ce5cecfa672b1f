import { expect, test } from "vitest";
import { stillClock } from "../../../src/evaluation/stillClock.ts";
import { settle } from "../../support/fakeClock.ts";

test("time never passes: a deadline doesn't come until it is given up", async () => {
	const controller = new AbortController();
	const late: string[] = [];
	void stillClock.sleep(1, controller.signal).then(() => late.push("late"));
	await settle();
	expect([stillClock.now(), ...late]).toEqual([0]);
	controller.abort();
	await settle();
	expect(late).toEqual(["late"]);
});

test("no wait is none, and neither is one that was given up before", async () => {
	await stillClock.sleep(0);
	await stillClock.sleep(1000, AbortSignal.abort());
});
