import type { JudgedEdit, ShownEdits, Verdict } from "./chosenEdits.ts";
import { minShownProbability } from "./chosenEdits.ts";
import type { LastSearch } from "./nextEditSession.ts";
import { quietSentences, type QuietReason } from "./quietReason.ts";

export interface NextEditFacts {
	readonly quiet: QuietReason | undefined;
	readonly lastSearch: LastSearch | undefined;
	readonly shown: ShownEdits | undefined;
	/** How many there are in other files, where there are any. */
	readonly elsewhere?: string | undefined;
}

/** More of them say nothing new. */
const maxListed = 20;

const percent = (probability: number): string => `${Math.round(probability * 100)} %`;

/** What the last search for next edits found, and why something is shown or not: a sentence each. Holds no text of a document. */
export function nextEditReport({
	quiet,
	lastSearch,
	shown,
	elsewhere,
}: NextEditFacts): readonly string[] {
	if (quiet !== undefined) {
		return [quietSentences[quiet]];
	}
	if (lastSearch === undefined) {
		return ["Nothing was looked for yet: edit a file, then rest for a moment."];
	}
	const { made, judged } = lastSearch;
	const head =
		made === 0
			? "No edits made in this file are remembered: what was changed before it was opened, or by a tool, isn't."
			: `The last search went by ${counted(made, "edit")} and found ${counted(judged.length, "likely one")}.`;
	return [
		head,
		...judged.slice(0, maxListed).map((one) => sentenceOf(one, shown)),
		...(judged.length > maxListed ? [`${judged.length - maxListed} more.`] : []),
		...(elsewhere === undefined ? [] : [`${elsewhere}.`]),
	];
}

function sentenceOf({ found, verdict }: JudgedEdit, shown: ShownEdits | undefined): string {
	const { edit, probability, proposers, support, reasons } = found;
	const weights = reasons.map(
		({ name, weight }) => `${name} ${weight > 0 ? "+" : ""}${weight.toFixed(1)}`,
	);
	const isOfShownKind = shown?.current.kind === found.kind;
	return [
		`Line ${edit.line + 1}, ${percent(probability)}: ${proposers.join(", ")}, after ${counted(support, "such edit")}`,
		...(weights.length === 0 ? [] : [` (${weights.join(", ")})`]),
		`. ${verdict === "shown" && !isOfShownKind ? "Waits for those of another kind." : verdictSentences[verdict]}`,
	].join("");
}

const verdictSentences: Readonly<Record<Verdict, string>> = {
	shown: "Shown, or a part of “and more”.",
	unlikely: `Not shown: less likely than ${percent(minShownProbability)}.`,
	dismissed: "Not shown: it was dismissed or undone, and no more edits speak for it since.",
	unshowable: "Not shown: too long to be shown beside the code, or with signs that can't be seen.",
};

function counted(count: number, what: string): string {
	return `${count} ${what}${count === 1 ? "" : "s"}`;
}
