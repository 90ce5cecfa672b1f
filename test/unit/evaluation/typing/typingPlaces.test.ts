import { afterAll, describe, expect, test } from "vitest";
import { LocalSyntax } from "../../../../src/context/syntax/localSyntax.ts";
import { truthOf } from "../../../../src/evaluation/hole.ts";
import { randomStream } from "../../../../src/evaluation/sampling.ts";
import { keysOf } from "../../../../src/completion/keys.ts";
import { typingPlaceIn } from "../../../../src/evaluation/typing/typingPlaces.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";

const syntax = new LocalSyntax(grammarFiles);
afterAll(() => syntax.dispose());

const line = (index: number): string => `\tconst value${index} = compute(${index});\n`;
const code = `function all() {\n${Array.from({ length: 40 }, (_, index) => line(index)).join("")}}\n`;

async function placesIn(text: string): Promise<readonly string[]> {
	const file = {
		package: "p",
		language: "typescript",
		languageId: "typescript",
		path: "a.ts",
		text,
	};
	const places: string[] = [];
	for (let seed = 0; seed < 20; seed++) {
		const place = await typingPlaceIn(file, randomStream(seed, "a.ts"), syntax);
		if (place !== undefined) {
			places.push(truthOf(place));
		}
	}
	return places;
}

describe("a place to type in", () => {
	test("is whole lines behind the end of one, worth 120 keys", async () => {
		const places = await placesIn(code);
		expect(places.length).toBe(20);
		for (const place of places) {
			expect(place).toMatch(/^(\n\tconst value\d+ = compute\(\d+\);)+(\n\})?$/);
			expect(keysOf(place).length).toBeGreaterThanOrEqual(120);
			expect(keysOf(place).length).toBeLessThan(160);
		}
		expect(new Set(places).size).toBeGreaterThan(5);
	});

	test.each([
		["begins in a comment", `/*\n${"a long line of a long comment\n".repeat(40)}*/\n`],
		["has a line that nobody types", `${"a;\n".repeat(6)}x = "${"y".repeat(200)}";\n`],
		["is too short", line(1).repeat(7)],
		["has other line breaks", code.replaceAll("\n", "\r\n")],
	])("there is none in a file that %s", async (_name, text) => {
		expect(await placesIn(text)).toEqual([]);
	});
});
