import { expect, test } from "vitest";
import type { WrittenAnswer } from "../../../src/completion/generation.ts";
import { textWorthShowing, worthFor, type Worth } from "../../../src/completion/worthShowing.ts";
import { placeAt } from "../../support/placeAt.ts";

/** While typing, with the gate at 0.7. */
const typing = worthFor(0.7, "automatic", { slot: undefined });

/** Each piece with the probability of all up to its end. */
type Pieces = readonly (readonly [text: string, probability: number | undefined])[];

function check(
	pieces: Pieces,
	expected: string,
	{ worth = typing, stoppedBy = "stop", before = "" }: CheckOptions = {},
): void {
	let text = "";
	const marks = pieces.map(([piece, probability]) => {
		text += piece;
		return { end: text.length, probability };
	});
	const answer: WrittenAnswer = { text, marks, stoppedBy };
	expect(textWorthShowing(answer, placeAt(`${before}║\n`), worth)).toBe(expected);
}

interface CheckOptions {
	readonly worth?: Worth;
	readonly stoppedBy?: WrittenAnswer["stoppedBy"];
	readonly before?: string;
}

test.each<[string, Pieces, string]>([
	[
		"all of a sure answer",
		[
			["foo", 0.99],
			["(a, b);", 0.98],
		],
		"foo(a, b);",
	],
	[
		"no more than is likely enough",
		[
			["foo(", 0.95],
			["a", 0.6],
			[");", 0.6],
		],
		"foo(",
	],
	[
		"what saves most, not what is longest",
		[
			["foo(bar", 0.99],
			[")", 0.71],
		],
		"foo(bar",
	],
	[
		"more where a little more is as sure",
		[
			["foo(bar", 0.9],
			[")", 0.89],
		],
		"foo(bar)",
	],
	["nothing of one key", [[";", 1]], ""],
	["nothing that saves less than a key", [["()", 0.9]], ""],
	["two keys that are certain", [["()", 1]], "()"],
	[
		"no name that goes on",
		[
			["find", 0.9],
			["Item", 0.75],
			["s(", 0.3],
		],
		"",
	],
	[
		"a name up to where another sign follows",
		[
			["find", 0.9],
			["(item", 0.75],
			["s", 0.3],
		],
		"find",
	],
	[
		"several lines where they are sure",
		[
			["a();\n", 0.9],
			["\tb();\n", 0.85],
			["}", 0.84],
		],
		"a();\n\tb();\n}",
	],
	[
		"white space at the end doesn't count",
		[
			["a", 0.99],
			[" ".repeat(40), 0.98],
		],
		"",
	],
	["an empty answer", [], ""],
])("shows %s", (_, pieces, expected) => check(pieces, expected));

test("a model that doesn't tell how likely it is: all that it wrote", () => {
	check(
		[
			["a", undefined],
			["b();", undefined],
		],
		"ab();",
	);
	check([["foo(ba", undefined]], "foo(", { stoppedBy: "length" });
});

test("who asks for a completion is shown a single key too", () => {
	check([[";", 0.9]], ";", { worth: worthFor(0.7, "invoked", { slot: undefined }) });
	check([[";", 0.6]], "", { worth: worthFor(0.7, "invoked", { slot: undefined }) });
});

test("half a name at the end of an answer that was cut off stays only where the file knows it", () => {
	const pieces: Pieces = [
		["= read(get", 0.9],
		["User", 0.8],
	];
	check(pieces, "= read(", { stoppedBy: "unlikely", before: "get();" });
	check(pieces, "= read(getUser", { stoppedBy: "unlikely", before: "getUser();" });
	check(pieces, "= read(getUser", { stoppedBy: "stop" });
});

test("a stop rule that ends within a piece cuts it there", () => {
	const answer: WrittenAnswer = {
		text: "return a;",
		marks: [
			{ end: 8, probability: 0.9 },
			{ end: 12, probability: 0.8 },
		],
		stoppedBy: "stopRule",
	};
	expect(textWorthShowing(answer, placeAt("║\n"), typing)).toBe("return a;");
});
