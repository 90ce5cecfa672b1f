import { describe, expect, test } from "vitest";
import { collectAt } from "../../support/contextAt.ts";
import { openIndex } from "../../support/indexedFolder.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

/** A definition among thousands of others, in the file and at the line that are asked for. */
const needle =
	"export function calibrateFluxCapacitor(gigawatts: number, destination: Date): boolean {\n\treturn true;\n}\n";

const filesCount = 150;
const functionsCount = 40;

function hay(file: number): string[] {
	return Array.from(
		{ length: functionsCount },
		(_, at) =>
			`export function handle${file}Step${at}(input: string, count: number): string {\n` +
			`\tconst result${at} = input.repeat(count + ${at});\n\treturn result${at}.trim();\n}\n`,
	);
}

const cursor = `
//- /src/app.ts
export function start(): void {
	const isReady = calibrateFluxCapacitor(║);
}
`;

describe("a definition that the cursor's line refers to", () => {
	const places = [
		{ where: "in the first file, at its top", file: 0, place: 0 },
		{ where: "in the first file, at its end", file: 0, place: functionsCount },
		{ where: "in the middle", file: 75, place: 20 },
		{ where: "in the last file, at its end", file: filesCount - 1, place: functionsCount },
	];

	test.for(places)("is found $where", async ({ file, place }) => {
		using folder = new TemporaryFolder();
		for (let at = 0; at < filesCount; at++) {
			const functions = hay(at);
			if (at === file) {
				functions.splice(place, 0, needle);
			}
			folder.write(`src/area${at % 12}/module${at}.ts`, functions.join("\n"));
		}
		await using index = await openIndex(folder.path);
		await index.scan(new AbortController().signal);
		for (const budgetTokens of [500, 4_000, 131_072]) {
			const { pieces, statistics } = await collectAt(index, cursor, { budgetTokens });
			const found = pieces.find(({ text }) => text.includes("calibrateFluxCapacitor(gigawatts"));
			expect(found?.path).toBe(`src/area${file % 12}/module${file}.ts`);
			expect(statistics.tokens).toBeLessThanOrEqual(budgetTokens);
		}
	});
});
