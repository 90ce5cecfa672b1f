import type { LabelledText } from "../../modelCatalog/messages.ts";
import { element } from "../dom/element.ts";

/** Draws a list of terms anew only where it says something else. */
export function showPairs(list: HTMLElement, pairs: readonly LabelledText[]): void {
	const shown = JSON.stringify(pairs);
	if (list.dataset["shown"] !== shown) {
		list.dataset["shown"] = shown;
		list.replaceChildren(
			...pairs.flatMap(({ label, text }) => [
				element("dt", {}, label),
				element("dd", { dir: "auto" }, text),
			]),
		);
	}
}
