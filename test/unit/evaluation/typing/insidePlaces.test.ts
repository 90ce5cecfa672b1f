import { afterAll, describe, expect, test } from "vitest";
import { LocalSyntax } from "../../../../src/context/syntax/localSyntax.ts";
import { truthOf } from "../../../../src/evaluation/hole.ts";
import { randomStream } from "../../../../src/evaluation/sampling.ts";
import { insidePlaceIn } from "../../../../src/evaluation/typing/insidePlaces.ts";
import { piecesOfLine } from "../../../../src/evaluation/typing/piecesOfLine.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";

describe("the pieces of a line", () => {
	test.each([
		["typescript", "foo(a1, b2, c3);", ["a1", "a1, ", "b2", ", b2", "b2, ", "c3", ", c3"]],
		["typescript", "const x: number = 3;", ["const x", "number", "3"]],
		["typescript", "if (a && b) {", ["a", "b", "a && b"]],
		["typescript", 'log("x, y + z", w);', ['"x, y + z"', '"x, y + z", ', "w", ", w"]],
		["typescript", "foo(a); // b, c + d", ["a", "foo(a)"]],
		["python", "x = y if z else w", ["x", "y", "z"]],
		["html", '<div class="a" id="b">', [' class="a"', ' id="b"']],
	])("%s: %s", (languageId, line, expected) => {
		const pieces = piecesOfLine(line, languageId).map(({ start, end }) => line.slice(start, end));
		expect(pieces).toEqual(expect.arrayContaining(expected));
		const whole = pieces.filter((piece) => piece.includes("//") || piece.startsWith("y +"));
		expect(whole).toEqual([]);
	});
});

describe("a place inside a line", () => {
	const syntax = new LocalSyntax(grammarFiles);
	afterAll(() => syntax.dispose());

	test("has code behind it on its line, and is the same for the same numbers", async () => {
		const text = "const sum = total(first, second, third) + 1;\n".repeat(20);
		const file = { package: "p", language: "typescript", languageId: "typescript", path: "a.ts" };
		const pieces = new Set<string>();
		for (let seed = 0; seed < 20; seed++) {
			const draw = () => insidePlaceIn({ ...file, text }, randomStream(seed, "a"), syntax);
			const place = await draw();
			expect(place).toBeDefined();
			expect(await draw()).toEqual(place);
			if (place !== undefined) {
				pieces.add(truthOf(place));
				expect(text.slice(place.end)).toMatch(/^[^\n]*\w/);
			}
		}
		expect(pieces).toContain("second");
		expect(pieces.size).toBeGreaterThan(4);
	});
});
