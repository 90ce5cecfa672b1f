import fc from "fast-check";
import { expect, test } from "vitest";
import {
	afterEdits,
	keptShare,
	keptTextAt,
	type KeptText,
	type TextEdit,
} from "../../src/statistics/keptText.ts";

/** A document in which every character knows whether it is one of the text that was put in, and which. */
type Model = readonly (number | undefined)[];

function modelAfter(model: Model, edits: readonly TextEdit[]): Model {
	const result = [...model];
	for (const { offset, deletedLength, insertedLength } of [...edits].sort(
		(a, b) => b.offset - a.offset,
	)) {
		result.splice(
			offset,
			deletedLength,
			...Array.from({ length: insertedLength }, () => undefined),
		);
	}
	return result;
}

/** Edits of one event, in places of a document of this length; they don't overlap or touch. */
function editsOf(length: number, numbers: readonly number[]): TextEdit[] {
	const edits: TextEdit[] = [];
	let from = 0;
	for (let at = 0; at + 2 < numbers.length; at += 3) {
		const [skip = 0, deleted = 0, insertedLength = 0] = numbers.slice(at, at + 3);
		const offset = from + skip;
		if (offset > length) {
			break;
		}
		const deletedLength = Math.min(deleted, length - offset);
		edits.push({ offset, deletedLength, insertedLength });
		from = offset + deletedLength + 1;
	}
	return edits;
}

const event = fc.array(fc.nat({ max: 9 }), { minLength: 3, maxLength: 9 });

const cases = fc.record({
	before: fc.nat({ max: 20 }),
	length: fc.nat({ max: 30 }),
	after: fc.nat({ max: 20 }),
	events: fc.array(event, { maxLength: 12 }),
});

test("what is said to stand is what stands, through any edits", () => {
	fc.assert(
		fc.property(cases, ({ before, length, after, events }) => {
			const others = (count: number): Model => Array.from({ length: count }, () => undefined);
			let model: Model = [
				...others(before),
				...Array.from({ length }, (_, at) => at),
				...others(after),
			];
			let kept: KeptText = keptTextAt(before, length);
			for (const numbers of events) {
				const edits = editsOf(model.length, numbers);
				model = modelAfter(model, edits);
				kept = afterEdits(kept, edits);
			}
			const standing = model.flatMap((one, at) => (one === undefined ? [] : [at]));
			const said = kept.parts.flatMap(({ start, end }) =>
				Array.from({ length: end - start }, (_, at) => start + at),
			);
			expect(said).toEqual(standing);
			expect(keptShare(kept)).toBe(length === 0 ? 1 : standing.length / length);
		}),
	);
});

test("the order in which an editor tells the changes of one event doesn't matter", () => {
	fc.assert(
		fc.property(fc.nat({ max: 30 }), event, fc.boolean(), (length, numbers, isReversed) => {
			const edits = editsOf(length + 10, numbers);
			const told = isReversed ? [...edits].reverse() : edits;
			expect(afterEdits(keptTextAt(5, length), told)).toEqual(
				afterEdits(keptTextAt(5, length), edits),
			);
		}),
	);
});

test("what was deleted never comes back", () => {
	fc.assert(
		fc.property(cases, ({ before, length, after, events }) => {
			let kept = keptTextAt(before, length);
			let share = keptShare(kept);
			for (const numbers of events) {
				kept = afterEdits(kept, editsOf(before + length + after, numbers));
				expect(keptShare(kept)).toBeLessThanOrEqual(share);
				share = keptShare(kept);
			}
		}),
	);
});
