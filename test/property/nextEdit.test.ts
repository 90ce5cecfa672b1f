import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EditHistory, type TextChange } from "../../src/nextEdit/editHistory.ts";
import { isConsistent, type EditedDocument } from "../../src/nextEdit/editedDocument.ts";
import { applyLineEdit, fits } from "../../src/nextEdit/lineEdit.ts";
import { tokensOfLine } from "../../src/nextEdit/lineTokens.ts";
import { leavingNames } from "../../src/nextEdit/leavingNames.ts";
import { candidatesFor, findNextEdits } from "../../src/nextEdit/nextEdit.ts";
import { findInOtherFile } from "../../src/nextEdit/otherFile.ts";
import { tokenChanges } from "../../src/nextEdit/tokenDiff.ts";
import { linesBefore } from "../support/linesBefore.ts";

/** Few different words, so that lines are alike and names come more than once. */
const word = fc.constantFrom(
	"alpha",
	"beta",
	"getAlpha",
	"b",
	"=",
	"(",
	")",
	",",
	"'x'",
	"// ",
	"😀",
	"\t",
	" ",
);
const line = fc.array(word, { maxLength: 6 }).map((words) => words.join(""));
const text = fc.array(line, { minLength: 1, maxLength: 14 }).map((lines) => lines.join("\n"));

/** Any UTF-16 units, halves of surrogate pairs among them. */
const units = fc
	.array(fc.nat({ max: 0xffff }), { maxLength: 40 })
	.map((codes) => String.fromCharCode(...codes));

/** Where it goes in a document whatever that is, and what is put there. */
const step = fc.record({
	at: fc.nat({ max: 10_000 }),
	units: fc.nat({ max: 30 }),
	text: fc.oneof(word, line, text),
	waitMs: fc.constantFrom(1, 100, 5000),
});

/** The change of a text in terms of lines and columns, and the one that takes it back. */
function changeOf(
	current: string,
	{
		at,
		units,
		text: added,
	}: { readonly at: number; readonly units: number; readonly text: string },
): { readonly change: TextChange; readonly inverse: TextChange; readonly result: string } {
	const from = at % (current.length + 1);
	const to = Math.min(current.length, from + units);
	const place = (of: string, offset: number): readonly [number, number] => {
		const before = of.slice(0, offset).split("\n");
		return [before.length - 1, before.at(-1)?.length ?? 0];
	};
	const [startLine, startColumn] = place(current, from);
	const [endLine, endColumn] = place(current, to);
	const result = current.slice(0, from) + added + current.slice(to);
	const [newEndLine, newEndColumn] = place(result, from + added.length);
	return {
		change: { startLine, startColumn, endLine, endColumn, text: added },
		inverse: {
			...{ startLine, startColumn, endLine: newEndLine, endColumn: newEndColumn },
			text: current.slice(from, to),
		},
		result,
	};
}

/** A document after random changes, as the history tells it. */
const edited = fc
	.tuple(text, fc.array(step, { minLength: 1, maxLength: 8 }))
	.map(([start, steps]): EditedDocument => {
		const history = new EditHistory(start);
		let [current, nowMs] = [start, 0];
		for (const one of steps) {
			const { change, result } = changeOf(current, one);
			history.change([change], (nowMs += one.waitMs));
			current = result;
		}
		return { lines: history.lines, languageId: "typescript", edits: history.edits };
	});

describe("the history of a document", () => {
	test("follows it, and leads from the text before to the text now", () => {
		fc.assert(
			fc.property(text, fc.array(step, { maxLength: 20 }), (start, steps) => {
				const history = new EditHistory(start);
				let [current, nowMs] = [start, 0];
				for (const one of steps) {
					const { change, result } = changeOf(current, one);
					history.change([change], (nowMs += one.waitMs));
					current = result;
					expect(history.lines.join("\n")).toBe(current);
					expect(isConsistent({ lines: history.lines, languageId: "", edits: history.edits })).toBe(
						true,
					);
				}
				expect(linesBefore(history).join("\n")).toBe(start);
				const replayed = history.edits
					.toSorted((a, b) => a.line - b.line || a.next.length - b.next.length)
					.reduce<readonly string[]>(applyLineEdit, linesBefore(history));
				expect(replayed.join("\n")).toBe(current);
			}),
		);
	});

	test("is after an undo what it was before the change", () => {
		fc.assert(
			fc.property(text, fc.array(step, { minLength: 1, maxLength: 12 }), (start, steps) => {
				const history = new EditHistory(start);
				const past: (readonly [EditedDocument["edits"], TextChange])[] = [];
				let [current, nowMs] = [start, 0];
				for (const one of steps) {
					const { change, inverse, result } = changeOf(current, one);
					past.push([history.edits, inverse]);
					history.change([change], (nowMs += one.waitMs));
					current = result;
				}
				for (const [edits, inverse] of past.toReversed()) {
					const lines = history.lines.join("\n");
					history.change([inverse], (nowMs += 10), true);
					if (history.lines.join("\n") !== lines) {
						expect(history.edits).toEqual(edits);
					}
				}
				expect(history.lines.join("\n")).toBe(start);
			}),
		);
	});
});

