import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { proposedChange } from "../../src/chat/edits/proposedChange.ts";
import { apart, languageSamples, type LanguageSample } from "../support/languageSamples.ts";

const standIns = [
	"existing code unchanged",
	"... existing code ...",
	"...",
	"… rest of the methods",
	"other methods stay the same",
	"(remaining functions omitted for brevity)",
	"rest of the file remains unchanged",
	"the rest is as before",
	"no changes here",
	"bestehender Code bleibt unverändert",
	"其余代码保持不变",
];

const units = ["\t", "  ", "    ", "   "];
const inUnit = (lines: readonly string[], unit: string): string[] =>
	lines.map((line) => line.replace(/^\t+/, (tabs) => unit.repeat(tabs.length)));
const texts = (lines: readonly string[]): string[] =>
	lines.filter((line) => line.trim() !== "").toSorted();

interface Case {
	readonly sample: LanguageSample;
	readonly count: number;
	readonly changed: readonly number[];
	readonly added: boolean;
	readonly fileUnit: string;
	readonly blockUnit: string;
	readonly standIn: string;
}

const names = ["alpha", "beta", "gamma", "delta", "epsilon"];

const cases = fc.record({
	sample: fc.constantFrom(...Object.values(languageSamples)),
	count: fc.integer({ min: 2, max: names.length }),
	changed: fc.uniqueArray(fc.nat({ max: names.length - 1 }), { minLength: 1, maxLength: 4 }),
	added: fc.boolean(),
	fileUnit: fc.constantFrom(...units),
	blockUnit: fc.constantFrom(...units),
	standIn: fc.constantFrom(...standIns),
});

function resultOf(file: readonly string[], block: readonly string[], path: string): string {
	const change = proposedChange(
		{ content: `${block.join("\n")}\n`, info: "", pathHint: undefined, isCut: false },
		{ path, text: `${file.join("\n")}\n`, range: undefined },
	);
	return change.kind === "change" ? change.text : `refused: ${change.sentence}`;
}

/** Which functions the block has, and the lines that the file must have afterwards. */
function parts({ sample, count, changed, added }: Case): {
	readonly present: readonly (readonly string[])[];
	readonly given: readonly (readonly string[])[];
	readonly expected: readonly (readonly string[])[];
} {
	const known = names.slice(0, count);
	const isChanged = (at: number): boolean => changed.some((each) => each % count === at);
	const present = known.map((name) => sample.callable(name, "old"));
	const given = known
		.map((name) => sample.callable(name, "fresh"))
		.filter((_, at) => isChanged(at));
	const extra = added ? [sample.callable("omega", "fresh")] : [];
	const expected = known.map((name, at) => sample.callable(name, isChanged(at) ? "fresh" : "old"));
	return { present, given: [...given, ...extra], expected: [...expected, ...extra] };
}

describe("a block with several declarations", () => {
	test("has each placed once, in the file's indentation, and leaves all others", () => {
		fc.assert(
			fc.property(cases, (given) => {
				const { sample, fileUnit, blockUnit } = given;
				const { present, given: declarations, expected } = parts(given);
				const file = inUnit([...sample.prologue, "", ...apart(present)], fileUnit);
				const block = inUnit(apart(declarations), blockUnit);
				const result = resultOf(file, block, sample.path);
				expect(texts(result.split("\n"))).toEqual(
					texts(inUnit([...sample.prologue, ...apart(expected)], fileUnit)),
				);
			}),
			{ numRuns: 400 },
		);
	});

	test("has each placed inside of its type too", () => {
		fc.assert(
			fc.property(cases, (given) => {
				const { sample, fileUnit, blockUnit } = given;
				fc.pre(sample.type !== undefined);
				const { present, given: declarations, expected } = parts(given);
				const around = (members: readonly (readonly string[])[]): readonly string[] => [
					...sample.prologue,
					"",
					...(sample.type?.("Holder", members) ?? []),
				];
				const result = resultOf(
					inUnit(around(present), fileUnit),
					inUnit(apart(declarations), blockUnit),
					sample.path,
				);
				expect(texts(result.split("\n"))).toEqual(texts(inUnit(around(expected), fileUnit)));
			}),
			{ numRuns: 400 },
		);
	});
});

