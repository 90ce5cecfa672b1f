import { defaultCompletionConfig } from "../completion/defaultConfig.ts";
import { percent } from "../completion/silenceSteps.ts";

/** How much ghost text there is: a choice of three over the gate, `mote.completion.minJointProbability`. */
export interface Amount {
	readonly label: string;
	/** That all of a suggestion is right, at least. */
	readonly probability: number;
	readonly detail: string;
}

/**
 * Around the default, which is where nine of ten ghosts are right. On held-out code (`models/mote-base/README.md`, the gate) 0.7
 * shows something at 30 of 100 places and 0.9 at 18; of these 89 and 97 of 100 are right.
 */
export const amounts: readonly Amount[] = [
	{ label: "More", probability: 0.7, detail: "Longer and more often, and more often wrong." },
	{
		label: "Balanced",
		probability: defaultCompletionConfig.minJointProbability,
		detail: "The default: about nine of ten suggestions are right.",
	},
	{ label: "Less", probability: 0.9, detail: "Seldom, short, and hardly ever wrong." },
];

/** What the setting amounts to, for people: one of the three, or a value of their own. */
export function amountText(probability: number): string {
	const label = amounts.find((amount) => amount.probability === probability)?.label ?? "Your own";
	return `${label}: ${gateText(probability)}`;
}

export function gateText(probability: number): string {
	return probability <= 0
		? "everything is shown"
		: `shown when it is right with ${percent(probability)}`;
}
