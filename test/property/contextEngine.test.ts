import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createContextEngine } from "../../src/context/contextEngine.ts";
import type { RepositoryIndex } from "../../src/context/index/repositoryIndex.ts";
import type { ContextPiece } from "../../src/context/piece.ts";
import type { ContextQuery } from "../../src/context/source.ts";
import { openIndex } from "../support/indexedFolder.ts";
import { TemporaryFolder } from "../support/temporaryFolder.ts";
import { testTokenizer } from "../support/testModel.ts";

const words = ["alpha", "betaGamma", "Delta", "epsilonOf", "Zeta", "etaTheta", "iota_kappa"];
const filesCount = 24;

function typescriptFile(at: number): string {
	const word = (shift: number): string => words[(at + shift) % words.length] ?? "";
	return [
		`import { ${word(1)}${at + 1} } from "./f${(at + 1) % filesCount}";`,
		`/** About ${word(2)}. */`,
		`export class ${word(0)}${at} extends ${word(1)}${at + 1} {`,
		`\treadonly ${word(3)}: ${word(1)}${at + 1};`,
		...Array.from(
			{ length: 12 },
			(_, step) =>
				`\t${word(step)}${step}(${word(4)}: string): ${word(0)}${at} {\n\t\treturn this.${word(step + 1)}${step}("${at}");\n\t}`,
		),
		"}",
		`export function make${word(0)}${at}(): void {}`,
		"",
	].join("\n");
}

let folder: TemporaryFolder;
let index: RepositoryIndex;

beforeAll(async () => {
	folder = new TemporaryFolder({ ".env": "alpha=hunter2\n", id_rsa: "alpha betaGamma hunter2\n" });
	for (let at = 0; at < filesCount; at++) {
		folder.write(`f${at}.ts`, typescriptFile(at));
	}
	index = await openIndex(folder.path);
	await index.scan(new AbortController().signal);
});

afterAll(async () => {
	await index[Symbol.asyncDispose]();
	folder[Symbol.dispose]();
});

const countTokens = (text: string): number => testTokenizer.encode(text).length;
const headerTokens = (path: string): number => countTokens(`${path}\n`) + 1;

const query: fc.Arbitrary<ContextQuery> = fc
	.record({
		file: fc.nat({ max: filesCount - 1 }),
		place: fc.double({ min: 0, max: 1, noNaN: true }),
		typed: fc.constantFrom("", "\n", "this.", "new ", "alpha0", "const x = make", "((("),
		budgetTokens: fc.oneof(
			fc.integer({ min: 500, max: 3_000 }),
			fc.constantFrom(4_000, 16_000, 131_072),
		),
		edited: fc.array(fc.nat({ max: filesCount + 5 }), { maxLength: 4 }),
		lines: fc.tuple(fc.integer({ min: -5, max: 200 }), fc.integer({ min: -5, max: 200 })),
	})
	.map(({ file, place, typed, budgetTokens, edited, lines: [startLine, endLine] }) => {
		const text = typescriptFile(file);
		const at = Math.floor(text.length * place);
		return {
			path: `f${file}.ts`,
			languageId: "typescript",
			text: text.slice(0, at) + typed + text.slice(at),
			offset: at + typed.length,
			recentEdits: [...edited.map((number) => `f${number}.ts`), ".env", "../f1.ts"].map((path) => ({
				path,
				startLine,
				endLine,
			})),
			openFiles: edited.map((number) => `f${number}.ts`),
			budgetTokens,
		};
	});

const { signal } = new AbortController();
const collect = (
	asked: ContextQuery,
	usesOpenFiles = true,
): ReturnType<ReturnType<typeof createContextEngine>["collect"]> =>
	createContextEngine({ index, countTokens, headerTokens, usesOpenFiles }).collect(asked, signal);

function linesOf(pieces: readonly ContextPiece[]): readonly string[] {
	return pieces.flatMap(({ path, ranges }) =>
		ranges.flatMap(({ startLine, endLine }) =>
			Array.from({ length: endLine - startLine + 1 }, (_, at) => `${path}:${startLine + at}`),
		),
	);
}

function checkPieces(pieces: readonly ContextPiece[], asked: ContextQuery): void {
	const tokens = pieces.reduce(
		(sum, { path, text }) => sum + countTokens(text) + headerTokens(path),
		0,
	);
	expect(tokens).toBeLessThanOrEqual(asked.budgetTokens);
	const lines = linesOf(pieces);
	expect(new Set(lines).size).toBe(lines.length);
	expect(pieces.map(({ path }) => path)).not.toContain(asked.path);
	expect(JSON.stringify(pieces)).not.toContain("hunter2");
	for (const { path, ranges, text, startLine, endLine } of pieces) {
		const source = ranges.flatMap(
			(range) => index.textOf(path, range.startLine, range.endLine)?.split("\n") ?? [],
		);
		for (const line of text.split("\n")) {
			expect(line === "…" || source.some((other) => other.includes(line.trim()))).toBe(true);
		}
		expect([ranges[0]?.startLine, ranges.at(-1)?.endLine]).toEqual([startLine, endLine]);
	}
}

describe("for any place, edits and budget", () => {
	test("pieces fit, don't overlap, come from the index and from other files", async () => {
		await fc.assert(
			fc.asyncProperty(query, async (asked) => {
				const { pieces, statistics } = await collect(asked);
				checkPieces(pieces, asked);
				expect(pieces.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(statistics.tokens);
			}),
			{ numRuns: 40 },
		);
	});

	test("the same question gets the same answer", async () => {
		await fc.assert(
			fc.asyncProperty(query, async (asked) => {
				expect((await collect(asked)).pieces).toEqual((await collect(asked)).pieces);
			}),
			{ numRuns: 15 },
		);
	});

	test("what was remembered of other questions and older files changes no answer", async () => {
		const change = fc.record({ file: fc.nat({ max: filesCount - 1 }), shift: fc.nat({ max: 9 }) });
		const steps = fc.array(fc.oneof(query, change), { minLength: 4, maxLength: 12 });
		const engine = createContextEngine({ index, countTokens, headerTokens });
		await fc.assert(
			fc.asyncProperty(steps, async (taken) => {
				for (const step of taken) {
					if ("shift" in step) {
						await index.update(`f${step.file}.ts`, typescriptFile(step.file + step.shift));
					} else {
						const { pieces } = await engine.collect(step, signal);
						const fresh = await collect(step, false);
						expect(pieces).toEqual(fresh.pieces);
					}
				}
			}),
			{ numRuns: 25 },
		);
	});

	test("all of it holds with whatever was answered before", async () => {
		await fc.assert(
			fc.asyncProperty(query, query, async (before, asked) => {
				const engine = createContextEngine({ index, countTokens, headerTokens });
				const { answer } = await engine.collect(before, signal);
				const { pieces, statistics } = await engine.collect({ ...asked, previous: answer }, signal);
				checkPieces(pieces, asked);
				expect(statistics.unchangedTokens).toBeLessThanOrEqual(statistics.tokens);
			}),
			{ numRuns: 30 },
		);
	});
});
