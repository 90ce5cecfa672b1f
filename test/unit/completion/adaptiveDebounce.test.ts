import { expect, test } from "vitest";
import { AdaptiveDebounce } from "../../../src/completion/adaptiveDebounce.ts";

function debounceAfter(intervalMs: number, answerMs: number): AdaptiveDebounce {
	const debounce = new AdaptiveDebounce();
	for (let key = 0; key < 10; key++) {
		debounce.noteKeystroke(key * intervalMs);
	}
	debounce.noteAnswer(answerMs);
	return debounce;
}

test("the configured wait, as long as nothing is known", () => {
	expect(new AdaptiveDebounce().waitMs(50, 0)).toBe(50);
});

test("the configured wait, while answers come faster than keys", () => {
	expect(debounceAfter(200, 100).waitMs(50, 0)).toBe(50);
});

test("a pause, when answers come slower than keys", () => {
	expect(debounceAfter(120, 300).waitMs(50, 0)).toBeCloseTo(144);
});

test("never more than 160 ms, unless a longer wait is configured", () => {
	expect(debounceAfter(400, 2000).waitMs(50, 0)).toBe(160);
	expect(debounceAfter(400, 2000).waitMs(300, 0)).toBe(300);
});

test("time that was spent already is subtracted", () => {
	expect([debounceAfter(200, 100).waitMs(50, 20), debounceAfter(200, 100).waitMs(50, 80)]).toEqual([
		30, 0,
	]);
});

test("a pause, when answers come too late because of what was spent already", () => {
	expect([debounceAfter(100, 45).waitMs(40, 50), debounceAfter(100, 55).waitMs(40, 50)]).toEqual([
		0, 70,
	]);
});

test("0 turns it off", () => {
	expect(debounceAfter(150, 300).waitMs(0, 0)).toBe(0);
});

test("a pause isn't typing speed", () => {
	const debounce = debounceAfter(120, 300);
	debounce.noteKeystroke(60_000);
	expect(debounce.waitMs(50, 0)).toBeCloseTo(144);
});
