import * as fc from "fast-check";
import { expect, test } from "vitest";
import { HeldText } from "../../src/languageModel/local/heldText.ts";

/** Of few letters, so that stop strings and their beginnings are everywhere. */
const letters = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
	fc.string({ unit: fc.constantFrom("a", "b", "🙂"), minLength, maxLength });
const tokens = fc.array(
	fc.record({ text: letters(0, 4), logProbability: fc.integer({ min: -50, max: 0 }) }),
	{ maxLength: 30 },
);
const stops = fc.array(letters(1, 5), { maxLength: 4 });

test("in whatever pieces it comes, the text ends before the first stop string, and is never taken back", () => {
	fc.assert(
		fc.property(tokens, stops, (written, stopStrings) => {
			const held = new HeldText(stopStrings);
			const whole = written.map(({ text }) => text).join("");
			let shown = "";
			for (const { text, logProbability } of written) {
				held.push(text, logProbability);
				shown += held.release()?.text ?? "";
				expect(whole.startsWith(shown)).toBe(true);
			}
			shown += held.releaseAll()?.text ?? "";
			// The first that is complete ends it; of those that end together the longest counts.
			const ends = stopStrings
				.map((stop) => ({ start: whole.indexOf(stop), stop }))
				.filter(({ start }) => start >= 0)
				.map(({ start, stop }) => ({ start, end: start + stop.length }));
			const isStopped = ends.length > 0;
			expect(held.stopped).toBe(isStopped);
			for (const stop of stopStrings) {
				expect(shown).not.toContain(stop);
			}
			expect(shown).toBe(isStopped ? whole.slice(0, shown.length) : whole);
			if (isStopped) {
				expect(ends.some(({ start }) => start === shown.length)).toBe(true);
			}
		}),
	);
});

test("without a stop string every token's probability is told once, with the first of its text", () => {
	fc.assert(
		fc.property(tokens, stops, (written, stopStrings) => {
			const whole = written.map(({ text }) => text).join("");
			fc.pre(whole !== "" && !stopStrings.some((stop) => whole.includes(stop)));
			const held = new HeldText(stopStrings);
			let told = 0;
			for (const { text, logProbability } of written) {
				held.push(text, logProbability);
				told += held.release()?.logProbability ?? 0;
			}
			told += held.releaseAll()?.logProbability ?? 0;
			// What comes after the last text has nothing to be told with.
			const last = written.findLastIndex(({ text }) => text !== "");
			const certain = written.slice(0, last + 1);
			expect(told).toBe(certain.reduce((sum, { logProbability }) => sum + logProbability, 0));
		}),
	);
});
