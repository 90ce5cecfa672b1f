import type { ModelView } from "../../chat/messages.ts";
import { textButton } from "../dom/buttons.ts";
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
	readonly onChooseModel: () => void;
}

/** What is there before the first question: what can be asked, or what is missing for that. */
export function emptyState(
	model: ModelView | undefined,
	noModelReason: string | undefined,
	{ onExample, onChooseModel }: EmptyStateOptions,
): HTMLElement {
	if (model === undefined) {
		return element(
			"section",
			{ class: "empty-state", "aria-label": "No model" },
			element("h2", {}, "No model can answer yet"),
			element("p", { dir: "auto" }, noModelReason ?? "Choose a model to ask questions."),
			element(
				"div",
				{ class: "button-row" },
				textButton("Choose a model…", "primary", onChooseModel),
			),
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
		element("p", { class: "hint", dir: "auto" }, where),
		...(model.canChat ? [] : waysToConverse(model.name, onChooseModel)),
		element(
			"ul",
			{ class: "examples" },
			...examples
				.filter(({ needsChat }) => model.canChat || !needsChat)
				.map(({ label, text }) => {
					const button = element(
						"button",
						{ type: "button", class: "example" },
						element("span", { class: "example-label" }, label),
						element("span", { class: "example-text" }, text.trim()),
					);
					button.addEventListener("click", () => onExample(text));
					return element("li", {}, button);
				}),
		),
		element(
			"p",
			{ class: "hint" },
			"@ mentions files, symbols, the selection or the repository. / starts a command.",
		),
	);
}

/** What works with a model that only completes, and how to get one that converses. */
function waysToConverse(name: string, onChooseModel: () => void): readonly HTMLElement[] {
	return [
		element(
			"p",
			{ class: "hint", dir: "auto" },
			`${name} completes code: it explains and fixes what you select. To converse, choose another model: one on this machine, a server that runs here, or one that you name.`,
		),
		element(
			"div",
			{ class: "button-row" },
			textButton("Choose a chat model…", "primary", onChooseModel),
		),
	];
}
