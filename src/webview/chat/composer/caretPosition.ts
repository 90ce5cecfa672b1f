import { element } from "../../dom/element.ts";

/** What makes text take the same room in the copy as in the input. */
const copiedProperties = [
	...["direction", "font-family", "font-size", "font-style", "font-weight", "letter-spacing"],
	...["line-height", "padding-top", "padding-right", "padding-bottom", "padding-left"],
	...["border-top-width", "border-right-width", "border-bottom-width", "border-left-width"],
	...["box-sizing", "tab-size", "text-indent", "text-transform", "word-spacing", "width"],
];

/**
 * Where the character at `offset` is drawn, in CSS pixels from the left and top edge of `input`'s box. A
 * browser doesn't tell that for a text area, so its text is laid out again in a hidden copy.
 */
export function caretPosition(
	input: HTMLTextAreaElement,
	offset: number,
): { readonly left: number; readonly top: number; readonly height: number } {
	const copy = element("div", { class: "caret-copy", "aria-hidden": "true" });
	const style = getComputedStyle(input);
	for (const property of copiedProperties) {
		copy.style.setProperty(property, style.getPropertyValue(property));
	}
	const mark = element("span", {}, input.value.slice(offset, offset + 1) || ".");
	copy.append(input.value.slice(0, offset), mark);
	document.body.append(copy);
	const from = copy.getBoundingClientRect();
	const at = mark.getBoundingClientRect();
	copy.remove();
	const start = style.direction === "rtl" ? at.right : at.left;
	return {
		left: start - from.left - input.scrollLeft,
		top: at.top - from.top - input.scrollTop,
		height: at.height,
	};
}
