import { iconButton } from "../../dom/buttons.ts";
import { element } from "../../dom/element.ts";

/** Nearer to the end than this many CSS pixels counts as at the end. */
const endDistance = 32;

/** Keeps the end of the conversation in sight, until a person looks at something further up. */
export class FollowScroll {
	/** Holds what scrolls and the way back to its end. */
	readonly element: HTMLElement;
	readonly #scroller: HTMLElement;
	readonly #toEnd: HTMLButtonElement;
	#isFollowing = true;
	#hasEnd = true;

	constructor(content: readonly HTMLElement[], onSettle: (scrollTop: number | undefined) => void) {
		this.#scroller = element("div", { class: "scroller", tabindex: "0", "aria-label": "Chat" });
		this.#scroller.setAttribute("role", "region");
		this.#scroller.append(...content);
		this.#toEnd = iconButton("down", "Scroll to the end", () => this.follow());
		this.#toEnd.classList.add("to-end");
		this.#toEnd.hidden = true;
		this.element = element("div", { class: "scroll-area" }, this.#scroller, this.#toEnd);
		this.#scroller.addEventListener("scroll", () => {
			this.#setFollowing(this.#distance() <= endDistance);
		});
		this.#scroller.addEventListener("scrollend", () => onSettle(this.scrollTop));
		this.#scroller.addEventListener(
			"wheel",
			({ deltaY }) => {
				if (deltaY < 0 && this.#scroller.scrollTop > 0) {
					this.#setFollowing(false);
				}
			},
			{ passive: true },
		);
		new ResizeObserver(() => this.keep()).observe(this.#scroller);
	}

	/** Undefined while the end is followed. */
	get scrollTop(): number | undefined {
		return this.#isFollowing ? undefined : this.#scroller.scrollTop;
	}

	/** To be called when what scrolls has changed. */
	keep(): void {
		if (!this.#hasEnd) {
			this.#toEnd.hidden = true;
		} else if (this.#isFollowing) {
			this.#scroller.scrollTop = this.#scroller.scrollHeight;
		} else {
			this.#toEnd.hidden = this.#distance() <= endDistance;
		}
	}

	/** Whether there is a conversation, whose end is worth following: what stands instead is read from its start. */
	set hasEnd(hasEnd: boolean) {
		if (!hasEnd && this.#hasEnd) {
			this.#scroller.scrollTop = 0;
		}
		this.#hasEnd = hasEnd;
	}

	/** Goes to the end and stays there. */
	follow(): void {
		this.#setFollowing(true);
		this.keep();
	}

	restore(scrollTop: number): void {
		this.#setFollowing(false);
		this.#scroller.scrollTop = scrollTop;
	}

	#distance(): number {
		const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
		return scrollHeight - scrollTop - clientHeight;
	}

	#setFollowing(isFollowing: boolean): void {
		this.#isFollowing = isFollowing;
		this.#toEnd.hidden = isFollowing || this.#distance() <= endDistance;
	}
}
