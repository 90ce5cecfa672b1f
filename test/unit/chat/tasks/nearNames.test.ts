import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { namesAround, nearNames } from "../../../../src/chat/tasks/nearNames.ts";

describe("names that a word may be a misspelling of", () => {
	test.each([
		["a letter too many", "quantityy", ["price", "quantity"], ["quantity"]],
		["a letter too few", "totl", ["total", "tool"], ["total", "tool"]],
		["letters swapped", "lenght", ["height", "length"], ["length", "height"]],
		["another case", "userid", ["userId", "user"], ["userId", "user"]],
		["words joined otherwise", "user_id", ["user_ix", "userId"], ["userId", "user_ix"]],
		["of few letters", "a_b_c", ["aBC"], ["aBC"]],
		["in capitals", "maxSize", ["maxSides", "MAX_SIZE"], ["MAX_SIZE", "maxSides"]],
		["the one that begins alike first", "colr", ["bolr", "color"], ["color", "bolr"]],
		["none for a short word", "id", ["if", "it", "i"], []],
		["none for what is no name", "a + b", ["a", "b"], []],
		["never the word itself", "total", ["total"], []],
		["none that is too far away", "total", ["amount", "totalling"], []],
	])("%s", (_what, word, names, expected) => {
		expect(nearNames(word, names)).toEqual(expected);
	});

	test("any single slip of the finger is found again", () => {
		const name = fc.stringMatching(/^[a-z][A-Za-z]{3,15}$/);
		const slip = fc.record({ at: fc.nat(20), kind: fc.constantFrom("less", "more", "swap") });
		fc.assert(
			fc.property(name, slip, (given, { at, kind }) => {
				const place = at % given.length;
				const before = given.slice(0, place);
				const [letter = "", next = ""] = given.slice(place);
				const after = given.slice(place + 1 + next.length);
				const word =
					kind === "less"
						? before + next + after
						: kind === "more"
							? `${before}${letter}x${next}${after}`
							: before + next + letter + after;
				fc.pre(word !== given && word.length >= 3);
				expect(nearNames(word, ["unrelatedName", given])).toContain(given);
			}),
		);
	});
});

test("names of a text come by their distance from a place, each once", () => {
	expect(namesAround("far near here near", 9)).toEqual(["here", "near", "far"]);
});
