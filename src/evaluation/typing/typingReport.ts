import type { Hole } from "../hole.ts";
import { textTable } from "../textTable.ts";
import type { Estimate } from "../bootstrap.ts";
import type { PipelineTyping } from "./typePlace.ts";
import { typingFigures, type TypingFigures } from "./typingFigures.ts";

export const typingConditionNames = ["warm", "cold", "newFile"] as const;
export type TypingCondition = (typeof typingConditionNames)[number];

/** What is known while somebody types, beside the text above the cursor. */
export const typingConditions: Readonly<
	Record<
		TypingCondition,
		{ readonly repository: boolean; readonly textBelow: boolean; readonly meaning: string }
	>
> = {
	warm: {
		repository: true,
		textBelow: true,
		meaning: "the rest of the repository is indexed and learned; the file goes on below",
	},
	cold: {
		repository: false,
		textBelow: true,
		meaning: "no other file is known, as in a new project; the file goes on below",
	},
	newFile: {
		repository: false,
		textBelow: false,
		meaning: "no other file is known, and the file ends at the cursor",
	},
};

/** What the words of the report mean; printed with it. */
export const typingDefinitions = `key        one character, or Enter with the indentation behind it, or Tab for a ghost that is taken. Brackets are not closed
           by the editor.
typing     whole lines of a held-out file, at least 120 keys, from the line break in front of a random line of code on;
           the pipeline is asked before the first key and after each, as while typing, and every answer is waited
           for: no clock runs, so figures are the same on every machine. With --inside one piece of a line instead
           (an argument with or without a comma, an operand, a type, a value, an attribute) where more than closing
           brackets follows; the pipeline is asked behind its last key too, where any ghost is wrong.
ghost      text that was shown; the same one while its own characters are typed. It is right when taking it would
           write what the author wrote there and no more, and a right one is taken at once. A wrong one is typed over.
saved      1 − keys pressed / keys that the text takes without help
right      of the ghosts
characters of a ghost: the keys that its text would take
lines      of the keys that ghosts took over, those of ghosts with text on at least two lines
±          95 % interval: percentile bootstrap over the places (2,000 resamples)
`;

export interface TypingReport {
	readonly model: string;
	readonly quantization: string;
	readonly seed: number;
	/** By condition, then by language; "all" are all places. */
	readonly typing: Partial<Record<TypingCondition, Readonly<Record<string, TypingFigures>>>>;
}

/** One place that was typed under one condition. */
export interface TypingResult {
	readonly place: Hole;
	readonly typed: PipelineTyping;
}

export function figuresByLanguage(
	results: readonly TypingResult[],
): Readonly<Record<string, TypingFigures>> {
	const languages = [...new Set(results.map(({ place }) => place.language))].sort();
	const of = (language: string | undefined): TypingFigures =>
		typingFigures(
			results
				.filter(({ place }) => language === undefined || place.language === language)
				.map(({ typed }) => typed),
		);
	return Object.fromEntries([
		["all", of(undefined)],
		...languages.map((language) => [language, of(language)] as const),
	]);
}

export function typingTable({ model, quantization, seed, typing }: TypingReport): string {
	const sections = [
		[`${model}, ${quantization}, seed ${seed}`],
		...typingConditionNames.flatMap((condition) => {
			const figures = typing[condition];
			return figures === undefined ? [] : [conditionRows(condition, figures)];
		}),
		[typingDefinitions.trimEnd()],
	];
	return sections.map((rows) => `${rows.join("\n")}\n`).join("\n");
}

function conditionRows(
	condition: TypingCondition,
	figures: Readonly<Record<string, TypingFigures>>,
): readonly string[] {
	const rows = Object.entries(figures).map(([language, each]) => [
		language,
		String(each.places),
		String(each.keys),
		percents(each.keysSaved),
		percents(each.right),
		numbers(each.ghostsPer100Keys),
		numbers(each.wrongGhostsPer100Keys),
		numbers(each.charactersPerGhost),
		percents(each.savedBySeveralLines),
		String(each.ghosts),
	]);
	const head = [
		...[condition, "places", "keys", "saved", "right", "ghosts/100 keys", "wrong/100 keys"],
		...["characters", "lines", "ghosts"],
	];
	const silences = Object.entries(figures["all"]?.silences ?? {}).map(
		([reason, share]) => `${reason} ${(100 * share).toFixed(1)} %`,
	);
	return [
		`${condition}: ${typingConditions[condition].meaning}`,
		...textTable([head, ...rows]),
		`Nothing shown, of the questions: ${silences.join(", ")}`,
	];
}

function percents(estimate: Estimate | null): string {
	return spread(estimate, (value) => (100 * value).toFixed(1), " %");
}

function numbers(estimate: Estimate | null): string {
	return spread(estimate, (value) => value.toFixed(1), "");
}

function spread(
	estimate: Estimate | null,
	asText: (value: number) => string,
	unit: string,
): string {
	return estimate === null
		? "–"
		: `${asText(estimate.value)}${unit} (${asText(estimate.low)}–${asText(estimate.high)})`;
}

/** One JSON line for each ghost that was seen, to find out where a policy goes wrong. */
export function ghostLines(condition: TypingCondition, results: readonly TypingResult[]): string {
	return results
		.flatMap(({ place, typed }) =>
			typed.ghosts.map((ghost) => ({
				condition,
				language: place.language,
				package: place.package,
				path: place.path,
				...ghost,
				lineBefore: place.text.slice(
					place.text.lastIndexOf("\n", ghost.offset - 1) + 1,
					ghost.offset,
				),
				written: place.text.slice(
					ghost.offset,
					Math.min(place.end, ghost.offset + ghost.text.length + writtenBeyond),
				),
			})),
		)
		.map((line) => `${JSON.stringify(line)}\n`)
		.join("");
}

/** UTF-16 units that show how the author went on where a ghost ended. */
const writtenBeyond = 40;
