import { describe, expect, test } from "vitest";
import { changesOfLog, inTheMiddle, repeats } from "../../../bench/nextEdit/changesOfLog.ts";
import { dot, fitLogistic, type Example } from "../../../src/evaluation/nextEdit/logistic.ts";

const log = `COMMIT abc123

diff --git a/src/a.ts b/src/a.ts
index 1..2 100644
--- a/src/a.ts
+++ b/src/a.ts
@@ -2 +2,2 @@ function f() {
-one
+ONE
+++ more
@@ -4,0 +6 @@
+five
@@ -7,2 +8,0 @@
-seven
--- eight
\\ No newline at end of file
diff --git a/b.py b/b.py
--- a/b.py
+++ b/b.py
@@ -1 +1 @@
-x
+y
COMMIT def456

diff --git a/b.py b/b.py
--- a/b.py
+++ b/b.py
@@ -9 +9 @@
-p
+q
`;

describe("a log with patches", () => {
	test("is read as edits of whole lines, file by file", () => {
		expect(changesOfLog(log)).toEqual([
			{
				commit: "abc123",
				path: "src/a.ts",
				edits: [
					{ line: 1, old: ["one"], next: ["ONE", "++ more"] },
					{ line: 4, old: [], next: ["five"] },
					{ line: 6, old: ["seven", "-- eight"], next: [] },
				],
			},
			{ commit: "abc123", path: "b.py", edits: [{ line: 0, old: ["x"], next: ["y"] }] },
			{ commit: "def456", path: "b.py", edits: [{ line: 8, old: ["p"], next: ["q"] }] },
		]);
	});

	test("is taken in the middle, with the places as they are then", () => {
		const edits = changesOfLog(log)[0]?.edits ?? [];
		const before = ["0", "one", "2", "3", "4", "5", "seven", "-- eight", "8"];
		expect(inTheMiddle(before, edits, 2)).toEqual({
			lines: ["0", "ONE", "++ more", "2", "3", "five", "4", "5", "seven", "-- eight", "8"],
			edits: [
				{ line: 1, old: ["one"], next: ["ONE", "++ more"] },
				{ line: 5, old: [], next: ["five"] },
			],
			next: [{ line: 8, old: ["seven", "-- eight"], next: [] }],
		});
	});
});

describe("an edit repeats another", () => {
	const made = [{ line: 0, old: ["a = old(b)"], next: ["a = new(b)"] }];

	test.each([
		[["  c.old()"], ["  c.new()"], true],
		[["  c.old()"], ["  c.other()"], false],
		[["  c.old()"], ["  d.new()"], false],
		[["a"], ["a;"], false],
	])("%j → %j: %s", (old, next, expected) => {
		expect(repeats({ line: 5, old, next }, made)).toBe(expected);
	});
});

describe("a logistic model", () => {
	/** By a small generator of its own, so that the numbers are the same everywhere. */
	const examples: readonly Example[] = Array.from({ length: 4000 }, (_, i) => {
		const draw = (salt: number): number => ((i * 2654435761 + salt * 40503) >>> 7) % 1000;
		const x = [1, draw(1) / 500 - 1, draw(2) / 500 - 1];
		const p = 1 / (1 + Math.exp(-dot(x, [-1, 2, 0])));
		return { x, isRight: draw(3) / 1000 < p, weight: 1 };
	});

	test("is where its likelihood doesn't rise in any direction", () => {
		const ridge = 1;
		const weights = fitLogistic(examples, ridge);
		for (const i of [1, 2]) {
			const slope = examples.reduce(
				(sum, { x, isRight }) =>
					sum + (+isRight - 1 / (1 + Math.exp(-dot(x, weights)))) * (x[i] ?? 0),
				-ridge * (weights[i] ?? 0),
			);
			expect(Math.abs(slope)).toBeLessThan(1e-3);
		}
	});

	test("is the same wherever the search begins", () => {
		const weights = fitLogistic(examples, 1);
		fitLogistic(examples, 1, [3, -3, 3]).forEach((value, i) => {
			expect(value).toBeCloseTo(weights[i] ?? 0, 4);
		});
	});

	test("counts an example of weight two like two of weight one", () => {
		const some = examples.slice(0, 400);
		const twice = fitLogistic([...some, ...some], 1);
		fitLogistic(
			some.map((example) => ({ ...example, weight: 2 })),
			1,
		).forEach((value, i) => {
			expect(value).toBeCloseTo(twice[i] ?? 0, 4);
		});
	});
});
