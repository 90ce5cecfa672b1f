import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import * as z from "zod";
import { maxSteps, SteppingPattern } from "../support/patternSteps.ts";

/** All that runs on a keystroke, in whatever thread: a slow one is a completion too late. */
const places: readonly string[] = [
	"base",
	"completion",
	"context/contextEngine.ts",
	"context/files/secrets.ts",
	"context/packing",
	"context/ranking",
	"context/sources",
	"context/syntax",
	"extension/documentRequest.ts",
	"extension/earlierCells.ts",
	"extension/idlePreparation.ts",
	"extension/inlineCompletionAdapter.ts",
	"extension/requestAt.ts",
	"extension/statusBar.ts",
	"extension/toldPath.ts",
	"languageModel/heldText.ts",
	"languageModel/local",
	"languageModel/remote/answerChunks.ts",
	"languageModel/remote/answerPieces.ts",
	"languageModel/remote/controlTokens.ts",
	"languageModel/remote/infillCall.ts",
	"languageModel/remote/infillParts.ts",
	"languageModel/remote/answerEvents.ts",
	"languageModel/remote/failureEvents.ts",
	"languageModel/remote/messageContent.ts",
	"languageModel/remote/otherShapes.ts",
	"languageModel/remote/tokenEstimate.ts",
	"nextEdit",
	"prompt/encodingCache.ts",
	"prompt/fileTokens.ts",
	"prompt/fim.ts",
	"prompt/promptWindow.ts",
	"tokenizer",
];

const source = join(import.meta.dirname, "../../src");

interface Literal {
	readonly where: string;
	readonly pattern: string;
	readonly flags: string;
}

function filesIn(place: string): readonly string[] {
	return place.endsWith(".ts")
		? [join(source, place)]
		: readdirSync(join(source, place), { recursive: true, encoding: "utf8" })
				.filter((name) => name.endsWith(".ts"))
				.map((name) => join(source, place, name));
}

function literalsOf(file: string): readonly Literal[] {
	const literals: Literal[] = [];
	const parsed = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
	const visit = (node: ts.Node): void => {
		if (ts.isRegularExpressionLiteral(node)) {
			const end = node.text.lastIndexOf("/");
			const { line } = parsed.getLineAndCharacterOfPosition(node.getStart(parsed));
			literals.push({
				where: `${relative(source, file)}:${line + 1}`,
				pattern: node.text.slice(1, end),
				flags: node.text.slice(end + 1),
			});
		}
		ts.forEachChild(node, visit);
	};
	visit(parsed);
	return literals;
}

/** The patterns that cut a text for the bundled model's tokenizer. */
function tokenizerPatterns(): readonly Literal[] {
	const file = join(source, "../models/mote-nano/tokenizer.json");
	const { pre_tokenizer: cut } = z
		.object({ pre_tokenizer: z.json() })
		.parse(JSON.parse(readFileSync(file, "utf8")));
	return [...JSON.stringify(cut).matchAll(/"Regex":("(?:[^"\\]|\\.)*")/g)].map(([, json = ""]) => ({
		where: "tokenizer.json",
		pattern: z
			.string()
			.parse(JSON.parse(json))
			.replaceAll(/\(\?i:/g, "(?:"),
		flags: "gu",
	}));
}

/** More than any pattern of the keystroke path counts up to. */
const units = 200;

/** So few steps a unit are no sign of anything. */
const fewSteps = 12;

/** A text each third of which takes the pattern longer than the one before. */
function hostileTextFor({ pattern, flags }: Literal): string | undefined {
	const stepping = new SteppingPattern(pattern, flags);
	const [once, twice] = [stepping.hostileTexts(units), stepping.hostileTexts(2 * units)];
	return stepping.hostileTexts(3 * units).find((text, index) => {
		const steps = stepping.stepsIn(text);
		if (steps <= fewSteps * text.length || steps >= maxSteps) {
			return steps >= maxSteps;
		}
		const twoThirds = stepping.stepsIn(twice[index] ?? "");
		const second = twoThirds - stepping.stepsIn(once[index] ?? "");
		return steps - twoThirds > 1.3 * second;
	});
}

test("the steps of each pattern of the keystroke path grow with the text, and no faster", () => {
	const literals = [...places.flatMap(filesIn).flatMap(literalsOf), ...tokenizerPatterns()];
	expect(literals.length).toBeGreaterThan(60);
	const superlinear = literals
		.map((literal) => ({ ...literal, text: hostileTextFor(literal) }))
		.filter(({ text }) => text !== undefined)
		.map(
			({ where, pattern, flags, text = "" }) =>
				`${where} /${pattern}/${flags}: ${JSON.stringify(text.slice(0, 24))}`,
		);
	expect(superlinear).toEqual([]);
});

test.each([
	[String.raw`[\p{ID_Continue}$]+$`, "u"],
	[String.raw`\S[^\n]*(\n[ \t]*\n)`, ""],
	[String.raw`\s+$`, ""],
	["(a+)+b", ""],
	["a*a*b", ""],
	["(a|b)*c", ""],
])("the test sees that /%s/ is quadratic", (pattern, flags) => {
	expect(hostileTextFor({ where: "", pattern, flags })).toBeDefined();
});

test.each([
	["^a+b", ""],
	["[a-z]+", "g"],
	["a{0,20}b", ""],
	["^a+$", ""],
])("the test sees that /%s/ is linear", (pattern, flags) => {
	expect(hostileTextFor({ where: "", pattern, flags })).toBe(undefined);
});
