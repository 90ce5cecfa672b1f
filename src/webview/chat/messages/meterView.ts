import type { TokenMeter } from "../../../chat/messages.ts";
import { element } from "../../dom/element.ts";
import { icon } from "../../dom/icons.ts";
import { formatTokens, leftOutSentence, meterSummary, usedShare } from "../meterText.ts";

/** A bar that fills; its words stand beside it. */
export function meterBar(meter: TokenMeter): HTMLElement {
	const share = usedShare(meter);
	const fill = element("span", { class: share >= 0.9 ? "meter-fill nearly-full" : "meter-fill" });
	fill.style.inlineSize = `${Math.round(share * 100)}%`;
	return element("span", { class: "meter-bar", "aria-hidden": "true" }, fill);
}

/** What went into a question's prompt, closed until someone asks; what did not fit is always seen. */
export function messageMeter(meter: TokenMeter): HTMLElement {
	const rows = meter.parts.map(({ label, tokens }) =>
		element(
			"tr",
			{},
			element("th", { scope: "row", dir: "auto" }, label),
			element("td", {}, formatTokens(tokens)),
		),
	);
	const leftOut = leftOutSentence(meter);
	return element(
		"div",
		{ class: "message-meter" },
		element(
			"details",
			{},
			element("summary", {}, icon("chevron"), meterBar(meter), meterSummary(meter)),
			element(
				"table",
				{ "aria-label": "What went into the prompt" },
				element("tbody", {}, ...rows),
			),
		),
		leftOut === undefined
			? undefined
			: element("p", { class: "left-out", dir: "auto" }, icon("warning"), leftOut),
	);
}
