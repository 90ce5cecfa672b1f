import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pictureOf, type EditPicture } from "../../src/extension/nextEdit/editPicture.ts";
import { placedAfter } from "../../src/extension/nextEdit/placedEdit.ts";
import {
	endOfReplacement,
	replacementOf,
	type TextReplacement,
} from "../../src/extension/nextEdit/textReplacement.ts";
import { applyLineEdit, fits, type LineEdit } from "../../src/nextEdit/lineEdit.ts";
import { NextEditBench } from "../support/nextEditBench.ts";
import { TextModel } from "../support/textModel.ts";

/** Lines that are alike, with halves of the same surrogate pairs. */
const piece = fc.constantFrom(
	"a",
	"ab",
	"b",
	"(",
	")",
	", ",
	"\t",
	" ",
	"😀",
	"😁",
	"\ud83d",
	"\ude00",
	"é",
);
const line = fc.oneof(
	{ arbitrary: fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("")), weight: 12 },
	// Too long to be compared.
	{ arbitrary: piece.map((end) => "ab ".repeat(400) + end), weight: 1 },
);
const lines = fc.array(line, { minLength: 1, maxLength: 10 });
const lineBreak = fc.constantFrom("\n" as const, "\r\n" as const);

/** Somewhere in a document of `text`; changes something. */
const edited = fc
	.tuple(lines, fc.nat(), fc.nat({ max: 4 }), fc.array(line, { maxLength: 4 }))
	.map(([text, at, count, next]) => {
		const from = at % (text.length + 1);
		const old = text.slice(from, from + count);
		return { text, edit: { line: from, old, next } };
	})
	// A document of an editor has a line at least.
	.filter(({ text, edit }) => fits(text, edit) && applyLineEdit(text, edit).length > 0);

const replacement = fc.record({
	from: fc.nat(),
	length: fc.nat({ max: 12 }),
	text: fc.oneof(
		line,
		lines.map((all) => all.join("\n")),
		lines.map((all) => `${all.join("\n")}\n`),
	),
});

/** A change of a text with "\n" breaks. */
function changeIn(
	text: string,
	{
		from,
		length,
		text: put,
	}: { readonly from: number; readonly length: number; readonly text: string },
): TextReplacement {
	const start = from % (text.length + 1);
	const [before, through] = [text.slice(0, start), text.slice(0, start + length)].map((part) =>
		part.split("\n"),
	);
	return {
		...{ startLine: (before?.length ?? 1) - 1, startColumn: before?.at(-1)?.length ?? 0 },
		...{ endLine: (through?.length ?? 1) - 1, endColumn: through?.at(-1)?.length ?? 0 },
		text: put,
	};
}

/** What somebody reads who takes what is struck out for gone, and ghosts for text. */
function readOff(
	text: readonly string[],
	{ line, old, next }: LineEdit,
	picture: EditPicture,
): readonly string[] {
	if (old.length !== next.length) {
		const [ghost] = picture.ghosts;
		const added = next.length === 0 ? [] : (ghost?.text ?? "").split("\n");
		// Struck out are all of the lines, but for white space in front.
		const struck = new Set(picture.struck.map((one) => one.line));
		const isAllStruck = old.every((was, i) => was.trim() === "" || struck.has(line + i));
		return isAllStruck
			? [...text.slice(0, line), ...added, ...text.slice(line + old.length)]
			: text;
	}
	return text.map((was, at) => {
		const parts = [
			...picture.struck.flatMap((one) =>
				one.line === at ? [{ at: one.start, end: one.end, text: "" }] : [],
			),
			...picture.ghosts.flatMap((one) =>
				one.line === at ? [{ at: one.column, end: one.column, text: one.text }] : [],
			),
		].sort((a, b) => a.at - b.at || a.end - b.end);
		let [result, from] = ["", 0];
		for (const part of parts) {
			result += was.slice(from, part.at) + part.text;
			from = Math.max(from, part.end);
		}
		return result + was.slice(from);
	});
}