describe("candidates", () => {
	test("fit the document, and leave alone what was just written", () => {
		fc.assert(
			fc.property(edited, (document) => {
				const written = new Set(
					document.edits.flatMap(({ line: at, next }) => next.map((_, i) => at + i)),
				);
				for (const { edit } of candidatesFor(document)) {
					expect(fits(document.lines, edit)).toBe(true);
					expect(edit.old.some((_, i) => written.has(edit.line + i))).toBe(false);
				}
			}),
		);
	});

	test("that are shown don't touch each other", () => {
		fc.assert(
			fc.property(edited, (document) => {
				const shown = findNextEdits(document).map(({ edit }) => edit);
				for (const [i, a] of shown.entries()) {
					for (const b of shown.slice(i + 1)) {
						expect(a.line + a.old.length < b.line || b.line + b.old.length < a.line).toBe(true);
					}
				}
			}),
		);
	});
});

describe("in another file", () => {
	/** One name is put in another's place where it is defined, and in some lines more. */
	const renaming = fc
		.tuple(fc.array(line, { maxLength: 6 }), fc.nat({ max: 3 }))
		.map(([around, more]): EditedDocument => {
			const history = new EditHistory(["alpha(b)", ...around, "use(alpha)"].join("\n"));
			for (let at = 0; at <= more; at++) {
				const column = history.lines[at]?.indexOf("alpha") ?? -1;
				const place = { startLine: at, startColumn: column, endLine: at, endColumn: column + 5 };
				if (column >= 0) {
					history.change([{ ...place, text: "omega" }], at * 5000);
				}
			}
			return { lines: history.lines, languageId: "typescript", edits: history.edits };
		});

	test("nothing is changed but names at uses, and no edit touches another", () => {
		let found = 0;
		fc.assert(
			fc.property(
				renaming,
				fc.array(line, { minLength: 1, maxLength: 14 }),
				fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
				(document, lines, isUse) => {
					const names = leavingNames(document);
					const uses = lines.flatMap((written, at) =>
						isUse[at] === true
							? tokensOfLine(written).flatMap(({ text: name, start }) =>
									name === "alpha" ? [{ name, line: at, column: start }] : [],
								)
							: [],
					);
					const edits = findInOtherFile(document, names, { lines, uses }).map(({ edit }) => edit);
					for (const [i, edit] of edits.entries()) {
						found++;
						expect(fits(lines, edit)).toBe(true);
						expect(edit.next).toHaveLength(edit.old.length);
						for (const [k, old] of edit.old.entries()) {
							const renamed = tokensOfLine(old)
								.map(({ text: name }) => (name === "alpha" ? "omega" : name))
								.join("");
							expect(edit.next[k]).toBe(isUse[edit.line + k] === true ? renamed : old);
						}
						for (const other of edits.slice(i + 1)) {
							const isApart =
								edit.line + edit.old.length < other.line ||
								other.line + other.old.length < edit.line;
							expect(isApart).toBe(true);
						}
					}
				},
			),
			{ numRuns: 300 },
		);
		expect(found).toBeGreaterThan(20);
	});
});

describe("tokens", () => {
	test("are all of a line", () => {
		fc.assert(
			fc.property(fc.oneof(line, units), (any) => {
				const single = any.replaceAll(/[\r\n]/g, "");
				expect(
					tokensOfLine(single)
						.map((token) => token.text)
						.join(""),
				).toBe(single);
			}),
		);
	});

	test("that changed turn one line into the other", () => {
		fc.assert(
			fc.property(line, line, (a, b) => {
				const [old, next] = [tokensOfLine(a), tokensOfLine(b)];
				const textOf = (tokens: typeof old): string => tokens.map((token) => token.text).join("");
				let [result, at] = ["", 0];
				for (const { oldFrom, oldTo, newFrom, newTo } of tokenChanges(old, next)) {
					result += textOf(old.slice(at, oldFrom)) + textOf(next.slice(newFrom, newTo));
					at = oldTo;
				}
				expect(result + textOf(old.slice(at))).toBe(b);
			}),
		);
	});
});
