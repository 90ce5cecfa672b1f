import { expect, test } from "vitest";
import { likelyPieces } from "../../../../src/languageModel/local/likelyPieces.ts";

/** The pieces of a token with how likely the text is up to the end of each. */
function check(
	text: string,
	textProbabilities: readonly number[],
	expected: readonly (readonly [text: string, probability: number])[],
	before = 1,
): void {
	let sum = Math.log(before);
	const pieces = likelyPieces({ text, textProbabilities, before }).map((piece) => {
		sum += piece.logProbability;
		return [piece.text, Math.round(Math.exp(sum) * 1e6) / 1e6];
	});
	expect(pieces).toEqual(expected);
}

test.each<[string, ...Parameters<typeof check>]>([
	["what is as likely to its end is one piece", "foo", [0.9, 0.9, 0.9], [["foo", 0.9]]],
	[
		"a token is cut where its text becomes less likely",
		"er,\n",
		[0.9, 0.9, 0.6, 0.5],
		[
			["er", 0.9],
			[",", 0.6],
			["\n", 0.5],
		],
	],
	["what hardly differs isn't told apart", "er", [0.9, 0.899], [["er", 0.899]]],
	[
		"bytes that heal have no text",
		"x,",
		[1, 1, 0.8, 0.4],
		[
			["x", 0.8],
			[",", 0.4],
		],
	],
	["a token that only heals has an empty piece", "", [1, 1], [["", 1]]],
	["half a character counts with its token", "", [0.7, 0.6], [["", 0.6]]],
	[
		"a character's last byte says how likely it is",
		"ö,",
		[0.9, 0.8, 0.3],
		[
			["ö", 0.8],
			[",", 0.3],
		],
	],
	["the end of a character that began before isn't cut", "😀", [0.5], [["😀", 0.5]], 0.75],
	["a special token has no bytes", "", [], [["", 0.75]], 0.75],
	["what can't be has a logarithm all the same", "a", [0], [["a", 0]]],
])("%s", (_, ...rest) => {
	check(...rest);
});
