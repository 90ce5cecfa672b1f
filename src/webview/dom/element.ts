export type Child = Node | string | undefined;

/** Makes an element. Attributes are set as text: nothing here ever parses HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
	tag: Tag,
	attributes: Readonly<Record<string, string>> = {},
	...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		made.setAttribute(name, value);
	}
	made.append(...children.filter((child) => child !== undefined));
	return made;
}

/** Sets text without touching the page when it is there already, which would lose a selection. */
export function setText(target: Element, text: string): void {
	if (target.textContent !== text) {
		target.textContent = text;
	}
}