describe("an edit that is accepted", () => {
	test("makes of the document what the edit says, and undo gives it back byte for byte", () => {
		fc.assert(
			fc.property(edited, lineBreak, ({ text, edit }, end) => {
				const model = new TextModel(text.join("\n"), end);
				const before = model.text;
				const change = replacementOf(edit, text);
				const inverse = model.apply(change);
				expect(model.lines).toEqual(applyLineEdit(text, edit));
				const [endLine, endColumn] = endOfReplacement(change);
				expect([inverse.endLine, inverse.endColumn]).toEqual([endLine, endColumn]);
				model.apply(inverse);
				expect(model.text).toBe(before);
			}),
		);
	});

	test("never takes a surrogate pair apart", () => {
		const isHalf = (text: string, at: number): boolean =>
			/^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(at - 1, at + 1));
		fc.assert(
			fc.property(edited, ({ text, edit }) => {
				const { startLine, startColumn, endLine, endColumn } = replacementOf(edit, text);
				expect(isHalf(text[startLine] ?? "", startColumn)).toBe(false);
				expect(isHalf(text[endLine] ?? "", endColumn)).toBe(false);
			}),
		);
	});

	test("changes nothing that wasn't shown: what is read off its picture is what comes", () => {
		fc.assert(
			fc.property(edited, ({ text, edit }) => {
				const picture = pictureOf(edit, text.length);
				if (picture === undefined) {
					return;
				}
				expect(readOff(text, edit, picture)).toEqual(applyLineEdit(text, edit));
				const change = replacementOf(edit, text);
				const marked = { from: picture.start, to: picture.end };
				// A break that goes or comes is on the line above.
				expect(change.startLine).toBeGreaterThanOrEqual(marked.from - 1);
				expect(change.endLine).toBeLessThanOrEqual(marked.to);
				expect(picture.ghosts.length + picture.struck.length).toBeGreaterThan(0);
			}),
		);
	});
});

describe("an edit that waits while somebody types", () => {
	test("stands where its lines are, or is dropped", () => {
		fc.assert(
			fc.property(edited, replacement, ({ text, edit }, one) => {
				const change = changeIn(text.join("\n"), one);
				const model = new TextModel(text.join("\n"));
				model.apply(change);
				for (const placed of placedAfter([{ edit }], [change])) {
					expect(fits(model.lines, placed.edit)).toBe(true);
				}
			}),
			{ numRuns: 500 },
		);
	});

	test("between the same two lines, where it puts something in", () => {
		fc.assert(
			fc.property(edited, replacement, ({ text, edit }, one) => {
				const insertion = { line: edit.line, old: [], next: ["inserted"] };
				const change = changeIn(text.join("\n"), one);
				const model = new TextModel(text.join("\n"));
				model.apply(change);
				for (const { edit: placed } of placedAfter([{ edit: insertion }], [change])) {
					const around = (all: readonly string[], at: number): readonly (string | undefined)[] => [
						all[at - 1],
						all[at],
					];
					expect(around(model.lines, placed.line)).toEqual(around(text, insertion.line));
				}
			}),
			{ numRuns: 500 },
		);
	});
});

