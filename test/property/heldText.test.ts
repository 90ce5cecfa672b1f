import * as fc from "fast-check";
import { expect, test } from "vitest";
import { HeldText } from "../../src/languageModel/heldText.ts";

/** Of few letters, so that stop strings and their beginnings are everywhere. */
const letters = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
	fc.string({ unit: fc.constantFrom("a", "b", "🙂"), minLength, maxLength });
const text = letters(0, 40);
const stops = fc.array(letters(1, 5), { maxLength: 4 });
/** In UTF-16 units, so that chunks end in the middle of characters too; 0 is an empty chunk. */
const sizes = fc.array(fc.nat({ max: 4 }), { maxLength: 60 });
const logProbabilities = fc.array(fc.integer({ min: -50, max: 0 }), {
	minLength: 61,
	maxLength: 61,
});

function cutUp(whole: string, lengths: readonly number[]): readonly string[] {
	const chunks: string[] = [];
	let at = 0;
	for (const length of lengths) {
		chunks.push(whole.slice(at, at + length));
		at += length;
	}
	return [...chunks, whole.slice(at)];
}

/** The definition: everything before the stop string that is complete first, of equals the longest. */
function cutAtFirstStop(whole: string, stopStrings: readonly string[]): string {
	const [first] = stopStrings
		.map((stop) => ({ start: whole.indexOf(stop), end: whole.indexOf(stop) + stop.length }))
		.filter(({ start }) => start >= 0)
		.sort((a, b) => a.end - b.end || a.start - b.start);
	return whole.slice(0, first?.start);
}

test("in whatever chunks it comes, what is released is the text cut at the first stop string", () => {
	fc.assert(
		fc.property(text, stops, sizes, (whole, stopStrings, lengths) => {
			const held = new HeldText(stopStrings);
			let released = "";
			for (const chunk of cutUp(whole, lengths)) {
				held.push(chunk, 0);
				const piece = held.release();
				expect(piece?.text).not.toBe("");
				expect(piece?.text.isWellFormed()).not.toBe(false);
				released += piece?.text ?? "";
			}
			released += held.releaseAll()?.text ?? "";
			const wanted = cutAtFirstStop(whole, stopStrings);
			expect(released).toBe(wanted);
			expect(held.stopped).toBe(stopStrings.some((stop) => whole.includes(stop)));
		}),
	);
});

test("how often one asks for what is certain makes no difference", () => {
	fc.assert(
		fc.property(text, stops, sizes, fc.array(fc.boolean()), (whole, stopStrings, lengths, asks) => {
			const held = new HeldText(stopStrings);
			let released = "";
			for (const [index, chunk] of cutUp(whole, lengths).entries()) {
				held.push(chunk, 0);
				released += asks[index] === true ? (held.release()?.text ?? "") : "";
			}
			released += held.releaseAll()?.text ?? "";
			expect(released).toBe(cutAtFirstStop(whole, stopStrings));
		}),
	);
});

test("every chunk's probability is told once, with the first of its text; a stop string's own isn't", () => {
	fc.assert(
		fc.property(text, stops, sizes, logProbabilities, (whole, stopStrings, lengths, logs) => {
			const held = new HeldText(stopStrings);
			const kept = cutAtFirstStop(whole, stopStrings).length;
			let told = 0;
			let expected = 0;
			let withoutText = 0;
			let at = 0;
			for (const [index, chunk] of cutUp(whole, lengths).entries()) {
				const log = logs[index] ?? 0;
				held.push(chunk, log);
				told += held.release()?.logProbability ?? 0;
				// What comes after the last text has nothing to be told with.
				withoutText += log;
				if (chunk !== "" && at < kept) {
					expected += withoutText;
					withoutText = 0;
				}
				at += chunk.length;
			}
			told += held.releaseAll()?.logProbability ?? 0;
			expect(told).toBe(expected);
		}),
	);
});

test("a stretch with a chunk whose probability isn't told has none either", () => {
	const held = new HeldText(["ab"]);
	held.push("a", -1);
	held.push("c", undefined);
	expect(held.release()).toEqual({ text: "ac", logProbability: undefined });
	held.push("d", -2);
	expect(held.release()).toEqual({ text: "d", logProbability: -2 });
});

test("half a character that stays alone becomes the sign for what can't be read", () => {
	const held = new HeldText([]);
	held.push("a\ud83d", -1);
	expect(held.release()?.text).toBe("a");
	held.push("b", -1);
	expect(held.release()?.text).toBe("\ufffdb");
	held.push("\ud83d", -1);
	expect(held.release()).toBeUndefined();
	expect(held.releaseAll()?.text).toBe("\ufffd");
});
