import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyHunks, editOfHunk, hunksBetween } from "../../src/chat/edits/hunks.ts";
import { isConfined, proposedChange } from "../../src/chat/edits/proposedChange.ts";
import { Review } from "../../src/chat/edits/review.ts";
import { safeRelativePath } from "../../src/chat/edits/safePath.ts";

/** Few different lines, so that texts are alike and lines come more than once. */
const line = fc.constantFrom("a", "b", "\tc", "", "}", "// ...", "-d", "+e");
const text = fc.array(line, { maxLength: 30 }).map((lines) => lines.join("\n"));

function reviewOf(base: string, proposed: string): Review {
	return new Review({ id: "r", path: "a.ts", title: "", base, proposed });
}

function resultOf(review: Review): string {
	return applyHunks(review.base, review.accepted);
}

/** As an editor applies edits: all refer to the text before. */
function applyLineEdits(base: string, proposed: string): string {
	const lines = base.split("\n");
	const offset = (row: number, column: number): number =>
		lines.slice(0, row).reduce((sum, part) => sum + part.length + 1, 0) + column;
	return hunksBetween(base, proposed)
		.map((hunk) => editOfHunk(hunk, lines))
		.reverse()
		.reduce(
			(result, edit) =>
				result.slice(0, offset(edit.startLine, edit.startColumn)) +
				edit.text +
				result.slice(offset(edit.endLine, edit.endColumn)),
			base,
		);
}

describe("changes of a document", () => {
	test("turn one text into the other, whatever both are", () => {
		fc.assert(
			fc.property(text, text, fc.nat({ max: 3 }), (base, proposed, mergedGap) => {
				expect(applyHunks(base, hunksBetween(base, proposed, { mergedGap }))).toBe(proposed);
			}),
		);
	});

	test("do the same as edits of lines", () => {
		fc.assert(
			fc.property(text, text, (base, proposed) => {
				expect(applyLineEdits(base, proposed)).toBe(proposed);
			}),
		);
	});

	test("give the same text in whatever order hunks are accepted", () => {
		fc.assert(
			fc.property(text, text, fc.infiniteStream(fc.nat()), (base, proposed, order) => {
				const review = reviewOf(base, proposed);
				const open = review.view.hunks.map((_, index) => index);
				for (const draw of order) {
					if (open.length === 0) {
						break;
					}
					const [index = 0] = open.splice(draw % open.length, 1);
					review.decide(index, true);
				}
				expect(review.isDecided).toBe(true);
				expect(resultOf(review)).toBe(proposed);
			}),
		);
	});

	test("that are all rejected change nothing", () => {
		fc.assert(
			fc.property(text, text, (base, proposed) => {
				const review = reviewOf(base, proposed);
				review.decideAll(false);
				expect([resultOf(review), review.proposedText]).toEqual([base, base]);
			}),
		);
	});

	test("give what the proposal shows, whatever is decided", () => {
		fc.assert(
			fc.property(text, text, fc.array(fc.boolean()), (base, proposed, decisions) => {
				const review = reviewOf(base, proposed);
				for (const [index, accept] of decisions.entries()) {
					review.decide(index, accept);
				}
				const shown = review.proposedText;
				review.decideAll(true);
				expect(resultOf(review)).toBe(shown);
			}),
		);
	});

	test("keep what is written above them meanwhile", () => {
		fc.assert(
			fc.property(text, text, text, (head, base, proposed) => {
				const review = reviewOf(`${head}\n1\n2\n3\n${base}`, `${head}\n1\n2\n3\n${proposed}`);
				review.follow(`new\n${head}\n1\n2\n3\n${base}`);
				review.decideAll(true);
				expect(review.problem).toBeUndefined();
				expect(resultOf(review)).toBe(`new\n${head}\n1\n2\n3\n${proposed}`);
			}),
		);
	});

	test("never reach beyond the range that a block may change", () => {
		fc.assert(
			fc.property(
				text,
				text,
				fc.nat(),
				fc.nat(),
				fc.constantFrom("ts", "diff"),
				(document, content, first, second, info) => {
					const a = first % (document.length + 1);
					const b = second % (document.length + 1);
					const range = { start: Math.min(a, b), end: Math.max(a, b) };
					const change = proposedChange(
						{ content, info, pathHint: undefined, isCut: false },
						{ path: "a.ts", text: document, range },
					);
					expect(change.kind === "refused" || isConfined(document, change.text, range)).toBe(true);
				},
			),
		);
	});

	test("name no path that leads out of the workspace", () => {
		const part = fc.constantFrom("..", ".", "a", "/", "\\", "~", ":", " ", "b.ts", "c:", "\u0000");
		fc.assert(
			fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
				const safe = safeRelativePath(parts.join(""));
				const resolved = safe === undefined ? undefined : new URL(safe, "file:///w/x/").pathname;
				expect(resolved?.startsWith("/w/x/") ?? true).toBe(true);
			}),
		);
	});
});