describe("whatever somebody does", () => {
	/** Few names in many places, so that something follows. */
	const use = fc.constantFrom(
		"use(total);",
		"log(total, 1);",
		"",
		"\tif (total) {",
		"// 😀 total",
		"}",
	);
	const source = fc
		.array(use, { minLength: 4, maxLength: 14 })
		.map((all) => ["let total = 1;", ...all]);
	const step = fc.oneof(
		{ arbitrary: fc.constant("rename" as const), weight: 3 },
		{ arbitrary: fc.constant("rest" as const), weight: 4 },
		{ arbitrary: fc.constant("accept" as const), weight: 6 },
		{
			arbitrary: fc.constantFrom(
				"undo" as const,
				"dismiss" as const,
				"hold" as const,
				"answer" as const,
			),
			weight: 3,
		},
		{ arbitrary: replacement, weight: 3 },
	);
	const otherUse = fc.constantFrom(
		"use(total);",
		"log('😀', total);",
		"",
		"import { total } from './a';",
		"}",
	);
	const otherSource = fc
		.array(otherUse, { minLength: 2, maxLength: 10 })
		.map((all) => all.join("\n"));

	test("what is accepted in another file is what was shown there, and undo leads back to the first byte of both", async () => {
		let accepted = 0;
		await fc.assert(
			fc.asyncProperty(
				otherSource,
				lineBreak,
				fc.array(
					fc.oneof(
						{ arbitrary: fc.constant("accept" as const), weight: 6 },
						{ arbitrary: fc.constantFrom("rest" as const, "undo" as const), weight: 3 },
						{ arbitrary: fc.constantFrom("other" as const, "doc" as const), weight: 2 },
						{ arbitrary: replacement, weight: 2 },
					),
					{ minLength: 4, maxLength: 16 },
				),
				async (other, end, steps) => {
					const bench = new NextEditBench("export let total = 1;\n", end, { other });
					const textsOf = (): readonly string[] =>
						[...bench.models.values()].map(({ text }) => text);
					const before = textsOf();
					bench.type("total", "sumOfAll");
					await bench.rest();
					bench.open("other");
					for (const one of steps) {
						const text = bench.model.lines;
						switch (one) {
							case "accept":
								accepted += +(await acceptsWhatIsShown(bench));
								break;
							case "rest":
								await bench.rest();
								break;
							case "undo":
								if (bench.undoable.length > 1) {
									bench.undo();
								}
								break;
							case "other":
							case "doc":
								bench.open(one);
								break;
							default:
								bench.edit(changeIn(text.join("\n"), one));
						}
						for (const { path, edits } of bench.others.files) {
							const lines = bench.models.get(path)?.lines ?? [];
							expect(edits.every(({ edit }) => fits(lines, edit))).toBe(true);
						}
					}
					while (bench.undoable.length > 0) {
						bench.undo();
					}
					expect(textsOf()).toEqual(before);
				},
			),
			{ numRuns: 60 },
		);
		expect(accepted).toBeGreaterThan(20);
	});

	const newNames = ["sumOfAll", "balance", "😀sum"];

	test("what is accepted is what was shown, and undo leads back to the first byte", async () => {
		let accepted = 0;
		await fc.assert(
			fc.asyncProperty(
				source,
				lineBreak,
				fc.array(step, { minLength: 6, maxLength: 24 }),
				async (lines, end, steps) => {
					const bench = new NextEditBench(lines.join("\n"), end);
					const before = bench.model.text;
					for (const one of ["rename" as const, "rest" as const, ...steps]) {
						const text = bench.model.lines;
						switch (one) {
							case "rename":
								if (bench.model.text.includes("total")) {
									bench.type("total", newNames[bench.undoable.length % newNames.length] ?? "");
								}
								break;
							case "rest":
								await bench.rest();
								break;
							case "accept":
								accepted += +(await acceptsWhatIsShown(bench));
								break;
							case "undo":
								if (bench.undoable.length > 0) {
									bench.undo();
								}
								break;
							case "dismiss":
								bench.session.dismiss();
								break;
							case "hold":
								bench.isHeld = true;
								break;
							case "answer":
								await bench.answer();
								break;
							default:
								bench.edit(changeIn(text.join("\n"), one));
						}
					}
					await bench.answer();
					while (bench.undoable.length > 0) {
						bench.undo();
					}
					expect(bench.model.text).toBe(before);
				},
			),
			{ numRuns: 60 },
		);
		expect(accepted).toBeGreaterThan(20);
	});
});

/** Accepts what is shown: whether that went in, which then is what its picture says, and otherwise changes nothing. */
async function acceptsWhatIsShown(bench: NextEditBench): Promise<boolean> {
	const { lines } = bench.model;
	const edit = bench.session.shown?.current.edit;
	const picture = edit && pictureOf(edit, lines.length);
	const isIn = (await bench.accept()) && edit !== undefined;
	expect(bench.model.lines).toEqual(isIn ? picture && readOff(lines, edit, picture) : lines);
	return isIn;
}
