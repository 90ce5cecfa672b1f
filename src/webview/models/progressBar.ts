import { element } from "../dom/element.ts";

/** "43 %"; 100 only when it is all. */
export function percentOf(fraction: number): string {
	return `${Math.floor(fraction * 100)} %`;
}

/** How far something is. Hidden where nothing is being done. */
export class ProgressBar {
	readonly #fill = element("span", { class: "progress-fill" });
	readonly element = element(
		"div",
		{
			class: "progress",
			role: "progressbar",
			"aria-valuemin": "0",
			"aria-valuemax": "100",
			hidden: "",
		},
		this.#fill,
	);

	/** From 0 to 1; "unknown" where nothing can be measured. */
	show(fraction: number | "unknown" | undefined, text: string): void {
		this.element.hidden = fraction === undefined;
		this.element.setAttribute("aria-label", text);
		if (fraction === undefined || fraction === "unknown") {
			this.element.removeAttribute("aria-valuenow");
			this.#fill.style.inlineSize = "0";
		} else {
			this.element.setAttribute("aria-valuenow", String(Math.floor(fraction * 100)));
			this.#fill.style.inlineSize = `${fraction * 100}%`;
		}
	}
}
