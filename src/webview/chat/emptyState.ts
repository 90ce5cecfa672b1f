import type { ModelView, WayOnView } from "../../chat/messages.ts";
import { element } from "../dom/element.ts";
import { placeText } from "./meterText.ts";

/** Questions that show what can be asked; pressing one puts it into the input. */
const examples = [
	{ label: "Explain the selected code", text: "/explain @selection", needsChat: false },
	{ label: "Fix the problems of this file", text: "/fix @problems", needsChat: false },
	{ label: "Write tests for the selection", text: "/tests @selection", needsChat: true },
	{ label: "Find something in this repository", text: "Where in @repo is ", needsChat: true },
];

export interface EmptyStateOptions {
	readonly onExample: (text: string) => void;
	readonly onTakeWay: (wayId: string) => void;
}

/** What the view knows of models. */
export interface KnownModel {
	readonly model: ModelView | undefined;
	readonly noModelReason: string | undefined;
	readonly waysOn: readonly WayOnView[];
}

/** What is there before the first question: what can be asked, or what is missing for that. */
export function emptyState(
	{ model, noModelReason, waysOn }: KnownModel,
	{ onExample, onTakeWay }: EmptyStateOptions,
): HTMLElement {
	if (model === undefined) {
		return element(
			"section",
			{ class: "empty-state", "aria-label": "No model" },
			element("h2", {}, "No model can answer yet"),
			element("p", { dir: "auto" }, noModelReason ?? "Choose a model to ask questions."),
			waysList(waysOn, onTakeWay),
		);
	}
	const where =
		model.place === "local"
			? "The model runs on this machine. Nothing you ask leaves it."
			: `The model runs ${placeText(model)}: what you ask is sent there.`;
	return element(
		"section",
		{ class: "empty-state", "aria-label": "Examples" },
		element("h2", {}, "Ask about your code"),
		...(model.canChat
			? [element("p", { class: "hint", dir: "auto" }, where)]
			: [
					element(
						"p",
						{ class: "hint", dir: "auto" },
						`${model.name} completes code, and explains and fixes what you select. To converse, one of these:`,
					),
					waysList(waysOn, onTakeWay),
				]),
		element(
			"ul",
			{ class: "examples" },
			...examples
				.filter(({ needsChat }) => model.canChat || !needsChat)
				.map(({ label, text }) =>
					element(
						"li",
						{},
						choice({ label, detail: text.trim(), isCode: true }, () => onExample(text)),
					),
				),
		),
		element(
			"p",
			{ class: "hint" },
			"@ mentions files, symbols, the selection or the repository. / starts a command.",
		),
	);
}

/** What leads to a model that converses. The first is the likeliest. */
function waysList(ways: readonly WayOnView[], onTakeWay: (wayId: string) => void): HTMLElement {
	return element(
		"ul",
		{ class: "examples ways", "aria-label": "Ways to a model that converses" },
		...ways.map(({ id, label, detail }) =>
			element(
				"li",
				{},
				choice({ label, detail, isCode: false }, () => onTakeWay(id)),
			),
		),
	);
}

interface Choice {
	readonly label: string;
	readonly detail: string;
	/** What is typed, not told. */
	readonly isCode: boolean;
}

function choice({ label, detail, isCode }: Choice, onPress: () => void): HTMLButtonElement {
	const button = element(
		"button",
		{ type: "button", class: "example" },
		element("span", { class: "example-label", dir: "auto" }, label),
		element("span", { class: isCode ? "example-text" : "way-detail", dir: "auto" }, detail),
	);
	button.addEventListener("click", onPress);
	return button;
}
