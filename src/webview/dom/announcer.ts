import { element } from "./element.ts";

/**
 * Speaks to screen readers. Only whole events are announced, an answer that begins or ends, never the
 * stream itself: a live region that changes with each token can't be listened to.
 */
export class Announcer {
	readonly element = element("div", {
		class: "visually-hidden",
		role: "status",
		"aria-live": "polite",
	});

	announce(sentence: string): void {
		// A new node is announced even when it says the same as the one before.
		this.element.replaceChildren(element("span", {}, sentence));
	}
}
