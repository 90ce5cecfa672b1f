import "@vscode-elements/elements/dist/vscode-button/index.js";
import type { VscodeButton } from "@vscode-elements/elements/dist/vscode-button/index.js";
import { element } from "./element.ts";
import { icon, type IconName } from "./icons.ts";

/** A button of one icon; `label` is its tooltip and what screen readers say. */
export function iconButton(name: IconName, label: string, onPress: () => void): HTMLButtonElement {
	const button = element(
		"button",
		{ type: "button", class: "icon-button", title: label, "aria-label": label },
		icon(name),
	);
	button.addEventListener("click", onPress);
	return button;
}

/** A button with words. `kind` primary is for the one thing that a person most likely wants. */
export function textButton(
	label: string,
	kind: "primary" | "secondary",
	onPress: () => void,
): VscodeButton {
	const button = element("vscode-button", {}, label);
	button.secondary = kind === "secondary";
	button.addEventListener("click", onPress);
	// The element presses itself on the way down: without this, the key would also be typed into an input that
	// the press puts the caret in.
	button.addEventListener("keydown", (event) => {
		if (event.key === "Enter" || event.key === " ") {
			event.preventDefault();
		}
	});
	return button;
}

/** Shows for a moment that a button did its work, where nothing else on the screen would. */
export function showDone(button: HTMLButtonElement, name: IconName): void {
	button.replaceChildren(icon("check"));
	setTimeout(() => button.replaceChildren(icon(name)), 1500);
}