describe("a block that is applied again", () => {
	test("changes nothing more", () => {
		fc.assert(
			fc.property(cases, fc.boolean(), (given, hasStandIns) => {
				const { sample, fileUnit, blockUnit, standIn } = given;
				const { present, given: declarations } = parts(given);
				const comment = hasStandIns ? [[sample.comment(standIn)]] : [];
				const file = inUnit([...sample.prologue, "", ...apart(present)], fileUnit);
				const block = inUnit(apart([...comment, ...declarations]), blockUnit);
				const once = resultOf(file, block, sample.path);
				expect(resultOf(once.slice(0, -1).split("\n"), block, sample.path)).toBe(
					`refused: The answer changes nothing in ${sample.path}.`,
				);
			}),
			{ numRuns: 400 },
		);
	});
});

describe("a comment that stands for code", () => {
	test("keeps what stands there, between declarations", () => {
		fc.assert(
			fc.property(cases, (given) => {
				const { sample, fileUnit, blockUnit, standIn } = given;
				const { present, given: declarations, expected } = parts(given);
				const comment = [sample.comment(standIn)];
				const file = inUnit([...sample.prologue, "", ...apart(present)], fileUnit);
				const block = inUnit(
					apart([comment, ...declarations.flatMap((each) => [each, comment])]),
					blockUnit,
				);
				const result = resultOf(file, block, sample.path);
				expect(texts(result.split("\n"))).toEqual(
					texts(inUnit([...sample.prologue, ...apart(expected)], fileUnit)),
				);
			}),
			{ numRuns: 400 },
		);
	});

	test("keeps what stands there, inside of a type", () => {
		fc.assert(
			fc.property(cases, (given) => {
				const { sample, fileUnit, blockUnit, standIn } = given;
				fc.pre(sample.type !== undefined);
				const type = sample.type ?? ((): readonly string[] => []);
				const { present, given: declarations, expected } = parts(given);
				const comment = [sample.comment(standIn)];
				const around = (members: readonly (readonly string[])[]): readonly string[] => [
					...sample.prologue,
					"",
					...type("Holder", members),
				];
				const members = [comment, ...declarations.flatMap((each) => [each, comment])];
				const result = resultOf(
					inUnit(around(present), fileUnit),
					inUnit(type("Holder", members), blockUnit),
					sample.path,
				);
				expect(texts(result.split("\n"))).toEqual(texts(inUnit(around(expected), fileUnit)));
			}),
			{ numRuns: 400 },
		);
	});

	test("keeps a body that it stands for, or has the block refused", () => {
		fc.assert(
			fc.property(cases, (given) => {
				const { sample, fileUnit, blockUnit, standIn } = given;
				const { present, given: declarations } = parts({ ...given, added: false });
				const emptied = declarations.map((lines) => {
					const first = lines.findIndex((line) => line.startsWith("\t"));
					const last = lines.findLastIndex((line) => line.startsWith("\t"));
					return [
						...lines.slice(0, first),
						`\t${sample.comment(standIn)}`,
						...lines.slice(last + 1),
					];
				});
				const file = inUnit([...sample.prologue, "", ...apart(present)], fileUnit);
				const result = resultOf(file, inUnit(apart(emptied), blockUnit), sample.path);
				const bodies = file.filter((line) => line.startsWith(fileUnit));
				const isKept = texts(bodies).every((line) => result.split("\n").includes(line));
				expect(isKept || result.startsWith("refused: ")).toBe(true);
			}),
			{ numRuns: 400 },
		);
	});
});
