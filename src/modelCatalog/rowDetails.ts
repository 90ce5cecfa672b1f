import { byteText } from "../base/byteText.ts";
import type { Suggestion } from "../modelLibrary/suggestions.ts";
import type { FolderModel } from "./catalogFacts.ts";
import type { LabelledText } from "./messages.ts";

export type Abilities = Pick<FolderModel, "fillsIn" | "converses">;

/** For one line. */
export function abilityText({ fillsIn, converses }: Abilities): string {
	if (fillsIn && converses) {
		return "Converses and completes";
	}
	return fillsIn ? "Completes" : converses ? "Converses" : "Continues text";
}

export function abilityFacts({ fillsIn, converses }: Abilities): readonly LabelledText[] {
	return [
		{ label: "Chat", text: converses ? "It can converse" : "It can't converse" },
		{
			label: "Completions",
			text: fillsIn
				? "It was trained to fill in the middle"
				: "It wasn't trained to fill in the middle",
		},
	];
}

export function suggestionDetails(suggestion: Suggestion): readonly LabelledText[] {
	const { repository, parameters, download, contextTokens, fim, chat, source, verified } =
		suggestion;
	const { totalBillions, activeBillions } = parameters;
	const active =
		activeBillions === undefined || activeBillions === totalBillions
			? ""
			: `, of which each token takes ${activeBillions} billion`;
	const about = download.basis === "computed" ? "About " : "";
	return [
		...(suggestion.note === undefined ? [] : [{ label: "Note", text: suggestion.note }]),
		...abilityFacts({ fillsIn: fim !== null, converses: chat }),
		{ label: "Parameters", text: `${totalBillions} billion${active}` },
		{ label: "Download", text: `${about}${byteText(download.bytes)}` },
		{ label: "Context", text: contextText(contextTokens) },
		{ label: "Licence", text: suggestion.license },
		{ label: "On the hub", text: repository },
		{ label: "Facts from", text: `${source.from} ${source.date}` },
		{
			label: "Tried with Mote",
			text: verified === null ? "Not yet" : `${verified.what} ${verified.date}`,
		},
	];
}

export function installedDetails(
	model: Pick<FolderModel, "license" | "contextTokens" | "bytes"> & Abilities,
): readonly LabelledText[] {
	return [
		...abilityFacts(model),
		{ label: "Size", text: byteText(model.bytes) },
		{ label: "Context", text: contextText(model.contextTokens) },
		{ label: "Licence", text: model.license },
	];
}

function contextText(tokens: number | undefined): string {
	return tokens === undefined ? "No source says" : `${tokens.toLocaleString("en")} tokens`;
}
